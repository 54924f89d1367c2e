using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>What a packet on its way out tells its socket: when it came to the device (SO_TIMESTAMPING). Made only for packets whose sender asked.</summary>
/// <param name="socket">Who gets the stamps.</param>
/// <param name="wanted">SOF_TIMESTAMPING_TX_…: which moments.</param>
/// <param name="key">Number of the packet (SOF_TIMESTAMPING_OPT_ID).</param>
/// <param name="departure">When a stream meant to send it, nanoseconds of the loop's clock.</param>
internal sealed class TransmitStamp(OpenSocket socket, TimestampingFlags wanted, uint key, long departure = 0)
{
    /// <summary>SCM_TSTAMP_SND, _SCHED, _ACK: ee_info of the message in the error queue.</summary>
    public const uint Sent = 0, Scheduled = 1, Acknowledged = 2;

    /// <summary>The packet comes to the interface, where it may have to wait.</summary>
    /// <param name="packet">Borrowed: from its link header on.</param>
    /// <param name="device">The interface that it leaves by.</param>
    public void ReportScheduled(PacketBuffer packet, NetworkInterface device)
    {
        if ((wanted & TimestampingFlags.SOF_TIMESTAMPING_TX_SCHED) != 0) socket.QueueStamp(Scheduled, key, departure, packet, device);
    }

    /// <summary>The packet comes to the device.</summary>
    /// <param name="packet">Borrowed: from its link header on.</param>
    /// <param name="device">The interface that it leaves by.</param>
    public void ReportSent(PacketBuffer packet, NetworkInterface device)
    {
        if ((wanted & TimestampingFlags.SOF_TIMESTAMPING_TX_SOFTWARE) != 0) socket.QueueStamp(Sent, key, departure, packet, device);
    }
}
