namespace Slipway.Sockets;

/// <summary>How a value of an option stands in bytes.</summary>
internal abstract class SocketOptionCodec<T>
{
    /// <summary>Most bytes of a value.</summary>
    public abstract int MaxLength { get; }

    public abstract T Read(ReadOnlySpan<byte> bytes);

    /// <summary>Writes the value and returns its length.</summary>
    public abstract int Write(T value, Span<byte> bytes);
}
