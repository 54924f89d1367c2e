using System.Buffers.Binary;
using Slipway.Sockets;
using static Slipway.Sockets.TimestampingFlags;

namespace Slipway.Stack;

/// <summary>Time stamps of packets that are sent, with the packets (SO_TIMESTAMPING; Linux __skb_tstamp_tx).</summary>
internal abstract partial class InetSocket
{
    private const int EthernetHeaderLength = 14;

    /// <inheritdoc/>
    public override void QueueStamp(uint moment, uint key, long departure, PacketBuffer packet, NetworkInterface device)
    {
        if ((Timestamping & SOF_TIMESTAMPING_OPT_TSONLY) != 0)
        {
            byte[] statistics = StatisticsFor(departure);
            QueueStamp(moment, key, statistics, default, 0, hasStatistics: statistics.Length > 0);
            return;
        }
        ReadOnlySpan<byte> header = packet.FromNetworkHeader;
        // A loopback device has Ethernet headers of nothing but a type on Linux.
        byte[] bytes;
        if (device.Device.Kind == LinkKind.Loopback)
        {
            bytes = new byte[EthernetHeaderLength + packet.Length];
            BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(EthernetHeaderLength - 2), (ushort)(header[0] >> 4 == 4 ? Wire.EtherType.Ipv4 : Wire.EtherType.Ipv6));
            packet.Span.CopyTo(bytes.AsSpan(EthernetHeaderLength));
        }
        else bytes = packet.Span.ToArray();
        // Neither options nor extension headers are told of what was sent.
        int length = header[0] >> 4 == 4 ? Wire.Ipv4Header.MinimumLength : Wire.Ipv6Header.Length;
        ReadOnlySpan<byte> transport = packet.HasTransportOffset ? packet.FromTransportHeader : default;
        QueueStamp(moment, key, bytes, header[..length].ToArray(), device.Index, port: transport.Length >= 4 ? BinaryPrimitives.ReadUInt16BigEndian(transport[2..]) : -1);
    }

    /// <summary>What a stream tells with its stamps (SOF_TIMESTAMPING_OPT_STATS); nothing where nobody asked.</summary>
    /// <param name="departure">When the segment was to be sent.</param>
    protected virtual byte[] StatisticsFor(long departure) => [];

    /// <summary>Queues a stamp with what it is of, which needs CAP_NET_RAW where net.core.tstamp_allow_data is off.</summary>
    protected void QueueStamp(uint moment, uint key, byte[] payload, byte[]? header, int interfaceIndex, bool hasStatistics = false, int port = -1)
    {
        if (!MayQueueStamp) return;
        QueueError(new ErrorEntry
        {
            Error = Errno.ENOMSG,
            Origin = ExtendedSocketError.OriginTimestamping,
            Info = moment,
            Data = (Timestamping & SOF_TIMESTAMPING_OPT_ID) != 0 ? key : 0,
            Destination = AnyAddress,
            Port = 0,
            Payload = payload,
            Header = header,
            HeaderPort = port,
            InterfaceIndex = interfaceIndex,
            HasStatistics = hasStatistics,
            At = Host.Loop.Now,
        });
        Announce(PollEvents.POLLERR | PollEvents.POLLPRI, PollErr);
    }
}
