using System.Buffers.Binary;

namespace Slipway.Wire;

/// <summary>An ARP packet to build; see <see cref="ArpView"/> for the layout.</summary>
/// <param name="Operation">What is asked or told.</param>
/// <param name="SenderHardware">The sender's Ethernet address.</param>
/// <param name="SenderProtocol">The sender's IPv4 address.</param>
/// <param name="TargetHardware">The target's Ethernet address; zero in a request.</param>
/// <param name="TargetProtocol">The IPv4 address that is asked for.</param>
public readonly record struct ArpHeader(
    ArpOperation Operation, MacAddress SenderHardware, IpAddress SenderProtocol, MacAddress TargetHardware, IpAddress TargetProtocol)
{
    /// <summary>Bytes of a packet.</summary>
    public const int Length = 28;

    /// <summary>Writes the packet.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The span is shorter than <see cref="Length"/>.</exception>
    public void Write(Span<byte> packet)
    {
        BinaryPrimitives.WriteUInt64BigEndian(packet, ArpView.Format << 16 | (ushort)Operation);
        SenderHardware.Write(packet[ArpView.SenderHardwareOffset..]);
        SenderProtocol.WriteIPv4(packet[ArpView.SenderProtocolOffset..]);
        TargetHardware.Write(packet[ArpView.TargetHardwareOffset..]);
        TargetProtocol.WriteIPv4(packet[ArpView.TargetProtocolOffset..]);
    }
}
