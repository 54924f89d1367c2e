using System.Buffers.Binary;

namespace Slipway.Wire;

/// <summary>An ARP packet for IPv4 on Ethernet.</summary>
/// <remarks>
/// RFC 826:
/// <code>
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |     Hardware type (1)         |    Protocol type (0x0800)     |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// | Hw length (6) | Pr length (4) |           Operation           |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |  Sender hardware address (6), sender protocol address (4),    |
/// |  target hardware address (6), target protocol address (4)     |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// </code>
/// </remarks>
public readonly ref struct ArpView
{
    internal const int OperationOffset = 6, SenderHardwareOffset = 8, SenderProtocolOffset = 14, TargetHardwareOffset = 18, TargetProtocolOffset = 24;

    /// <summary>Hardware type 1, protocol type 0x0800, lengths 6 and 4: the only combination that is read.</summary>
    internal const ulong Format = 0x0001_0800_0604;

    private readonly ReadOnlySpan<byte> _bytes;

    private ArpView(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>What is asked or told.</summary>
    public ArpOperation Operation => (ArpOperation)BinaryPrimitives.ReadUInt16BigEndian(_bytes[OperationOffset..]);

    /// <summary>The sender's Ethernet address.</summary>
    public MacAddress SenderHardware => MacAddress.Read(_bytes[SenderHardwareOffset..]);

    /// <summary>The sender's IPv4 address; 0.0.0.0 in a probe (RFC 5227 §2.1.1).</summary>
    public IpAddress SenderProtocol => IpAddress.ReadIPv4(_bytes[SenderProtocolOffset..]);

    /// <summary>The target's Ethernet address; of no meaning in a request.</summary>
    public MacAddress TargetHardware => MacAddress.Read(_bytes[TargetHardwareOffset..]);

    /// <summary>The IPv4 address that is asked for.</summary>
    public IpAddress TargetProtocol => IpAddress.ReadIPv4(_bytes[TargetProtocolOffset..]);

    /// <summary>An announcement of the sender's own address (RFC 5227 §1.1).</summary>
    public bool IsGratuitous => SenderProtocol == TargetProtocol;

    /// <summary>Validates an ARP packet.</summary>
    /// <param name="bytes">The payload of an Ethernet frame; padding after the 28 bytes is ignored.</param>
    /// <param name="view">The view, if it is valid.</param>
    /// <param name="error"><see cref="WireError.Truncated"/>, or <see cref="WireError.BadAddressFormat"/>: not IPv4 on Ethernet.</param>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out ArpView view, out WireError error)
    {
        view = default;
        error = WireError.Truncated;
        if (bytes.Length < ArpHeader.Length) return false;
        error = WireError.BadAddressFormat;
        if (BinaryPrimitives.ReadUInt64BigEndian(bytes) >> 16 != Format) return false;
        view = new ArpView(bytes[..ArpHeader.Length]);
        error = WireError.None;
        return true;
    }

    /// <summary>The packet as a value.</summary>
    public ArpHeader ToHeader() => new(Operation, SenderHardware, SenderProtocol, TargetHardware, TargetProtocol);
}
