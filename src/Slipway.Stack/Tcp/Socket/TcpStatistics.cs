using System.Buffers.Binary;
using Slipway.Sockets;
using static Slipway.Sockets.TcpStatisticsAttribute;

namespace Slipway.Stack;

/// <summary>What a connection is like when a stamp is made (SOF_TIMESTAMPING_OPT_STATS; Linux tcp_get_timestamping_opt_stats): all attributes, in the kernel's order.</summary>
internal static class TcpStatistics
{
    private const int HeaderLength = 4;

    // 27 attributes of eight bytes at most, and their headers.
    private const int MostBytes = 27 * (HeaderLength + sizeof(ulong));

    /// <param name="connection">The connection.</param>
    /// <param name="departure">When the stamped segment was to be sent, nanoseconds.</param>
    /// <param name="hopLimit">TTL or hop limit of the acknowledgment; null where none is the reason.</param>
    public static byte[] ToBytes(TcpConnection connection, long departure, byte? hopLimit)
    {
        TcpSender sender = connection.Sender;
        Span<byte> room = stackalloc byte[MostBytes];
        int at = 0;
        (ulong busy, ulong window, ulong buffer) = TcpInfo.TimesOf(sender);
        Put64(room, ref at, TCP_NLA_BUSY, busy);
        Put64(room, ref at, TCP_NLA_RWND_LIMITED, window);
        Put64(room, ref at, TCP_NLA_SNDBUF_LIMITED, buffer);
        Put64(room, ref at, TCP_NLA_DATA_SEGS_OUT, sender.DataSegmentsOut);
        Put64(room, ref at, TCP_NLA_TOTAL_RETRANS, sender.TotalRetransmitted);
        Put64(room, ref at, TCP_NLA_PACING_RATE, TcpInfo.PacingRate(connection));
        Put64(room, ref at, TCP_NLA_DELIVERY_RATE, sender.DeliveryRate);
        Put32(room, ref at, TCP_NLA_SND_CWND, sender.Window.Window);
        Put32(room, ref at, TCP_NLA_REORDERING, sender.Reordering);
        Put32(room, ref at, TCP_NLA_MIN_RTT, sender.Rtt.MinRtt);
        Put8(room, ref at, TCP_NLA_RECUR_RETRANS, sender.Timeouts);
        Put8(room, ref at, TCP_NLA_DELIVERY_RATE_APP_LMT, (byte)(sender.IsDeliveryRateAppLimited ? 1 : 0));
        Put32(room, ref at, TCP_NLA_SND_SSTHRESH, sender.Window.SlowStartThreshold);
        Put32(room, ref at, TCP_NLA_DELIVERED, sender.Delivered);
        Put32(room, ref at, TCP_NLA_DELIVERED_CE, sender.DeliveredCe);
        Put32(room, ref at, TCP_NLA_SNDQ_SIZE, (uint)sender.Unacknowledged);
        Put8(room, ref at, TCP_NLA_CA_STATE, (byte)sender.State);
        Put64(room, ref at, TCP_NLA_BYTES_SENT, sender.BytesSent);
        Put64(room, ref at, TCP_NLA_BYTES_RETRANS, sender.BytesRetransmitted);
        Put32(room, ref at, TCP_NLA_DSACK_DUPS, sender.DuplicateSacks);
        Put32(room, ref at, TCP_NLA_REORD_SEEN, sender.ReorderingSeen);
        Put32(room, ref at, TCP_NLA_SRTT, sender.Rtt.SmoothedMicroseconds);
        ushort paths = connection.KnownExtras?.PathTimeouts ?? 0;
        Put16(room, ref at, TCP_NLA_TIMEOUT_REHASH, paths);
        Put32(room, ref at, TCP_NLA_BYTES_NOTSENT, (uint)Math.Max(sender.Unsent, 0));
        Put64(room, ref at, TCP_NLA_EDT, (ulong)departure);
        if (hopLimit is { } hops) Put8(room, ref at, TCP_NLA_TTL, hops);
        Put32(room, ref at, TCP_NLA_REHASH, paths);
        return room[..at].ToArray();
    }

    private static void Put64(Span<byte> room, ref int at, ushort type, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Next(room, ref at, type, sizeof(ulong)), value);

    private static void Put32(Span<byte> room, ref int at, ushort type, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Next(room, ref at, type, sizeof(uint)), value);

    private static void Put16(Span<byte> room, ref int at, ushort type, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(Next(room, ref at, type, sizeof(ushort)), value);

    private static void Put8(Span<byte> room, ref int at, ushort type, byte value) => Next(room, ref at, type, 1)[0] = value;

    /// <summary>Room for a value, behind the header of its attribute and filled with zeros up to the next.</summary>
    private static Span<byte> Next(Span<byte> room, ref int at, ushort type, int length)
    {
        Span<byte> attribute = room.Slice(at, HeaderLength + NetlinkWriter.Align(length));
        attribute.Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(attribute, (ushort)(HeaderLength + length));
        BinaryPrimitives.WriteUInt16LittleEndian(attribute[2..], type);
        at += attribute.Length;
        return attribute[HeaderLength..];
    }
}
