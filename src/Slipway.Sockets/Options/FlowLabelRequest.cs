using System.Buffers.Binary;

namespace Slipway.Sockets;

/// <summary>The value of IPV6_FLOWLABEL_MGR: struct in6_flowlabel_req (linux/in6.h). Control messages with extension headers, which packets of the flow then carry, may stand behind it.</summary>
/// <param name="Destination">Where the flow goes; port 0.</param>
/// <param name="Label">The label, 20 bits; 0 to have one chosen.</param>
public readonly record struct FlowLabelRequest(InetAddress Destination, int Label)
{
    /// <summary>Bytes of the structure.</summary>
    public const int Length = 32;

    private const int AddressLength = 16, ActionOffset = 20, ShareOffset = 21, FlagsOffset = 22, ExpiresOffset = 24, LingerOffset = 26;

    /// <summary>Where the label stands in the structure, in network order.</summary>
    public const int LabelOffset = 16;

    /// <summary>What to do.</summary>
    public FlowLabelAction Action { get; init; }

    /// <summary>Who may lease it too.</summary>
    public FlowLabelShare Share { get; init; }

    /// <summary>How.</summary>
    public FlowLabelFlags Flags { get; init; }

    /// <summary>Seconds that the label is kept at least, from now; 6 at least, and more than 150 needs CAP_NET_ADMIN.</summary>
    public ushort Expires { get; init; }

    /// <summary>Seconds that it stays taken after its last use; 6 at least, and more than 150 needs CAP_NET_ADMIN.</summary>
    public ushort Linger { get; init; }

    /// <summary>Reads the structure.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than <see cref="Length"/> bytes.</exception>
    public static FlowLabelRequest Read(ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes.Length, Length);
        return new FlowLabelRequest(InetAddress.IPv6(bytes[..AddressLength], 0), BinaryPrimitives.ReadInt32BigEndian(bytes[LabelOffset..]))
        {
            Action = (FlowLabelAction)bytes[ActionOffset],
            Share = (FlowLabelShare)bytes[ShareOffset],
            Flags = (FlowLabelFlags)BinaryPrimitives.ReadUInt16LittleEndian(bytes[FlagsOffset..]),
            Expires = BinaryPrimitives.ReadUInt16LittleEndian(bytes[ExpiresOffset..]),
            Linger = BinaryPrimitives.ReadUInt16LittleEndian(bytes[LingerOffset..]),
        };
    }

    /// <summary>Writes the structure. An IPv4 address goes as a mapped one, no address as <c>::</c>.</summary>
    /// <exception cref="ArgumentException">Fewer than <see cref="Length"/> bytes.</exception>
    public void Write(Span<byte> bytes)
    {
        bytes[..Length].Clear();
        Span<byte> information = stackalloc byte[IPv6PacketInfo.Length];
        if (Destination.Family != AddressFamily.Unspecified) new IPv6PacketInfo(Destination, 0).Write(information);
        information[..AddressLength].CopyTo(bytes);
        BinaryPrimitives.WriteInt32BigEndian(bytes[LabelOffset..], Label);
        bytes[ActionOffset] = (byte)Action;
        bytes[ShareOffset] = (byte)Share;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[FlagsOffset..], (ushort)Flags);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[ExpiresOffset..], Expires);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[LingerOffset..], Linger);
    }
}
