using System.Buffers.Binary;

namespace Slipway.Wire;

/// <summary>A fast open cookie of 4 to 16 bytes, or the request for one, which has none (RFC 7413 §4.1.1); a value without an array behind it.</summary>
public readonly record struct FastOpenCookie
{
    /// <summary>Shortest cookie.</summary>
    public const int MinimumLength = 4;

    /// <summary>Longest cookie.</summary>
    public const int MaximumLength = 16;

    private readonly ulong _high;
    private readonly ulong _low;

    /// <summary>Takes the cookie's bytes; none for a request.</summary>
    /// <exception cref="ArgumentException">The length is none of 0, 4, 6, … 16.</exception>
    public FastOpenCookie(ReadOnlySpan<byte> bytes)
    {
        if (!IsValidLength(bytes.Length)) throw new ArgumentException("A fast open cookie has 0 or from 4 to 16 bytes, an even number.", nameof(bytes));
        Span<byte> padded = stackalloc byte[MaximumLength];
        padded.Clear();
        bytes.CopyTo(padded);
        _high = BinaryPrimitives.ReadUInt64BigEndian(padded);
        _low = BinaryPrimitives.ReadUInt64BigEndian(padded[8..]);
        Length = bytes.Length;
    }

    /// <summary>Bytes of the cookie.</summary>
    public int Length { get; }

    /// <summary>Whether this asks for a cookie.</summary>
    public bool IsRequest => Length == 0;

    /// <summary>Whether a cookie may have this many bytes.</summary>
    public static bool IsValidLength(int length) => length == 0 || length is >= MinimumLength and <= MaximumLength && (length & 1) == 0;

    /// <summary>Writes the cookie's bytes.</summary>
    /// <exception cref="ArgumentException">The span is shorter than <see cref="Length"/>.</exception>
    public void Write(Span<byte> destination)
    {
        Span<byte> padded = stackalloc byte[MaximumLength];
        BinaryPrimitives.WriteUInt64BigEndian(padded, _high);
        BinaryPrimitives.WriteUInt64BigEndian(padded[8..], _low);
        padded[..Length].CopyTo(destination);
    }
}
