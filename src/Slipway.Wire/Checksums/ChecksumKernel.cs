using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Slipway.Wire;

/// <summary>
/// The loops below <see cref="InternetChecksum"/>. They sum words in the machine's own byte order, which RFC 1071 §2 (B) allows: the
/// folded result only needs its bytes swapped. 64-bit lanes hold sums of 32-bit words, so no lane can overflow before 2^32 words.
/// </summary>
internal static class ChecksumKernel
{
    /// <summary>The folded sum in the machine's byte order.</summary>
    internal static ushort Sum(ReadOnlySpan<byte> bytes)
    {
        ref byte start = ref MemoryMarshal.GetReference(bytes);
        nuint length = (nuint)bytes.Length, offset = 0;
        ulong sum = 0;
        if (Vector256.IsHardwareAccelerated && length >= 64) sum = Sum256(ref start, length, ref offset);
        else if (Vector128.IsHardwareAccelerated && length >= 32) sum = Sum128(ref start, length, ref offset);
        return InternetChecksum.Fold(SumTail(ref start, length, offset, sum));
    }

    /// <summary>Copies and gives the folded sum in the machine's byte order. The destination is known to be long enough.</summary>
    internal static ushort CopyAndSum(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        ref byte from = ref MemoryMarshal.GetReference(source);
        ref byte to = ref MemoryMarshal.GetReference(destination);
        nuint length = (nuint)source.Length, offset = 0;
        ulong sum = 0;
        if (Vector256.IsHardwareAccelerated && length >= 64) sum = CopyAndSum256(ref from, ref to, length, ref offset);
        else if (Vector128.IsHardwareAccelerated && length >= 32) sum = CopyAndSum128(ref from, ref to, length, ref offset);
        // The tail is summed before it is copied, so that copying a span onto itself is harmless.
        sum = SumTail(ref from, length, offset, sum);
        source[(int)offset..].CopyTo(destination[(int)offset..]);
        return InternetChecksum.Fold(sum);
    }

    /// <summary>The scalar way, alone: the tests hold the vector loops against it.</summary>
    internal static ushort SumScalar(ReadOnlySpan<byte> bytes)
        => InternetChecksum.Fold(SumTail(ref MemoryMarshal.GetReference(bytes), (nuint)bytes.Length, 0, 0));

    /// <summary>The 128-bit way, alone: the tests hold it against the scalar one on machines whose default is wider.</summary>
    internal static ushort SumVector128(ReadOnlySpan<byte> bytes)
    {
        ref byte start = ref MemoryMarshal.GetReference(bytes);
        nuint length = (nuint)bytes.Length, offset = 0;
        ulong sum = Sum128(ref start, length, ref offset);
        return InternetChecksum.Fold(SumTail(ref start, length, offset, sum));
    }

    private static ulong Sum256(ref byte start, nuint length, ref nuint offset)
    {
        Vector256<ulong> low0 = default, high0 = default, low1 = default, high1 = default;
        Vector256<ulong> mask = Vector256.Create(0xFFFF_FFFFUL);
        for (; length - offset >= 64; offset += 64)
        {
            Vector256<ulong> a = Vector256.LoadUnsafe(ref start, offset).AsUInt64();
            Vector256<ulong> b = Vector256.LoadUnsafe(ref start, offset + 32).AsUInt64();
            low0 += a & mask;
            high0 += a >>> 32;
            low1 += b & mask;
            high1 += b >>> 32;
        }
        if (length - offset >= 32)
        {
            Vector256<ulong> a = Vector256.LoadUnsafe(ref start, offset).AsUInt64();
            low0 += a & mask;
            high0 += a >>> 32;
            offset += 32;
        }
        return Vector256.Sum(low0 + high0 + low1 + high1);
    }

    private static ulong Sum128(ref byte start, nuint length, ref nuint offset)
    {
        Vector128<ulong> low0 = default, high0 = default, low1 = default, high1 = default;
        Vector128<ulong> mask = Vector128.Create(0xFFFF_FFFFUL);
        for (; length - offset >= 32; offset += 32)
        {
            Vector128<ulong> a = Vector128.LoadUnsafe(ref start, offset).AsUInt64();
            Vector128<ulong> b = Vector128.LoadUnsafe(ref start, offset + 16).AsUInt64();
            low0 += a & mask;
            high0 += a >>> 32;
            low1 += b & mask;
            high1 += b >>> 32;
        }
        return Vector128.Sum(low0 + high0 + low1 + high1);
    }

    private static ulong CopyAndSum256(ref byte from, ref byte to, nuint length, ref nuint offset)
    {
        Vector256<ulong> low0 = default, high0 = default, low1 = default, high1 = default;
        Vector256<ulong> mask = Vector256.Create(0xFFFF_FFFFUL);
        for (; length - offset >= 64; offset += 64)
        {
            Vector256<ulong> a = Vector256.LoadUnsafe(ref from, offset).AsUInt64();
            Vector256<ulong> b = Vector256.LoadUnsafe(ref from, offset + 32).AsUInt64();
            a.AsByte().StoreUnsafe(ref to, offset);
            b.AsByte().StoreUnsafe(ref to, offset + 32);
            low0 += a & mask;
            high0 += a >>> 32;
            low1 += b & mask;
            high1 += b >>> 32;
        }
        return Vector256.Sum(low0 + high0 + low1 + high1);
    }

    private static ulong CopyAndSum128(ref byte from, ref byte to, nuint length, ref nuint offset)
    {
        Vector128<ulong> low = default, high = default;
        Vector128<ulong> mask = Vector128.Create(0xFFFF_FFFFUL);
        for (; length - offset >= 16; offset += 16)
        {
            Vector128<ulong> a = Vector128.LoadUnsafe(ref from, offset).AsUInt64();
            a.AsByte().StoreUnsafe(ref to, offset);
            low += a & mask;
            high += a >>> 32;
        }
        return Vector128.Sum(low + high);
    }

    private static ulong SumTail(ref byte start, nuint length, nuint offset, ulong sum)
    {
        for (; length - offset >= 8; offset += 8)
            sum = InternetChecksum.AddWithCarry(sum, Unsafe.ReadUnaligned<ulong>(ref Unsafe.AddByteOffset(ref start, offset)));
        ulong rest = 0;
        if ((length & 4) != 0)
        {
            rest = Unsafe.ReadUnaligned<uint>(ref Unsafe.AddByteOffset(ref start, offset));
            offset += 4;
        }
        if ((length & 2) != 0)
        {
            rest += Unsafe.ReadUnaligned<ushort>(ref Unsafe.AddByteOffset(ref start, offset));
            offset += 2;
        }
        if ((length & 1) != 0)
        {
            // The byte is the first of its word, and the second counts as zero.
            byte last = Unsafe.AddByteOffset(ref start, offset);
            rest += BitConverter.IsLittleEndian ? last : (uint)last << 8;
        }
        return InternetChecksum.AddWithCarry(sum, rest);
    }
}
