using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>Sends that open the connection (MSG_FASTOPEN, TCP_FASTOPEN_CONNECT; Linux tcp_sendmsg_fastopen).</summary>
internal sealed partial class TcpSocket
{
    // A send has opened the connection and waits for it; called again, it goes on.
    private bool IsOpening => Connection.State is TcpState.SynSent or TcpState.SynReceived && !Connection.IsOpenEarly;

    /// <summary>Opens the connection with the first bytes of a message, or sees how far that is.</summary>
    /// <param name="message">What, and where to.</param>
    /// <param name="flags">MSG_FASTOPEN, MSG_DONTWAIT.</param>
    /// <param name="done">Bytes that went with the SYN.</param>
    /// <returns>None: it is open. EINPROGRESS where the call must not wait. EOPNOTSUPP: tcp_fastopen does not allow it.</returns>
    private Errno OpenBySend(in SendMessage message, MessageFlags flags, ref int done)
    {
        if (IsOpenedBySend) return ContinueOpening();
        // The handshake that connect began may be done by now: then the send is as good as a second connect, and goes on.
        if (_phase == Phase.Connecting && !Connection.IsOpeningDeferred && !IsOpening && CheckOpening(message.Address) == Errno.None) return ContinueConnect();
        if (!Connection.IsOpeningDeferred)
        {
            Errno error = BeginOpening(message.Address);
            if (error != Errno.None) return error;
        }
        done = Connection.OpenWith(FirstPiece(message));
        if ((flags & MessageFlags.MSG_DONTWAIT) != 0) return Errno.EINPROGRESS;
        IsOpenedBySend = true;
        _wantsSpace = true;
        return StackErrno.MustWait;
    }

    private Errno CheckOpening(ReadOnlySpan<byte> address)
    {
        if (((FastOpenMode)Host.Sysctl.Tcp.FastOpen.Value & FastOpenMode.Client) == 0) return Errno.EOPNOTSUPP;
        return address.Length >= 2 && SockAddr.FamilyOf(address) == AddressFamily.Unspecified ? Errno.EOPNOTSUPP : Errno.None;
    }

    private Errno BeginOpening(ReadOnlySpan<byte> address)
    {
        if (CheckOpening(address) is var forbidden and not Errno.None) return forbidden;
        if (address.Length == 1) return Errno.EINVAL;
        if (_phase == Phase.Connected) return Errno.EISCONN;
        if (_phase == Phase.Connecting) return Errno.EALREADY;
        if (_phase == Phase.Broken) return Errno.EINVAL;
        if (State != TcpState.Closed) return Errno.EISCONN;
        if (address.Length < 2) return Errno.EINVAL;
        if (CheckPeer(address) is var refused and not Errno.None) return refused;
        Errno error = ReadPeer(address, out SendTarget peer);
        if (error == Errno.None) error = StartConnection(peer, opensBySend: true);
        if (error != Errno.None) return error;
        _phase = Phase.Connecting;
        _hasReportedProgress = true;
        return Errno.None;
    }

    private Errno ContinueOpening()
    {
        if (IsOpening) return StackErrno.MustWait;
        IsOpenedBySend = false;
        return ContinueConnect();
    }

    private static ReadOnlySpan<byte> FirstPiece(in SendMessage message)
    {
        foreach (ReadOnlyMemory<byte> vector in message.Vectors) if (!vector.IsEmpty) return vector.Span;
        return message.Buffer;
    }
}
