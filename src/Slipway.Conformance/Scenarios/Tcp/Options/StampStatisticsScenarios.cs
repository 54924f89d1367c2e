using System.Buffers.Binary;
using Slipway.Sockets;
using static Slipway.Conformance.TimestampScenarios;
using static Slipway.Sockets.TcpStatisticsAttribute;
using static Slipway.Sockets.TimestampingFlags;

namespace Slipway.Conformance;

/// <summary>Statistics of a connection with the stamps of what it sends (SOF_TIMESTAMPING_OPT_STATS).</summary>
public static class StampStatisticsScenarios
{
    /// <summary>What the connection was like at each stamp.</summary>
    [Scenario("TS-012")]
    public static void Statistics(HostProcess host)
    {
        const TimestampingFlags Made = SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_TX_SCHED | SOF_TIMESTAMPING_TX_ACK | SOF_TIMESTAMPING_OPT_TSONLY | SOF_TIMESTAMPING_OPT_STATS;
        foreach (AddressFamily family in (AddressFamily[])[AddressFamily.Inet, AddressFamily.Inet6])
        {
            using StreamPair pair = host.TcpPair(family);
            Expect.Fails(Errno.EINVAL, Set(pair.Client, Made & ~SOF_TIMESTAMPING_OPT_TSONLY));
            Expect.Success(Set(pair.Client, Made | SOF_TIMESTAMPING_SOFTWARE));
            host.Sleep(TimeSpan.FromMilliseconds(5));
            pair.Client.Send(new byte[1000]);
            pair.Server.Receive(new byte[1000]);
            long departure = 0;
            foreach (uint moment in (uint[])[1, 0])
            {
                Dictionary<int, byte[]> sent = StatisticsOf(pair.Client.ReceiveError(), moment);
                ExpectValues(sent, (TCP_NLA_SNDQ_SIZE, 1000), (TCP_NLA_BYTES_NOTSENT, 1000), (TCP_NLA_DELIVERED, 1));
                departure = BinaryPrimitives.ReadInt64LittleEndian(sent[TCP_NLA_EDT]);
                Expect.True(departure > 0);
            }
            Dictionary<int, byte[]> acknowledged = StatisticsOf(pair.Client.ReceiveError(), 2);
            ExpectValues(acknowledged, (TCP_NLA_SNDQ_SIZE, 0), (TCP_NLA_BYTES_NOTSENT, 0), (TCP_NLA_DELIVERED, 2),
                (TCP_NLA_TTL, 64), (TCP_NLA_EDT, departure));
            // A room too short for the data: they are cut, the control message is not.
            pair.Client.Send(new byte[1000]);
            pair.Server.Receive(new byte[1000]);
            pair.Client.Poll(PollEvents.POLLERR, TimeSpan.FromSeconds(5));
            Received cut = pair.Client.ReceiveWhole(MessageFlags.MSG_ERRQUEUE | MessageFlags.MSG_DONTWAIT, room: 20);
            Expect.Equal(20, cut.Data.Length);
            Expect.Equal(MessageFlags.MSG_ERRQUEUE | MessageFlags.MSG_TRUNC, cut.Flags);
            Expect.Equal(StatisticsLength, cut.Items[1].Data.Length);
            while (pair.Client.PollNow(PollEvents.POLLERR) != 0) pair.Client.ReceiveError();
            // Without reports of times none of statistics either; the data are there.
            Expect.Success(Set(pair.Client, Made));
            pair.Client.Send(new byte[1000]);
            Received silent = pair.Client.ReceiveError();
            Expect.Equal(StatisticsLength, silent.Data.Length);
            Expect.Equal(family == AddressFamily.Inet ? "0/11" : "41/25", silent.Order);
        }
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            Expect.Success(Set(sender, Made | SOF_TIMESTAMPING_SOFTWARE));
            sender.SendText("x");
            Received stamp = sender.ReceiveError();
            Expect.Equal("1/37 0/11", stamp.Order);
            Expect.Equal(0, stamp.Data.Length);
        }
    }

    private const int StatisticsLength = 248;

    /// <summary>The attributes of a stamp, once their order and lengths are found right.</summary>
    private static Dictionary<int, byte[]> StatisticsOf(Received stamp, uint moment)
    {
        ExpectStamp(stamp, moment, 0);
        Expect.True(stamp.Order is "1/37 1/54 0/11" or "1/37 1/54 41/25");
        Expect.Bytes(stamp.Items[1].Data, stamp.Data);
        var values = new Dictionary<int, byte[]>();
        var order = new List<string>();
        var attribute = new NetlinkAttributeReader(stamp.Data);
        while (attribute.MoveNext())
        {
            values.Add(attribute.Type, attribute.Value.ToArray());
            order.Add($"{attribute.Type}:{attribute.Value.Length}");
        }
        string hopLimit = moment == 2 ? " 26:1" : "";
        Expect.Equal($"1:8 2:8 3:8 4:8 5:8 6:8 7:8 8:4 9:4 10:4 11:1 12:1 15:4 16:4 17:4 13:4 14:1 18:8 19:8 20:4 21:4 22:4 23:2 24:4 25:8{hopLimit} 27:4", string.Join(' ', order));
        ExpectValues(values, (TCP_NLA_DATA_SEGS_OUT, 1), (TCP_NLA_TOTAL_RETRANS, 0), (TCP_NLA_SND_CWND, 10),
            (TCP_NLA_REORDERING, 3), (TCP_NLA_RECUR_RETRANS, 0), (TCP_NLA_SND_SSTHRESH, int.MaxValue),
            (TCP_NLA_DELIVERED_CE, 0), (TCP_NLA_CA_STATE, 0), (TCP_NLA_BYTES_SENT, 1000),
            (TCP_NLA_BYTES_RETRANS, 0), (TCP_NLA_DSACK_DUPS, 0), (TCP_NLA_REORD_SEEN, 0),
            (TCP_NLA_TIMEOUT_REHASH, 0), (TCP_NLA_REHASH, 0), (TCP_NLA_DELIVERY_RATE_APP_LMT, 1),
            (TCP_NLA_RWND_LIMITED, 0), (TCP_NLA_SNDBUF_LIMITED, 0));
        return values;
    }

    private static void ExpectValues(Dictionary<int, byte[]> values, params ReadOnlySpan<(int Type, long Value)> expected)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        foreach ((int type, long value) in expected)
        {
            bytes.Clear();
            values[type].CopyTo(bytes);
            Expect.Equal((type, value), (type, BinaryPrimitives.ReadInt64LittleEndian(bytes)));
        }
    }
}
