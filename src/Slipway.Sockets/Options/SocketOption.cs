namespace Slipway.Sockets;

/// <summary>A socket option with the type of its value: <c>socket.SetOption(SocketOptions.ReuseAddress, true)</c>.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
public sealed class SocketOption<T>
{
    internal SocketOption(SocketOptionDefinition definition, SocketOptionCodec<T> codec)
    {
        Definition = definition;
        Codec = codec;
    }

    /// <summary>The option's row in the table.</summary>
    public SocketOptionDefinition Definition { get; }

    internal SocketOptionCodec<T> Codec { get; }

    /// <summary>The option's name.</summary>
    public override string ToString() => Definition.Name;
}
