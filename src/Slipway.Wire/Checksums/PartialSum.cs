using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Slipway.Wire;

/// <summary>
/// A checksum under way, put together from pieces that follow one another on the wire: pseudo header, header, spans of payload.
/// A piece of odd length shifts those after it by a byte; that is taken care of (RFC 1071 §2 (B)).
/// </summary>
/// <remarks>A small value: each call gives a new one and leaves the old as it was, so a sum can be kept and continued more than once.</remarks>
public readonly struct PartialSum : IEquatable<PartialSum>
{
    private readonly ushort _sum;
    private readonly bool _isOdd;

    internal PartialSum(ushort sum, bool isOdd)
    {
        _sum = sum;
        _isOdd = isOdd;
    }

    /// <summary>The sum of no bytes.</summary>
    public static PartialSum Zero => default;

    /// <summary>Whether the bytes so far are of an odd number.</summary>
    public bool IsOdd => _isOdd;

    /// <summary>The sum so far in host order, not complemented.</summary>
    public ushort Value => InternetChecksum.ToHostOrder(_sum);

    /// <summary>The checksum of the bytes so far: what goes into the header if its checksum field was zero, or absent, in the sum.</summary>
    public ushort Checksum => (ushort)~Value;

    /// <summary>The checksum as UDP writes it: a computed zero becomes 0xFFFF, as 0 means that there is none (RFC 768, RFC 8200 §8.1).</summary>
    public ushort UdpChecksum => Checksum == 0 ? (ushort)0xFFFF : Checksum;

    /// <summary>Whether bytes that contain their own checksum add up.</summary>
    public bool IsValid => _sum == 0xFFFF;

    /// <summary>The pseudo header of an upper protocol: RFC 768 and RFC 9293 §3.1 for IPv4, RFC 8200 §8.1 for IPv6.</summary>
    /// <param name="source">Source address; its family decides the form.</param>
    /// <param name="destination">Final destination, of the same family.</param>
    /// <param name="protocol">The upper protocol.</param>
    /// <param name="length">Bytes of the upper protocol's header and payload.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PartialSum PseudoHeader(IpAddress source, IpAddress destination, IpProtocolNumber protocol, int length)
    {
        // The halves of a 32-bit word add up the same in any position, so the words need not be laid out in memory first.
        ulong sum = (ulong)(uint)length + (byte)protocol;
        if (source.IsIPv4)
        {
            sum += (ulong)source.IPv4 + destination.IPv4;
        }
        else
        {
            sum = InternetChecksum.AddWithCarry(sum, source.High);
            sum = InternetChecksum.AddWithCarry(sum, source.Low);
            sum = InternetChecksum.AddWithCarry(sum, destination.High);
            sum = InternetChecksum.AddWithCarry(sum, destination.Low);
        }
        return new PartialSum(InternetChecksum.ToHostOrder(InternetChecksum.Fold(sum)), isOdd: false);
    }

    /// <summary>The sum with these bytes after those so far.</summary>
    public PartialSum Add(ReadOnlySpan<byte> bytes) => Append(new PartialSum(ChecksumKernel.Sum(bytes), (bytes.Length & 1) != 0));

    /// <summary>The sum with a 16-bit number in network order after an even number of bytes.</summary>
    /// <exception cref="InvalidOperationException">The bytes so far are odd in number.</exception>
    public PartialSum Add(ushort value)
        => _isOdd
            ? throw new InvalidOperationException("A 16-bit number can only follow an even number of bytes.")
            : new PartialSum(Add(_sum, InternetChecksum.ToHostOrder(value)), isOdd: false);

    /// <summary>The sum of these bytes and then those of <paramref name="next"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PartialSum Append(PartialSum next)
    {
        ushort sum = _isOdd ? BinaryPrimitives.ReverseEndianness(next._sum) : next._sum;
        return new PartialSum(Add(_sum, sum), _isOdd ^ next._isOdd);
    }

    /// <inheritdoc/>
    public bool Equals(PartialSum other) => _sum == other._sum && _isOdd == other._isOdd;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is PartialSum other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _sum << 1 | (_isOdd ? 1 : 0);

    /// <summary>Same sum of bytes, both odd or both even in number.</summary>
    public static bool operator ==(PartialSum left, PartialSum right) => left.Equals(right);

    /// <summary>Different sums.</summary>
    public static bool operator !=(PartialSum left, PartialSum right) => !left.Equals(right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ushort Add(ushort left, ushort right)
    {
        uint sum = (uint)left + right;
        return (ushort)(sum + (sum >> 16));
    }
}
