using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;
using static Slipway.Sockets.BpfCode;

namespace Slipway.Stack;

/// <summary>What a filter program sees: the packet from where the socket's layer begins, the headers before it by negative offsets, and facts about it.</summary>
internal readonly ref struct FilterPacket
{
    private const uint OverflowUserId = 65534;
    private const int LoopbackHeaderLength = TapFrame.HeaderLength;

    private readonly PacketBuffer? _packet;
    private readonly ReadOnlySpan<byte> _network;
    private readonly RandomSource _random;
    private readonly int _interface;
    private readonly IpProtocolNumber _protocol;

    // Of a frame that a packet socket sees.
    private readonly bool _isFrame;
    private readonly ReadOnlySpan<byte> _link;
    private readonly ushort _etherType, _hardwareType;
    private readonly LinkPacketType _type;

    /// <summary>A packet of the network.</summary>
    /// <param name="packet">Borrowed.</param>
    /// <param name="start">Where in the packet, counted as its offsets are, the program's view begins.</param>
    /// <param name="interfaceIndex">The interface that it came by.</param>
    /// <param name="protocol">What it carries.</param>
    /// <param name="random">For SKF_AD_RANDOM.</param>
    public FilterPacket(PacketBuffer packet, int start, int interfaceIndex, IpProtocolNumber protocol, RandomSource random)
    {
        UserId = OverflowUserId;
        _protocol = protocol;
        _packet = packet;
        _interface = interfaceIndex;
        _random = random;
        Data = packet.From(start);
        _network = packet.HasNetworkOffset ? packet.FromNetworkHeader : default;
    }

    /// <summary>A message that came over no network, as those of AF_UNIX: without a device, and its network header is where it begins.</summary>
    public FilterPacket(ReadOnlySpan<byte> data, RandomSource random)
    {
        UserId = OverflowUserId;
        Data = data;
        _network = data;
        _random = random;
    }

    /// <summary>A frame that a packet socket sees.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="start">Where in it the program's view begins.</param>
    /// <param name="random">For SKF_AD_RANDOM.</param>
    public FilterPacket(in TapFrame frame, int start, RandomSource random)
    {
        UserId = OverflowUserId;
        _isFrame = true;
        _packet = frame.Packet;
        _interface = frame.Interface.Index;
        _random = random;
        _link = frame.Packet.Span;
        _network = _link[frame.NetworkOffset..];
        _etherType = frame.Protocol;
        _hardwareType = frame.HardwareType;
        _type = frame.Type;
        VlanTag = frame.VlanTag;
        VlanProtocol = frame.VlanProtocol;
        Data = _link[start..];
    }

    /// <summary>What offsets from 0 on read.</summary>
    public ReadOnlySpan<byte> Data { get; }

    /// <summary>skb-&gt;len.</summary>
    public int Length => Data.Length;

    /// <summary>SO_COOKIE of the socket whose filter runs; 0 where the packet has no socket yet, as Linux sees it: over a group, and before a packet socket.</summary>
    public ulong Cookie { get; init; }

    /// <summary>Who made that socket; without one the user that overflow_uid names.</summary>
    public uint UserId { get; init; }

    /// <summary>A number from the host's source.</summary>
    public uint NextRandom() => _random.NextUInt32();

    /// <summary>skb-&gt;protocol in host order: the EtherType.</summary>
    public uint Protocol => _isFrame ? _etherType : _packet is null || _network.IsEmpty ? 0u : _network[0] >> 4 == 4 ? (uint)EtherType.Ipv4 : (uint)EtherType.Ipv6;

    /// <summary>skb-&gt;pkt_type: the values of LinkDestination are the kernel's.</summary>
    public uint PacketType => _isFrame ? (uint)_type : _packet is { } packet ? (uint)packet.Destination : 0;

    public uint InterfaceIndex => (uint)_interface;

    /// <summary>Priority and number of the VLAN tag that was taken off.</summary>
    public uint VlanTag { get; }

    /// <summary>The EtherType of that tag; 0 where none was.</summary>
    public uint VlanProtocol { get; }

    /// <summary>Reads 1, 2 or 4 bytes in network order; a negative offset counts from the network or link header (bpf_internal_load_pointer_neg_helper).</summary>
    /// <returns>False where there are no such bytes: the program ends with verdict 0.</returns>
    public bool TryLoad(int offset, int size, out uint value)
    {
        ReadOnlySpan<byte> bytes = Data;
        if (offset < 0)
        {
            if (offset >= SKF_NET_OFF)
            {
                bytes = _network;
                offset -= SKF_NET_OFF;
            }
            else if (offset >= SKF_LL_OFF) return TryLoadFromLink(offset - SKF_LL_OFF, size, out value);
            else
            {
                value = 0;
                return false;
            }
        }
        return TryRead(bytes, offset, size, out value);
    }

    /// <summary>Copies bytes that begin at an offset from the network header, or from the link header.</summary>
    /// <returns>False where there are not so many.</returns>
    public bool TryCopy(int offset, bool isFromLink, Span<byte> to)
    {
        if (!isFromLink)
        {
            if (offset > _network.Length - to.Length) return false;
            _network.Slice(offset, to.Length).CopyTo(to);
            return true;
        }
        for (int i = 0; i < to.Length; i++)
        {
            if (!TryLoadFromLink(offset + i, 1, out uint one)) return false;
            to[i] = (byte)one;
        }
        return true;
    }

    private static bool TryRead(ReadOnlySpan<byte> bytes, int offset, int size, out uint value)
    {
        value = 0;
        if ((uint)offset > (uint)bytes.Length || bytes.Length - offset < size) return false;
        bytes = bytes[offset..];
        value = size switch
        {
            1 => bytes[0],
            2 => BinaryPrimitives.ReadUInt16BigEndian(bytes),
            _ => BinaryPrimitives.ReadUInt32BigEndian(bytes),
        };
        return true;
    }

    /// <summary>A fact about the packet (SKF_AD_*), but those that compute with A and X.</summary>
    /// <returns>False: there is no device to ask, so the program ends with verdict 0.</returns>
    public bool TryGetFact(int number, out uint value)
    {
        value = number switch
        {
            SKF_AD_PROTOCOL => Protocol,
            SKF_AD_PKTTYPE => PacketType,
            SKF_AD_IFINDEX => InterfaceIndex,
            SKF_AD_HATYPE => HardwareType,
            SKF_AD_PAY_OFFSET => (uint)PayloadOffset(),
            SKF_AD_RANDOM => _random.NextUInt32(),
            SKF_AD_VLAN_TAG => VlanTag,
            SKF_AD_VLAN_TAG_PRESENT => VlanProtocol == 0 ? 0u : 1u,
            SKF_AD_VLAN_TPID => VlanProtocol,
            // What a host of this stack has not: marks on packets, receive queues, hashes of devices, processors.
            _ => 0,
        };
        return number is not (SKF_AD_IFINDEX or SKF_AD_HATYPE) || _packet is not null;
    }

    private uint HardwareType => _isFrame ? _hardwareType : TapFrame.HardwareTypeOf(_packet?.Device?.Kind ?? LinkKind.Loopback);

    /// <summary>SKF_AD_NLATTR: a netlink attribute of a type, from an offset on (RFC 3549 §2.3.2; the kernel's bpf_skb_get_nlattr).</summary>
    public uint FindAttribute(uint from, uint type)
    {
        if (Length < AttributeHeader || from > Length - AttributeHeader) return 0;
        return Find((int)from, Length - (int)from, type);
    }

    /// <summary>SKF_AD_NLATTR_NEST: the same inside the attribute that stands there.</summary>
    public uint FindNestedAttribute(uint from, uint type)
    {
        if (Length < AttributeHeader || from > Length - AttributeHeader) return 0;
        int length = BinaryPrimitives.ReadUInt16LittleEndian(Data[(int)from..]);
        return length > Length - (int)from ? 0 : Find((int)from + AttributeHeader, length - AttributeHeader, type);
    }

    private const int AttributeHeader = 4;

    private uint Find(int at, int left, uint type)
    {
        const int TypeMask = 0x3FFF, Alignment = 4;
        while (left >= AttributeHeader)
        {
            int length = BinaryPrimitives.ReadUInt16LittleEndian(Data[at..]);
            if (length < AttributeHeader || length > left) return 0;
            if ((BinaryPrimitives.ReadUInt16LittleEndian(Data[(at + 2)..]) & TypeMask) == type) return (uint)at;
            int step = length + Alignment - 1 & -Alignment;
            at += step;
            left -= step;
        }
        return 0;
    }

    /// <summary>SKF_AD_PAY_OFFSET: where the payload begins, from what the program sees as the first byte (skb_get_poff).</summary>
    private int PayloadOffset()
    {
        if (_isFrame) return FramePayloadOffset();
        if (_packet is not { HasTransportOffset: true } packet || _network.IsEmpty) return 0;
        ReadOnlySpan<byte> transport = packet.FromTransportHeader;
        // Behind the header the place is negative, which the kernel takes for a great one and cuts to the length.
        int before = Math.Min((ushort)(Data.Length - transport.Length), Data.Length);
        return before + UpperHeaderLength(_protocol, transport);
    }

    /// <summary>The same for a frame that IP has not looked at.</summary>
    private int FramePayloadOffset()
    {
        int start = Data.Length - _network.Length;
        switch (_etherType)
        {
            case EthernetProtocol.ETH_P_IP when Ipv4View.TryParse(_network, out Ipv4View ip, out _):
                return start + ip.HeaderLength + (ip.IsFragment ? 0 : UpperHeaderLength(ip.Protocol, ip.Payload));
            case EthernetProtocol.ETH_P_IPV6 when Ipv6View.TryParse(_network, out Ipv6View ip, out _):
                var walker = new Ipv6ExtensionWalker(ip.NextHeader, ip.Payload);
                bool isWhole = walker.MoveToEnd() && !walker.HasFragment;
                return start + Ipv6Header.Length + walker.NextOffset + (isWhole ? UpperHeaderLength(walker.Next, ip.Payload[walker.NextOffset..]) : 0);
            default:
                return 0;
        }
    }

    private static int UpperHeaderLength(IpProtocolNumber protocol, ReadOnlySpan<byte> transport)
    {
        const int TcpOffsetByte = 12;
        return protocol switch
        {
            IpProtocolNumber.Tcp when transport.Length > TcpOffsetByte => Math.Max(TcpHeader.MinimumLength, transport[TcpOffsetByte] >> 4 << 2),
            IpProtocolNumber.Udp or IpProtocolNumber.Icmpv4 or IpProtocolNumber.Icmpv6 => UdpLayer.HeaderLength,
            _ => 0,
        };
    }

    /// <summary>Reads behind the link header's begin.</summary>
    private bool TryLoadFromLink(int offset, int size, out uint value)
    {
        value = 0;
        if (_isFrame) return TryRead(_link, offset, size, out value);
        if (_packet is not { } packet || _network.IsEmpty) return false;
        if (packet.HasLinkOffset) return TryRead(packet.FromLinkHeader, offset, size, out value);
        if (packet.Device is { Kind: LinkKind.PointToPoint }) return TryRead(_network, offset, size, out value);
        if (packet.Device is { Kind: LinkKind.Ethernet }) return false;
        // The kernel's loopback is an Ethernet with addresses of zeros; ours has no header, so it is made for who reads it.
        if (offset + size > LoopbackHeaderLength + _network.Length) return false;
        for (int i = offset; i < offset + size; i++) value = value << 8 | LoopbackByte(i);
        return true;
    }

    private uint LoopbackByte(int offset) => offset switch
    {
        < LoopbackHeaderLength - 2 => 0,
        LoopbackHeaderLength - 2 => Protocol >> 8,
        LoopbackHeaderLength - 1 => Protocol & 0xFF,
        _ => _network[offset - LoopbackHeaderLength],
    };
}
