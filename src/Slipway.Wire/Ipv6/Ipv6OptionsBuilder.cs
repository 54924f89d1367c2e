namespace Slipway.Wire;

/// <summary>Builds a hop-by-hop or destination options header in place; see <see cref="Ipv6OptionsView"/> for the layout.</summary>
public ref struct Ipv6OptionsBuilder
{
    private const int MaximumLength = 256 * 8;

    private readonly Span<byte> _destination;
    private int _length;

    /// <summary>Starts a header.</summary>
    /// <param name="destination">Room for it; what is beyond 2048 bytes is not used.</param>
    /// <param name="nextHeader">What follows the header.</param>
    /// <exception cref="ArgumentException">The room is less than 8 bytes.</exception>
    public Ipv6OptionsBuilder(Span<byte> destination, IpProtocolNumber nextHeader)
    {
        if (destination.Length < 8) throw new ArgumentException("An options header has at least 8 bytes.", nameof(destination));
        _destination = destination[..Math.Min(destination.Length & ~7, MaximumLength)];
        _destination[0] = (byte)nextHeader;
        _length = 2;
    }

    /// <summary>Appends an option.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="data">Its data, at most 255 bytes.</param>
    /// <param name="alignment">The option's type must stand at a multiple of this, plus <paramref name="remainder"/> (RFC 8200 §4.2, "xn+y"); padding is put before it.</param>
    /// <param name="remainder">The y of "xn+y".</param>
    /// <exception cref="ArgumentException">The data is too long, or the alignment none of 1, 2, 4, 8.</exception>
    /// <exception cref="InvalidOperationException">The room is used up.</exception>
    public void Add(Ipv6OptionKind kind, scoped ReadOnlySpan<byte> data, int alignment = 1, int remainder = 0)
    {
        if (data.Length > byte.MaxValue) throw new ArgumentException("An option has at most 255 bytes of data.", nameof(data));
        if (alignment is not (1 or 2 or 4 or 8)) throw new ArgumentException("The alignment is 1, 2, 4 or 8.", nameof(alignment));
        int padding = remainder - _length & alignment - 1;
        if (data.Length + 2 + padding > _destination.Length - _length) throw new InvalidOperationException("The options do not fit the room given.");
        Pad(padding);
        _destination[_length] = (byte)kind;
        _destination[_length + 1] = (byte)data.Length;
        data.CopyTo(_destination[(_length + 2)..]);
        _length += data.Length + 2;
    }

    /// <summary>Pads to a multiple of 8 and writes the length.</summary>
    /// <returns>Bytes of the header.</returns>
    public int Finish()
    {
        Pad(-_length & 7);
        _destination[1] = (byte)(_length / 8 - 1);
        return _length;
    }

    private void Pad(int count)
    {
        if (count == 0) return;
        Span<byte> padding = _destination.Slice(_length, count);
        padding.Clear();
        if (count > 1)
        {
            padding[0] = (byte)Ipv6OptionKind.PadN;
            padding[1] = (byte)(count - 2);
        }
        _length += count;
    }
}
