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
    public int ReceiveFromUnix(Span<byte> data, out UnixAddress from, MessageFlags flags = MessageFlags.None)
    {
        Span<byte> bytes = stackalloc byte[UnixAddress.MaxStructureLength];
        int length = bytes.Length;
        int count = Check(_system.RecvFrom(_descriptor, data, flags, bytes, ref length), "recvfrom");
        UnixAddress.TryRead(bytes[..Math.Min(length, bytes.Length)], out from);
        return count;
    }

    /// <summary>getsockname(2) of a local socket.</summary>
    public UnixAddress LocalUnixAddress
    {
        get
        {
            Span<byte> bytes = stackalloc byte[UnixAddress.MaxStructureLength];
            int length = bytes.Length;
            Check(_system.GetSockName(_descriptor, bytes, ref length), "getsockname");
            return ReadUnix(bytes, length);
        }
    }

    /// <summary>getpeername(2) of a local socket.</summary>
    public UnixAddress RemoteUnixAddress
    {
        get
        {
            Span<byte> bytes = stackalloc byte[UnixAddress.MaxStructureLength];
            int length = bytes.Length;
            Check(_system.GetPeerName(_descriptor, bytes, ref length), "getpeername");
            return ReadUnix(bytes, length);
        }
    }

    private static UnixAddress ReadUnix(ReadOnlySpan<byte> bytes, int length)
        => UnixAddress.TryRead(bytes[..Math.Min(length, bytes.Length)], out UnixAddress address)
            ? address
            : throw new SocketCallException(Errno.EAFNOSUPPORT, "the socket's address is not a local address: use the calls of SocketSystem");
}
