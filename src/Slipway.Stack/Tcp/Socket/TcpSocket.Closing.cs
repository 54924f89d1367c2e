using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>shutdown and close (Linux inet_shutdown, tcp_close).</summary>
internal sealed partial class TcpSocket
{
    /// <summary>Somebody else ends it (SOCK_DESTROY).</summary>
    public void Destroy()
    {
        if (!IsListening)
        {
            Connection.Destroy();
            return;
        }
        Dissolve();
        Fail(Errno.ECONNABORTED);
    }

    /// <inheritdoc/>
    public override long LingerTime => !Linger.IsOn || IsListening ? 0 : Linger.Seconds < 0 ? Forever : Linger.Seconds * StackClock.Second;

    /// <inheritdoc/>
    public override bool IsLingering => Connection.State is TcpState.FinWait1 or TcpState.Closing or TcpState.LastAck;

    /// <inheritdoc/>
    public override Errno Shutdown(ShutdownHow how)
    {
        bool receive = how is ShutdownHow.Receive or ShutdownHow.Both, send = how is ShutdownHow.Send or ShutdownHow.Both;
        if (IsListening)
        {
            if (!receive) return Errno.None;
            Dissolve();
            return Errno.None;
        }
        bool isOpening = Connection.State is TcpState.SynSent or TcpState.SynReceived or TcpState.Closed;
        if (_phase == Phase.Connecting) _phase = isOpening ? Phase.Broken : Phase.Connected;
        switch (Connection.State)
        {
            case TcpState.Closed:
                // Refused, but not without effect: recv and poll see the end all the same.
                Connection.IsReceiveShut |= receive;
                Connection.IsSendShut |= send;
                OnStateChanged();
                return Errno.ENOTCONN;
            case TcpState.SynSent:
                Dissolve();
                return Errno.None;
        }
        if (receive) Connection.IsReceiveShut = true;
        if (send) Connection.ShutSend();
        OnStateChanged();
        return Errno.None;
    }

    /// <inheritdoc/>
    public override void BeginClose()
    {
        if (HasBegunClosing) return;
        HasBegunClosing = true;
        Connection.Close(isAbortive: Linger is { IsOn: true, Seconds: 0 });
    }

    /// <summary>A connection that nobody accepted, when its listener closes: it is reset.</summary>
    public void AbortUnaccepted()
    {
        Connection.Parent = null;
        Connection.Disconnect();
        HasBegunClosing = true;
        Release();
    }

    /// <inheritdoc/>
    protected override void OnClosed()
    {
        base.OnClosed();
        if (IsListening)
        {
            StopListening();
            Unbind();
            ClearErrors();
            return;
        }
        BeginClose();
        TcpConnection connection = Connection;
        connection.Orphan();
        if (connection.State == TcpState.Closed) Unbind();
        ClearErrors();
    }
}
