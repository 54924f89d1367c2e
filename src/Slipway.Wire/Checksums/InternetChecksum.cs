using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Slipway.Wire;

/// <summary>The Internet checksum (RFC 1071): the ones' complement of the ones' complement sum of 16-bit words.</summary>
/// <remarks>
/// Checksums are given and taken as numbers in host order: what <see cref="BinaryPrimitives.ReadUInt16BigEndian"/> reads from the
/// field and <see cref="BinaryPrimitives.WriteUInt16BigEndian"/> writes into it.
/// </remarks>
public static class InternetChecksum
{
    /// <summary>The checksum of the bytes; an odd last byte counts as if a zero followed (RFC 1071 §1).</summary>
    public static ushort Compute(ReadOnlySpan<byte> bytes) => (ushort)~Sum(bytes);

    /// <summary>The ones' complement sum of the bytes, not complemented: 0 only if all bytes are zero.</summary>
    public static ushort Sum(ReadOnlySpan<byte> bytes) => ToHostOrder(ChecksumKernel.Sum(bytes));

    /// <summary>Whether bytes that contain their own checksum add up (RFC 1071 §1 (3)). All zeros do not.</summary>
    public static bool IsValid(ReadOnlySpan<byte> bytes) => ChecksumKernel.Sum(bytes) == 0xFFFF;

    /// <summary>Copies the bytes and sums them in the same pass.</summary>
    /// <param name="source">What to copy.</param>
    /// <param name="destination">At least as long as the source. It may be the source itself, but must not overlap it otherwise.</param>
    /// <returns>The sum, ready to be added to others with <see cref="PartialSum.Append"/>.</returns>
    /// <exception cref="ArgumentException">The destination is shorter than the source.</exception>
    public static PartialSum CopyAndSum(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        if (destination.Length < source.Length) throw new ArgumentException("The destination is shorter than the source.", nameof(destination));
        return new PartialSum(ChecksumKernel.CopyAndSum(source, destination), (source.Length & 1) != 0);
    }

    /// <summary>The checksum after one aligned 16-bit word of the data changed: HC' = ~(~HC + ~m + m') (RFC 1624 equation 3).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort Update(ushort checksum, ushort oldValue, ushort newValue)
    {
        uint sum = (uint)(ushort)~checksum + (ushort)~oldValue + newValue;
        sum = (sum & 0xFFFF) + (sum >> 16);
        return (ushort)~(sum + (sum >> 16));
    }

    /// <summary>The checksum after 32 bits at an even offset changed: an IPv4 address, a sequence number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort Update(ushort checksum, uint oldValue, uint newValue)
        => Update(Update(checksum, (ushort)(oldValue >> 16), (ushort)(newValue >> 16)), (ushort)oldValue, (ushort)newValue);

    /// <summary>The checksum after an address in the header or in the pseudo header changed. Both must be of one family.</summary>
    public static ushort Update(ushort checksum, IpAddress oldValue, IpAddress newValue)
    {
        checksum = Update(checksum, (uint)oldValue.Low, (uint)newValue.Low);
        if (oldValue.IsIPv4) return checksum;
        checksum = Update(checksum, (uint)(oldValue.Low >> 32), (uint)(newValue.Low >> 32));
        checksum = Update(checksum, (uint)oldValue.High, (uint)newValue.High);
        return Update(checksum, (uint)(oldValue.High >> 32), (uint)(newValue.High >> 32));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ushort ToHostOrder(ushort sum) => BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(sum) : sum;

    /// <summary>Adds two 64-bit ones' complement sums: the carry comes around.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong AddWithCarry(ulong left, ulong right)
    {
        ulong sum = left + right;
        return sum + (sum < right ? 1UL : 0UL);
    }

    /// <summary>Folds to 16 bits without turning a sum that is not zero into zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ushort Fold(ulong sum)
    {
        sum = (uint)sum + (sum >> 32);
        sum = (sum & 0xFFFF) + (sum >> 16 & 0xFFFF) + (sum >> 32);
        sum = (sum & 0xFFFF) + (sum >> 16);
        return (ushort)((sum & 0xFFFF) + (sum >> 16));
    }
}
