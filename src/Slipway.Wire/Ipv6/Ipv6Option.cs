namespace Slipway.Wire;

/// <summary>One option of a hop-by-hop or destination header, as <see cref="Ipv6OptionsView"/> enumerates it.</summary>
public readonly ref struct Ipv6Option
{
    private readonly ReadOnlySpan<byte> _bytes;

    internal Ipv6Option(ReadOnlySpan<byte> bytes, int offset)
    {
        _bytes = bytes;
        Offset = offset;
    }

    /// <summary>Where it begins, counted from the first byte of the extension header.</summary>
    public int Offset { get; }

    /// <summary>What it is; never padding.</summary>
    public Ipv6OptionKind Kind => (Ipv6OptionKind)_bytes[0];

    /// <summary>What to do if the kind is not known.</summary>
    public Ipv6OptionAction Action => (Ipv6OptionAction)(_bytes[0] >> 6);

    /// <summary>Routers may change the data on the way (RFC 8200 §4.2).</summary>
    public bool MayChange => (_bytes[0] & 0x20) != 0;

    /// <summary>The bytes after type and length.</summary>
    public ReadOnlySpan<byte> Data => _bytes[2..];
}
