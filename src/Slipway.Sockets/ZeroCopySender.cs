using System.Buffers;

namespace Slipway.Sockets;

/// <summary>
/// Sends with MSG_ZEROCOPY and lends the memory, pinned, until the system says that it is free again: the kernel's device reads it while the program goes on. Works on every
/// <see cref="SocketSystem"/>; one that copies after all says so (<see cref="Copied"/>).
/// </summary>
/// <remarks>
/// <para>The memory must not change before <see cref="Collect"/> has counted its send. The sender takes all of the socket's error queue that are completions; a socket with
/// IP_RECVERR or time stamps is better served by hand.</para>
/// <para>Not safe for use from several threads.</para>
/// </remarks>
public sealed class ZeroCopySender : IDisposable
{
    private const int ControlRoom = 128;

    private readonly Socket _socket;
    private readonly Dictionary<uint, MemoryHandle> _lent = [];
    private uint _next;

    /// <summary>Sets SO_ZEROCOPY on a socket, which must not have been used with MSG_ZEROCOPY before. The socket stays the caller's.</summary>
    /// <exception cref="SocketCallException">EOPNOTSUPP: it is neither TCP nor UDP.</exception>
    public ZeroCopySender(Socket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        _socket = socket;
        socket.SetOption(SocketLevel.SOL_SOCKET, SocketOptionName.SO_ZEROCOPY, 1);
    }

    /// <summary>Sends whose memory is still lent.</summary>
    public int Pending => _lent.Count;

    /// <summary>Whether the system said of the last completion that it had copied the bytes: then plain sends are cheaper.</summary>
    public bool Copied { get; private set; }

    /// <summary>send(2) with MSG_ZEROCOPY. Empty memory is sent as by others, with nothing lent.</summary>
    /// <returns>Bytes taken; on a stream the rest is the caller's to send.</returns>
    /// <exception cref="SocketCallException">As send(2); ENOBUFS: too many sends are pending.</exception>
    public int Send(ReadOnlyMemory<byte> data, MessageFlags flags = MessageFlags.None)
    {
        if (data.IsEmpty) return _socket.Send(default, flags);
        MemoryHandle handle = data.Pin();
        int sent;
        try
        {
            sent = _socket.Send(data.Span, flags | MessageFlags.MSG_ZEROCOPY);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
        _lent.Add(_next++, handle);
        return sent;
    }

    /// <summary>Reads the completions that are there, without waiting, and gives the memory of their sends back.</summary>
    /// <returns>Sends whose memory is free now.</returns>
    public int Collect()
    {
        int freed = 0;
        Span<byte> control = stackalloc byte[ControlRoom];
        while (true)
        {
            var message = new ReceiveMessage { Control = control };
            CallResult result = _socket.System.RecvMsg(_socket.Descriptor, ref message, MessageFlags.MSG_ERRQUEUE | MessageFlags.MSG_DONTWAIT);
            if (!result.Succeeded) return result.Error == Errno.EAGAIN ? freed : throw new SocketCallException(result.Error, "recvmsg(MSG_ERRQUEUE)");
            var reader = new ControlMessageReader(control[..message.ControlLength]);
            while (reader.MoveNext())
            {
                bool isError = reader.Is(SocketLevel.IPPROTO_IP, SocketOptionName.IP_RECVERR) || reader.Is(SocketLevel.IPPROTO_IPV6, SocketOptionName.IPV6_RECVERR);
                if (isError && reader.ExtendedError is { Origin: ExtendedSocketError.OriginZeroCopy } completion) freed += Free(completion);
            }
        }
    }

    /// <summary>
    /// Gives the rest of the memory back. Close the socket and let it empty its queue before, or collect until nothing is <see cref="Pending"/>: what the kernel still
    /// holds it would send as it is then.
    /// </summary>
    public void Dispose()
    {
        foreach (MemoryHandle handle in _lent.Values) handle.Dispose();
        _lent.Clear();
    }

    /// <summary>Completions may overtake each other (a stream that retransmits): each names its sends.</summary>
    private int Free(ExtendedSocketError completion)
    {
        Copied = (completion.Code & ExtendedSocketError.CodeCopied) != 0;
        int freed = 0;
        for (uint number = completion.Info; number != completion.Data + 1; number++)
        {
            if (!_lent.Remove(number, out MemoryHandle handle)) continue;
            handle.Dispose();
            freed++;
        }
        return freed;
    }
}
