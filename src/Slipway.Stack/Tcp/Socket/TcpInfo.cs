using System.Buffers.Binary;
using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>struct tcp_info of linux/tcp.h, as TCP_INFO fills it.</summary>
internal static class TcpInfo
{
    /// <summary>
    /// Bytes of the structure in Linux 6.18. What stays 0 is what Linux leaves so (tcpi_fackets, tcpi_last_ack_sent), what only Accurate ECN fills (tcpi_delivered_e1_bytes and its kin).
    /// </summary>
    public const int Length = 280;

    private const byte Timestamps = 1, Sack = 2, WindowScale = 4, Ecn = 8, EcnSeen = 16, SynData = 32, FastOpenChild = 128;

    public static CallResult Write(TcpSocket socket, Span<byte> value)
    {
        Span<byte> info = stackalloc byte[Length];
        info.Clear();
        TcpConnection connection = socket.Connection;
        TcpSender sender = connection.Sender;
        TcpReceiver receiver = connection.Receiver;
        info[0] = (byte)socket.State;
        Put(info, 80, sender.Window.Window);
        Put(info, 88, sender.Reordering);
        Put64(info, 104, PacingRate(connection));
        Put64(info, 112, connection.MaxPacingRate);
        if (socket.Listener is { } listener)
        {
            Put(info, 24, (uint)listener.ReadyCount);
            Put(info, 28, (uint)listener.Backlog);
            return OptionTable.Cut(info, value);
        }
        info[1] = (byte)sender.State;
        info[2] = sender.Timeouts;
        info[3] = sender.Probes;
        info[4] = sender.Rtt.Backoff;
        info[5] = (byte)((connection.TimestampsOk ? Timestamps : 0) | (connection.SackOk ? Sack : 0) | (connection.WindowScaleOk ? WindowScale : 0)
            | (connection.EcnOk ? Ecn : 0) | (connection.HasSeenEcn ? EcnSeen : 0));
        info[6] = (byte)(connection.SndScale | connection.RcvScale << 4);
        info[7] = (byte)(sender.IsDeliveryRateAppLimited ? 1 : 0);
        long now = connection.Now;
        Put(info, 8, Microseconds(sender.Rto));
        Put(info, 12, Microseconds(receiver.Delay));
        Put(info, 16, (uint)sender.Mss);
        Put(info, 20, socket.State == TcpState.Closed && connection.IsFresh ? 0 : (uint)receiver.SegmentEstimate);
        Put(info, 24, sender.PacketsOut);
        Put(info, 28, sender.SackedOut);
        Put(info, 32, sender.LostOut);
        Put(info, 36, sender.RetransmittedOut);
        Put(info, 44, Milliseconds(now - sender.Window.LastSent));
        Put(info, 52, Milliseconds(now - receiver.LastDataAt));
        Put(info, 56, Milliseconds(now - receiver.LastArrival));
        Put(info, 60, (uint)connection.PathMtu);
        Put(info, 64, (uint)receiver.WindowThreshold);
        Put(info, 68, sender.Rtt.SmoothedMicroseconds);
        Put(info, 72, sender.Rtt.VariationMicroseconds);
        Put(info, 76, sender.Window.SlowStartThreshold);
        Put(info, 84, socket.State == TcpState.Closed && connection.IsFresh ? 0 : (uint)connection.AdvertisedMss);
        Put(info, 92, (uint)receiver.RttMicroseconds);
        Put(info, 96, (uint)receiver.MeasuredSpace);
        Put(info, 100, sender.TotalRetransmitted);
        Put64(info, 120, sender.BytesAcked);
        Put64(info, 128, receiver.BytesReceived);
        Put(info, 136, sender.SegmentsOut);
        Put(info, 140, receiver.SegmentsIn);
        Put(info, 144, (uint)Math.Max(sender.Unsent, 0));
        Put(info, 148, sender.Rtt.MinRtt);
        Put(info, 152, receiver.DataSegmentsIn);
        Put(info, 156, sender.DataSegmentsOut);
        Put64(info, 160, sender.DeliveryRate);
        WriteTimes(sender, info);
        Put(info, 192, sender.Delivered);
        Put(info, 196, sender.DeliveredCe);
        Put64(info, 200, sender.BytesSent);
        Put64(info, 208, sender.BytesRetransmitted);
        Put(info, 216, sender.DuplicateSacks);
        Put(info, 220, sender.ReorderingSeen);
        Put(info, 224, receiver.EarlyCount);
        Put(info, 228, sender.SndWnd);
        Put(info, 232, receiver.RcvWnd);
        if (connection.KnownExtras is { } extras) WriteExtras(extras, info, now);
        return OptionTable.Cut(info, value);
    }

    /// <summary>What the time went by in which there were data: the busy time is all of it.</summary>
    private static void WriteTimes(TcpSender sender, Span<byte> info)
    {
        (ulong busy, ulong window, ulong buffer) = TimesOf(sender);
        Put64(info, 168, busy);
        Put64(info, 176, window);
        Put64(info, 184, buffer);
    }

    /// <summary>Microseconds in which there were data, and of those in which the peer's window and the send buffer were the limit.</summary>
    public static (ulong Busy, ulong PeerWindow, ulong SendBuffer) TimesOf(TcpSender sender)
    {
        ulong window = sender.SpentOn(SendLimit.PeerWindow), buffer = sender.SpentOn(SendLimit.SendBuffer);
        return (1000 * (sender.SpentOn(SendLimit.Busy) + window + buffer), 1000 * window, 1000 * buffer);
    }

    private static void WriteExtras(TcpExtras extras, Span<byte> info, long now)
    {
        if ((extras.FastOpen & FastOpenState.DataTaken) != 0) info[5] |= SynData;
        if ((extras.FastOpen & FastOpenState.Child) != 0) info[5] |= FastOpenChild;
        info[7] |= (byte)((int)extras.FastOpenFailure << 1);
        Put(info, 236, extras.PathTimeouts);
        BinaryPrimitives.WriteUInt16LittleEndian(info[240..], extras.Timeouts);
        BinaryPrimitives.WriteUInt16LittleEndian(info[242..], extras.TimeoutRecoveries);
        Put(info, 244, extras.TimeoutMilliseconds + (extras.TroubleSince >= 0 ? Milliseconds(now - extras.TroubleSince) : 0));
        Put(info, 248, extras.CongestionMarks);
        Put(info, 264, extras.BytesEct1);
        Put(info, 268, extras.BytesEct0);
        Put(info, 272, extras.BytesCe);
    }

    /// <summary>The rate at which the window would be spread; Linux reckons it also where nothing is paced.</summary>
    public static ulong PacingRate(TcpConnection connection)
    {
        TcpSender sender = connection.Sender;
        if (sender.IsPaced || sender.Rtt.SmoothedMicroseconds == 0) return sender.Pacing.Rate;
        return Pacing.ComputeRate(sender.Window, sender.PacketsOut, (uint)sender.Mss, sender.Rtt.SmoothedEighths, connection.MaxPacingRate);
    }

    private static uint Microseconds(long nanoseconds) => (uint)Math.Clamp(nanoseconds / StackClock.Microsecond, 0, uint.MaxValue);

    private static uint Milliseconds(long nanoseconds) => (uint)Math.Clamp(nanoseconds / StackClock.Millisecond, 0, uint.MaxValue);

    private static void Put(Span<byte> info, int offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(info[offset..], value);

    private static void Put64(Span<byte> info, int offset, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(info[offset..], value);
}
