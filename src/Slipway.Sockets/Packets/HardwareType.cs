namespace Slipway.Sockets;

/// <summary>Kinds of devices by their link layer (linux/if_arp.h).</summary>
public static class HardwareType
{
    /// <summary>Ethernet.</summary>
    public const ushort ARPHRD_ETHER = 1;

    /// <summary>The loopback.</summary>
    public const ushort ARPHRD_LOOPBACK = 772;

    /// <summary>No link header at all, such as a TUN device.</summary>
    public const ushort ARPHRD_NONE = 0xFFFE;
}
