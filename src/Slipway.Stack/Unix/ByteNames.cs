namespace Slipway.Stack;

/// <summary>Names that are bytes, compared as bytes; looked up from a span without a copy.</summary>
internal sealed class ByteNames : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    // FNV-1a: the same in every run, as all else in a host.
    private const uint OffsetBasis = 2166136261, Prime = 16777619;

    public static ByteNames Comparer { get; } = new();

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        uint hash = OffsetBasis;
        foreach (byte value in alternate) hash = (hash ^ value) * Prime;
        return (int)hash;
    }
}
