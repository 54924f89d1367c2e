using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>A frame as packet sockets see it: on the loopback with the header that the kernel's has.</summary>
internal readonly ref struct TapFrame
{
    /// <summary>Bytes of an Ethernet header, and of a VLAN tag.</summary>
    public const int HeaderLength = EthernetHeader.UntaggedLength, TagLength = 4;

    private const int TypeOffset = 12, MostTags = 8;
    private const ushort LeastType = 0x0600;

    /// <summary>The frame from its link header on, or the IP packet where the link has none. Borrowed.</summary>
    public required PacketBuffer Packet { get; init; }

    public required NetworkInterface Interface { get; init; }

    public required LinkPacketType Type { get; init; }

    /// <summary>What it carries (skb-&gt;protocol), in host order.</summary>
    public required ushort Protocol { get; init; }

    /// <summary>Where the network header begins; 0 where there is no link header.</summary>
    public required int NetworkOffset { get; init; }

    /// <summary>When it came or went, in nanoseconds of the loop's clock.</summary>
    public required long Time { get; init; }

    /// <summary>Priority and number of the VLAN tag that was taken off.</summary>
    public ushort VlanTag { get; init; }

    /// <summary>The EtherType of that tag; 0 where none was taken off.</summary>
    public ushort VlanProtocol { get; init; }

    public ushort HardwareType => HardwareTypeOf(Interface.Device.Kind);

    /// <summary>The sender's link-layer address; empty where the link has none.</summary>
    public ReadOnlySpan<byte> Source => Interface.Device.Kind == LinkKind.PointToPoint ? default : Packet.Span.Slice(MacAddress.Length, MacAddress.Length);

    public static ushort HardwareTypeOf(LinkKind kind) => kind switch
    {
        LinkKind.Ethernet => Sockets.HardwareType.ARPHRD_ETHER,
        LinkKind.PointToPoint => Sockets.HardwareType.ARPHRD_NONE,
        _ => Sockets.HardwareType.ARPHRD_LOOPBACK,
    };

    /// <summary>The protocol that a received frame carries (eth_type_trans): its type, or the two numbers that Linux has for frames of IEEE 802.3.</summary>
    public static ushort ProtocolOf(ReadOnlySpan<byte> frame)
    {
        ushort type = TypeOf(frame);
        if (type >= LeastType) return type;
        return frame.Length >= HeaderLength + 2 && BinaryPrimitives.ReadUInt16BigEndian(frame[HeaderLength..]) == 0xFFFF ? EthernetProtocol.ETH_P_802_3 : EthernetProtocol.ETH_P_802_2;
    }

    /// <summary>The type field of a frame.</summary>
    public static ushort TypeOf(ReadOnlySpan<byte> frame) => BinaryPrimitives.ReadUInt16BigEndian(frame[TypeOffset..]);

    public static bool IsVlan(ushort protocol) => protocol is EthernetProtocol.ETH_P_8021Q or EthernetProtocol.ETH_P_8021AD;

    /// <summary>Where the network header begins in a frame that may have tags in it.</summary>
    /// <param name="frame">With its Ethernet header.</param>
    /// <param name="protocol">What it is taken to carry; behind tags, what these say.</param>
    public static int NetworkOffsetOf(ReadOnlySpan<byte> frame, ref ushort protocol)
    {
        int offset = HeaderLength;
        for (int tags = 0; tags < MostTags && IsVlan(protocol) && frame.Length >= offset + TagLength; tags++)
        {
            protocol = BinaryPrimitives.ReadUInt16BigEndian(frame[(offset + 2)..]);
            offset += TagLength;
        }
        return offset;
    }
}
