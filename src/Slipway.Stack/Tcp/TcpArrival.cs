using System.Buffers.Binary;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>A received segment, read once: the header in host order, the options that matter, and the packet with the data.</summary>
internal ref struct TcpArrival
{
    private const uint AlignedTimestamps = 0x0101_080A;

    /// <summary>The packet, cut to its data; null once somebody has taken it.</summary>
    public PacketBuffer? Packet;

    public uint Sequence, EndSequence, Acknowledgment;

    /// <summary>SEG.WND as it stands on the wire.</summary>
    public int Window;
    public int Length;
    public int HeaderLength;
    public ushort SourcePort, DestinationPort, UrgentPointer;
    public TcpFlags Flags;
    public bool HasTimestamps;

    /// <summary>Where in the header the digest of a signature begins (RFC 2385); 0 where there is none, negative where the options are broken in a way that could hide one.</summary>
    public sbyte SignatureAt;
    public uint TimestampValue, TimestampEcho;
    public SackBlocks Sack;
    public IpAddress Source, Destination;
    public NetworkInterface Interface;
    public byte Tos;
    public byte HopLimit;
    public int FlowLabel;

    public readonly bool Has(TcpFlags flag) => (Flags & flag) != 0;

    /// <summary>Congestion was experienced on the way (RFC 3168 §5).</summary>
    public readonly bool IsCongestionMarked => (Tos & 3) == 3;

    /// <summary>Reads a packet that was found whole.</summary>
    /// <param name="packet">Begins at the TCP header.</param>
    /// <param name="info">What the IP header said.</param>
    /// <param name="view">The header.</param>
    /// <param name="segment">What was read; it owns the packet.</param>
    public static void Read(PacketBuffer packet, in ReceivedIp info, TcpView view, out TcpArrival segment)
    {
        segment = default;
        segment.SourcePort = view.SourcePort;
        segment.DestinationPort = view.DestinationPort;
        segment.Sequence = view.Sequence;
        segment.Acknowledgment = view.Acknowledgment;
        segment.Flags = view.Flags;
        segment.Window = view.Window;
        segment.UrgentPointer = view.UrgentPointer;
        segment.HeaderLength = view.HeaderLength;
        segment.Length = packet.Length - segment.HeaderLength;
        segment.EndSequence = segment.Sequence + (uint)segment.Length + ((uint)segment.Flags & 1) + ((uint)segment.Flags >> 1 & 1);
        segment.Source = info.Source;
        segment.Destination = info.Destination;
        segment.Interface = info.Interface;
        segment.Tos = info.Tos;
        segment.HopLimit = info.HopLimit;
        segment.FlowLabel = info.FlowLabel;
        segment.Packet = packet;
        if (segment.HeaderLength > TcpHeader.MinimumLength) segment.ReadOptions(view.Options);
    }

    /// <summary>The options of a handshake, which only a SYN carries.</summary>
    public readonly TcpOptions SynOptions()
    {
        Span<byte> header = Packet!.FromTransportHeader;
        return TcpOptions.Parse(header[TcpHeader.MinimumLength..HeaderLength], isSyn: true);
    }

    /// <summary>Takes the packet, cut to the data: ownership moves to the caller.</summary>
    public PacketBuffer Take()
    {
        PacketBuffer packet = Packet!;
        Packet = null;
        return packet;
    }

    /// <summary>Asks a filter, which sees the segment from the TCP header on, and cuts the data as it says: what is cut was never received, so the peer sends it again.</summary>
    /// <returns>False: the segment is not wanted.</returns>
    public bool Passes(PacketProgram filter, TcpConnection owner)
    {
        PacketBuffer packet = Packet!;
        var view = new FilterPacket(packet, packet.TransportOffset, Interface.Index, IpProtocolNumber.Tcp, owner.Layer.Host.Random)
        {
            Cookie = owner.Socket?.Cookie ?? 0,
            UserId = (uint)owner.UserId,
        };
        int kept = SocketFilter.Judge(filter, view, HeaderLength);
        int cut = HeaderLength + Length - kept;
        if (kept == 0 || cut == 0) return kept != 0;
        packet.TrimEnd(cut);
        Length -= cut;
        EndSequence -= (uint)cut;
        return true;
    }

    /// <summary>Takes the first bytes off the data: they were received before.</summary>
    public void TrimStart(int count)
    {
        Packet!.TrimStart(count);
        Length -= count;
        Sequence += (uint)count;
    }

    private const int SignatureOptionLength = 2 + TcpSigner.DigestLength;

    /// <summary>Linux tcp_do_parse_auth_options: stricter than for other options, as long as a signature could follow.</summary>
    private static sbyte FindSignature(ReadOnlySpan<byte> options)
    {
        int found = 0;
        for (int at = 0; options.Length - at >= SignatureOptionLength;)
        {
            var kind = (TcpOptionKind)options[at];
            if (kind == TcpOptionKind.EndOfList) break;
            if (kind == TcpOptionKind.NoOperation)
            {
                at++;
                continue;
            }
            int length = options[at + 1];
            if (length < 2 || length > options.Length - at) return -1;
            if (kind == TcpOptionKind.Md5Signature)
            {
                if (length != SignatureOptionLength || found != 0) return -1;
                found = TcpHeader.MinimumLength + at + 2;
            }
            at += length;
        }
        return (sbyte)found;
    }

    private void ReadOptions(ReadOnlySpan<byte> options)
    {
        // What nearly every segment carries, without a walk.
        if (options.Length == 12 && BinaryPrimitives.ReadUInt32BigEndian(options) == AlignedTimestamps)
        {
            HasTimestamps = true;
            TimestampValue = BinaryPrimitives.ReadUInt32BigEndian(options[4..]);
            TimestampEcho = BinaryPrimitives.ReadUInt32BigEndian(options[8..]);
            return;
        }
        if (options.Length >= SignatureOptionLength) SignatureAt = FindSignature(options);
        TcpOptions all = TcpOptions.Parse(options, isSyn: false);
        Sack = all.Sack;
        if (all.Timestamps is not { } timestamps) return;
        HasTimestamps = true;
        TimestampValue = timestamps.Value;
        TimestampEcho = timestamps.EchoReply;
    }
}
