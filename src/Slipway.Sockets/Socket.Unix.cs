namespace Slipway.Sockets;

/// <summary>Local sockets: the calls with their addresses (unix(7)).</summary>
public sealed partial class Socket
{
    /// <summary>bind(2).</summary>
    public void Bind(UnixAddress address)
    {
        Span<byte> bytes = stackalloc byte[UnixAddress.MaxStructureLength];
        Bind(bytes[..address.Write(bytes)]);
    }

    /// <summary>connect(2).</summary>
    public void Connect(UnixAddress address)
    {
        Span<byte> bytes = stackalloc byte[UnixAddress.MaxStructureLength];
        Connect(bytes[..address.Write(bytes)]);
    }

    /// <summary>sendto(2).</summary>
    /// <returns>Bytes taken.</returns>
    public int SendTo(ReadOnlySpan<byte> data, UnixAddress to, MessageFlags flags = MessageFlags.None)
    {
        Span<byte> bytes = stackalloc byte[UnixAddress.MaxStructureLength];
        bytes = bytes[..to.Write(bytes)];
        CallResult result = _system.SendTo(_descriptor, data, flags, bytes);
        return result.Succeeded ? result.Value : throw Failure(result.Error, "sendto", bytes);
    }

    /// <summary>recvfrom(2).</summary>
    /// <returns>Bytes received; 0 at the end of a stream or for an empty message.</returns>
    public int ReceiveFromUnix(Span<byte> data, out UnixAddress from, MessageFlags flags = MessageFlags.None) => ReceiveFrom<UnixAddress>(UnixAddress.TryRead, data, out from, flags);

    /// <summary>getsockname(2) of a local socket.</summary>
    public UnixAddress LocalUnixAddress => GetName<UnixAddress>(UnixAddress.TryRead, peer: false);

    /// <summary>getpeername(2) of a local socket.</summary>
    public UnixAddress RemoteUnixAddress => GetName<UnixAddress>(UnixAddress.TryRead, peer: true);
}
