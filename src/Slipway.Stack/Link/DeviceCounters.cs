namespace Slipway.Stack;

/// <summary>The counters of a device, as <c>ip -s link</c> shows them. Bytes count what the link carries, Ethernet header included.</summary>
public struct DeviceCounters
{
    /// <summary>Packets received.</summary>
    public long RxPackets;

    /// <summary>Bytes received.</summary>
    public long RxBytes;

    /// <summary>Packets received and dropped for lack of room, or because the device is down.</summary>
    public long RxDropped;

    /// <summary>Packets received that were damaged: too long, too short.</summary>
    public long RxErrors;

    /// <summary>Packets received for a group.</summary>
    public long Multicast;

    /// <summary>Packets sent.</summary>
    public long TxPackets;

    /// <summary>Bytes sent.</summary>
    public long TxBytes;

    /// <summary>Packets dropped before they were sent: queue full, device or link down.</summary>
    public long TxDropped;

    /// <summary>Packets that could not be sent: longer than the MTU.</summary>
    public long TxErrors;
}
