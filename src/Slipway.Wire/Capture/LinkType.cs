namespace Slipway.Wire;

/// <summary>What the packets of a capture begin with (the LINKTYPE_ registry of tcpdump.org).</summary>
public enum LinkType : ushort
{
    /// <summary>LINKTYPE_ETHERNET: an Ethernet header without the check sequence.</summary>
    Ethernet = 1,

    /// <summary>LINKTYPE_RAW: an IPv4 or IPv6 header; its first four bits tell which.</summary>
    RawIp = 101,
}
