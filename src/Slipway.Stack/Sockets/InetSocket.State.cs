using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>The values of the options; the table of options reads and writes them.</summary>
internal abstract partial class InetSocket
{
    private int _receiveBuffer, _sendBuffer;

    /// <summary>Options that are on or off.</summary>
    public SocketFlags Flags { get; private set; }

    /// <summary>SO_BINDTODEVICE, or the scope of a bound or connected link-local address; 0 for any interface.</summary>
    public int BoundInterface { get; set; }

    /// <summary>SO_RCVBUF, in the kernel's accounting (twice what was asked for).</summary>
    public virtual int ReceiveBuffer => _receiveBuffer;

    /// <summary>SO_SNDBUF, in the kernel's accounting (twice what was asked for).</summary>
    public virtual int SendBuffer => _sendBuffer;

    public int ReceiveLowWater { get; set; } = 1;

    public LingerOption Linger { get; set; }

    public int Priority { get; set; }

    public int Mark { get; set; }

    public int BusyPoll { get; set; }

    public int IncomingCpu { get; set; } = -1;

    /// <summary>SO_PEEK_OFF; -1 for off.</summary>
    public int PeekOffset { get; set; } = -1;

    public byte Tos { get; set; }

    /// <summary>IP_TTL; -1 for the host's default.</summary>
    public int Ttl { get; set; } = -1;

    public int MinTtl { get; set; }

    public byte MulticastTtl { get; set; } = 1;

    public int MulticastInterface { get; set; }

    public IpAddress MulticastAddress { get; set; } = IpAddress.AnyIPv4;

    public int UnicastInterface { get; set; }

    public PathMtuMode PathMtu { get; set; } = PathMtuMode.Want;

    public IpOptions? Options { get; set; }

    /// <summary>IP_LOCAL_PORT_RANGE: low in the lower half, high in the upper.</summary>
    public uint LocalPortRange { get; set; }

    /// <summary>IPV6_UNICAST_HOPS; -1 for the default.</summary>
    public int HopLimit { get; set; } = -1;

    public byte MulticastHops { get; set; } = 1;

    public int MulticastInterface6 { get; set; }

    public int UnicastInterface6 { get; set; }

    public byte TrafficClass { get; set; }

    public PathMtuMode PathMtu6 { get; set; } = PathMtuMode.Want;

    /// <summary>IPV6_MTU as it was set: the largest fragment; 0 for none.</summary>
    public int FragmentSize { get; set; }

    public int MinHopCount { get; set; }

    public SourcePreferences Preferences { get; set; }

    /// <summary>IPV6_PREFER_SRC_COA: kept, without effect on a host that has no home address (RFC 5014).</summary>
    public bool PrefersCareOfAddress { get; set; }

    /// <summary>IPV6_PKTINFO as it was set: source and interface of what is sent.</summary>
    public IpAddress StickySource { get; set; }

    public int StickyInterface { get; set; }

    public bool Has(SocketFlags flag) => (Flags & flag) != 0;

    public void Set(SocketFlags flag, bool on)
    {
        if (on) Flags |= flag;
        else Flags &= ~flag;
    }

    /// <summary>Sets SO_RCVBUF.</summary>
    public virtual void SetReceiveBuffer(int bytes) => _receiveBuffer = bytes;

    /// <summary>Sets SO_SNDBUF.</summary>
    public virtual void SetSendBuffer(int bytes) => _sendBuffer = bytes;

    /// <summary>SO_MEMINFO: memory of the receive queue, of the send queue and datagrams dropped; the rest is not kept here.</summary>
    public abstract (int Received, int Sent, uint Drops) Memory { get; }

    /// <summary>Takes over the options that an accepted connection has from its listener (INH-001, INH-004).</summary>
    protected void CopyOptionsFrom(InetSocket listener)
    {
        Flags = listener.Flags;
        BoundInterface = listener.BoundInterface;
        ReceiveLowWater = listener.ReceiveLowWater;
        ReceiveTimeout = listener.ReceiveTimeout;
        SendTimeout = listener.SendTimeout;
        Linger = listener.Linger;
        Mark = listener.Mark;
        BusyPoll = listener.BusyPoll;
        PeekOffset = listener.PeekOffset;
        Tos = listener.Tos;
        Ttl = listener.Ttl;
        MinTtl = listener.MinTtl;
        MulticastTtl = listener.MulticastTtl;
        MulticastInterface = listener.MulticastInterface;
        MulticastAddress = listener.MulticastAddress;
        UnicastInterface = listener.UnicastInterface;
        PathMtu = listener.PathMtu;
        LocalPortRange = listener.LocalPortRange;
        HopLimit = listener.HopLimit;
        MulticastHops = listener.MulticastHops;
        MulticastInterface6 = listener.MulticastInterface6;
        UnicastInterface6 = listener.UnicastInterface6;
        TrafficClass = listener.TrafficClass;
        PathMtu6 = listener.PathMtu6;
        FragmentSize = listener.FragmentSize;
        MinHopCount = listener.MinHopCount;
        Preferences = listener.Preferences;
    }
}
