using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <content>
/// What a stream tells of the packets that it came in (IP_PKTOPTIONS, IPV6_2292PKTOPTIONS): those of IPv4 of the segment that ended the handshake, those of IPv6 of the last one that came in
/// its turn. Linux keeps the fields where datagram sockets have the settings of their multicast, and so tells them as IP_MULTICAST_TTL, IPV6_MULTICAST_HOPS and IPV6_MULTICAST_IF too.
/// </content>
internal sealed partial class TcpSocket
{
    /// <summary>IPV6_RECV* that make a stream look at the headers of segments at all.</summary>
    private const SocketFlags AnyReceived6 = SocketFlags.AnyMessage6 | SocketFlags.ReceivePathMtu;

    private const byte DefaultHops = 1;

    /// <summary>What Linux gives a socket of IPv6 for an address of IPv4 (LOOPBACK4_IPV6).</summary>
    private const uint NoAddress4 = 0x7F00_0006;

    /// <summary>Marks <see cref="_arrivalFlow"/> as of a segment of IPv4, whose type of service stands in the place of the traffic class.</summary>
    private const uint ByIPv4 = 1u << 31;

    private int _arrivalInterface;
    private uint _arrivalFlow;
    private byte _arrivalHops = DefaultHops;

    private bool ArrivedByIPv4 => (_arrivalFlow & ByIPv4) != 0;

    /// <summary>Traffic class and flow label, which a segment of IPv4 has not.</summary>
    private uint ArrivalFlow6 => ArrivedByIPv4 ? 0 : _arrivalFlow;

    /// <summary>Whether the headers of received segments have to be looked at.</summary>
    public bool TracksHeaders => (Flags & AnyReceived6) != 0;

    /// <inheritdoc/>
    public override byte MulticastTtl
    {
        get => ArrivedByIPv4 ? _arrivalHops : DefaultHops;
    }

    /// <inheritdoc/>
    public override byte MulticastHops
    {
        get => _arrivalHops;
    }

    /// <inheritdoc/>
    public override int MulticastInterface6
    {
        get => _arrivalInterface;
    }

    private KeptHeaders? Kept
    {
        get => UncommonIfAny?.KeptHeaders;
        set
        {
            if (value != Kept) Uncommon.KeptHeaders = value;
        }
    }

    /// <summary>The headers of a segment were noted before it was processed; it came in its turn, and they count.</summary>
    /// <param name="segment">The segment; its packet may be gone.</param>
    /// <param name="headers">Those that the program wants; null if there are none.</param>
    public void NoteHeaders(in TcpArrival segment, KeptHeaders? headers)
    {
        if (Has(SocketFlags.PacketInfo6 | SocketFlags.OldPacketInfo6)) _arrivalInterface = segment.Interface.Index;
        if (Has(SocketFlags.ReceiveHopLimit | SocketFlags.OldHopLimit)) _arrivalHops = segment.HopLimit;
        if (Has(SocketFlags.FlowInfo | SocketFlags.ReceiveTrafficClass)) _arrivalFlow = FlowOf(segment);
        Kept = headers;
    }

    /// <summary>The segment that made this connection.</summary>
    /// <param name="segment">The last of the handshake.</param>
    /// <param name="syn">The headers of the SYN, where the listener wanted them.</param>
    private void NoteArrival(in TcpArrival segment, KeptHeaders? syn)
    {
        _arrivalInterface = segment.Interface.Index;
        _arrivalHops = segment.HopLimit;
        _arrivalFlow = FlowOf(segment);
        Kept = syn;
    }

    private static uint FlowOf(in TcpArrival segment) => (uint)segment.Tos << 20 | (segment.Destination.IsIPv4 ? ByIPv4 : (uint)segment.FlowLabel);

    /// <summary>IP_PKTOPTIONS.</summary>
    public CallResult ReadPacketOptions4(Span<byte> room)
    {
        var writer = new ControlMessageWriter(room);
        if (Has(SocketFlags.PacketInfo))
        {
            uint local = BoundAddress.IsIPv4 ? BoundAddress.IPv4 : BoundAddress.IsUnspecified ? 0 : NoAddress4;
            Span<byte> info = stackalloc byte[IPv4PacketInfo.Length];
            new IPv4PacketInfo(ArrivedByIPv4 ? _arrivalInterface : 0, local, local).Write(info);
            writer.Put(SocketLevel.IPPROTO_IP, SocketOptionName.IP_PKTINFO, info);
        }
        if (Has(SocketFlags.ReceiveTtl)) writer.Put(SocketLevel.IPPROTO_IP, SocketOptionName.IP_TTL, MulticastTtl);
        if (Has(SocketFlags.ReceiveTos)) writer.Put(SocketLevel.IPPROTO_IP, SocketOptionName.IP_TOS, ArrivedByIPv4 ? (int)(_arrivalFlow >> 20 & 0xFF) : 0);
        return writer.Length;
    }

    /// <summary>IPV6_2292PKTOPTIONS, read.</summary>
    public CallResult ReadPacketOptions6(Span<byte> room)
    {
        var writer = new ControlMessageWriter(room);
        if (Kept is { } kept)
        {
            WriteHeaderMessages(ref writer, kept.Facts);
            return writer.Length;
        }
        if (Has(SocketFlags.PacketInfo6)) WriteArrivalInfo(ref writer, SocketOptionName.IPV6_PKTINFO);
        if (Has(SocketFlags.ReceiveHopLimit)) writer.Put(SocketLevel.IPPROTO_IPV6, SocketOptionName.IPV6_HOPLIMIT, _arrivalHops);
        if (Has(SocketFlags.ReceiveTrafficClass)) writer.Put(SocketLevel.IPPROTO_IPV6, SocketOptionName.IPV6_TCLASS, (int)(ArrivalFlow6 >> 20));
        if (Has(SocketFlags.OldPacketInfo6)) WriteArrivalInfo(ref writer, SocketOptionName.IPV6_2292PKTINFO);
        if (Has(SocketFlags.OldHopLimit)) writer.Put(SocketLevel.IPPROTO_IPV6, SocketOptionName.IPV6_2292HOPLIMIT, _arrivalHops);
        if (Has(SocketFlags.FlowInfo)) writer.Put(SocketLevel.IPPROTO_IPV6, SocketOptionName.IPV6_FLOWINFO, (int)BinaryPrimitives.ReverseEndianness(ArrivalFlow6));
        return writer.Length;
    }

    /// <summary>Without a packet Linux tells of the peer, or of what IPV6_PKTINFO was set to.</summary>
    private void WriteArrivalInfo(ref ControlMessageWriter writer, int type)
    {
        Span<byte> info = stackalloc byte[IPv6PacketInfo.Length];
        info.Clear();
        (_arrivalInterface != 0 ? PeerAddress : StickySource == default ? IpAddress.AnyIPv6 : StickySource).WriteIPv6(info);
        BinaryPrimitives.WriteInt32LittleEndian(info[16..], _arrivalInterface != 0 ? _arrivalInterface : StickyInterface);
        writer.Put(SocketLevel.IPPROTO_IPV6, type, info);
    }
}
