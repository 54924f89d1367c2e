using System.Buffers.Binary;

namespace Slipway.Wire;

/// <summary>Builds neighbour discovery options in place, behind the fixed part of a message whose header is written last, as it holds the checksum. What does not fit is an <see cref="InvalidOperationException"/>.</summary>
public ref struct NeighborOptionsBuilder
{
    private readonly Span<byte> _destination;

    /// <summary>Starts with no options.</summary>
    public NeighborOptionsBuilder(Span<byte> destination) => _destination = destination;

    /// <summary>Bytes so far: a multiple of 8.</summary>
    public int Length { get; private set; }

    /// <summary>A source or target link address (RFC 4861 §4.6.1).</summary>
    public void AddLinkAddress(NeighborOptionKind kind, MacAddress address) => address.Write(Take(kind, 8)[2..]);

    /// <summary>A prefix of the link (RFC 4861 §4.6.2).</summary>
    public void AddPrefix(PrefixInformation prefix) => prefix.Write(Take(NeighborOptionKind.PrefixInformation, PrefixInformation.Length));

    /// <summary>MTU of the link (RFC 4861 §4.6.4).</summary>
    /// <param name="mtu">Bytes.</param>
    public void AddMtu(uint mtu) => BinaryPrimitives.WriteUInt32BigEndian(Take(NeighborOptionKind.Mtu, 8)[4..], mtu);

    /// <summary>The start of the packet that causes a redirect (RFC 4861 §4.6.3), cut to a multiple of 8 bytes.</summary>
    public void AddRedirectedHeader(scoped ReadOnlySpan<byte> packet)
    {
        packet = packet[..Math.Min(packet.Length & ~7, 254 * 8)];
        packet.CopyTo(Take(NeighborOptionKind.RedirectedHeader, 8 + packet.Length)[8..]);
    }

    /// <summary>Resolvers (RFC 8106 §5.1).</summary>
    /// <param name="lifetime">Seconds that they may be used.</param>
    /// <param name="addresses">IPv6 addresses, 1 to 127.</param>
    public void AddRecursiveDnsServers(uint lifetime, scoped ReadOnlySpan<IpAddress> addresses)
    {
        Span<byte> option = Take(NeighborOptionKind.RecursiveDnsServer, 8 + addresses.Length * 16);
        BinaryPrimitives.WriteUInt32BigEndian(option[4..], lifetime);
        for (int i = 0; i < addresses.Length; i++) addresses[i].WriteIPv6(option[(8 + i * 16)..]);
    }

    /// <summary>A nonce (RFC 3971 §5.3.2).</summary>
    /// <param name="nonce">6 bytes.</param>
    public void AddNonce(scoped ReadOnlySpan<byte> nonce) => nonce[..6].CopyTo(Take(NeighborOptionKind.Nonce, 8)[2..]);

    private Span<byte> Take(NeighborOptionKind kind, int length)
    {
        if (length > _destination.Length - Length || length > byte.MaxValue * 8) throw new InvalidOperationException("The option does not fit the room given or its own length field.");
        Span<byte> option = _destination.Slice(Length, length);
        option.Clear();
        option[0] = (byte)kind;
        option[1] = (byte)(length / 8);
        Length += length;
        return option;
    }
}
