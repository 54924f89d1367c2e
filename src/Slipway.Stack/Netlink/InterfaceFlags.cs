namespace Slipway.Stack;

/// <summary>What Linux says of an interface in flags (linux/if.h) and numbers (linux/if_arp.h, RFC 2863).</summary>
internal static class InterfaceFlags
{
    public const int IFF_UP = 0x1, IFF_BROADCAST = 0x2, IFF_LOOPBACK = 0x8, IFF_POINTOPOINT = 0x10, IFF_RUNNING = 0x40, IFF_NOARP = 0x80, IFF_PROMISC = 0x100,
        IFF_ALLMULTI = 0x200, IFF_MULTICAST = 0x1000, IFF_LOWER_UP = 0x10000;

    /// <summary>IFF_DEBUG, NOTRAILERS, NOARP, PROMISC, ALLMULTI, MULTICAST, PORTSEL, AUTOMEDIA, DYNAMIC: what a user may set of every device (Linux __dev_change_flags).</summary>
    public const int OfUser = 0x4 | 0x20 | IFF_NOARP | IFF_PROMISC | IFF_ALLMULTI | IFF_MULTICAST | 0x2000 | 0x4000 | 0x8000;

    private const ushort ArphrdEther = 1, ArphrdLoopback = 772, ArphrdNone = 0xFFFE;
    private const byte OperUnknown = 0, OperDown = 2, OperUp = 6;

    public static int Of(NetworkInterface device)
    {
        int flags = device.IsUp ? IFF_UP : 0;
        if (device.IsUp && device.Device.HasCarrier) flags |= IFF_RUNNING | IFF_LOWER_UP;
        if (device.IsLoopback) return flags | IFF_LOOPBACK | device.UserFlags;
        return flags | (device.HasLinkAddresses ? IFF_BROADCAST | IFF_MULTICAST : IFF_POINTOPOINT | IFF_NOARP | IFF_MULTICAST);
    }

    /// <summary>ARPHRD_.</summary>
    public static ushort HardwareOf(NetworkInterface device) => device.IsLoopback ? ArphrdLoopback : device.HasLinkAddresses ? ArphrdEther : ArphrdNone;

    /// <summary>IF_OPER_: the loopback knows none while it is up.</summary>
    public static byte StateOf(NetworkInterface device)
        => !device.IsUp || !device.Device.HasCarrier ? OperDown : device.IsLoopback ? OperUnknown : OperUp;
}
