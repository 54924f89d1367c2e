using Slipway.Sockets;
using Slipway.Wire;
using static Slipway.Stack.SequenceNumber;

namespace Slipway.Stack;

/// <summary>The end of a connection: FIN, reset, TIME_WAIT (RFC 9293 §3.6).</summary>
internal sealed partial class TcpConnection
{
    /// <summary>shutdown(2) of the sending direction: what is queued goes first, then the FIN.</summary>
    public void ShutSend()
    {
        IsSendShut = true;
        switch (State)
        {
            case TcpState.Established or TcpState.SynReceived:
                SetState(TcpState.FinWait1);
                break;
            case TcpState.CloseWait:
                SetState(TcpState.LastAck);
                break;
            default:
                return;
        }
        Sender.AppendFin();
    }

    /// <summary>
    /// close(2), the last descriptor: unread data, or SO_LINGER of 0, make it a reset (RFC 2525 §2.17, RFC 1122 §4.2.2.13); else the FIN follows what is queued.
    /// </summary>
    /// <param name="isAbortive">SO_LINGER with 0.</param>
    public void Close(bool isAbortive)
    {
        bool isUnread = Receiver.Readable > 0;
        IsReceiveShut = IsSendShut = true;
        if (isUnread && State is not (TcpState.Closed or TcpState.SynSent))
        {
            Receiver.Clear();
            Count(TcpExtCounter.TCPAbortOnClose);
            SendActiveReset();
            Finish();
        }
        else if (isAbortive)
        {
            Count(TcpExtCounter.TCPAbortOnData);
            Disconnect();
        }
        else if (State == TcpState.SynSent) Finish();
        else ShutSend();
    }

    /// <summary>The socket is gone: what remains to be done is the stack's (Linux tcp_close, from adjudge_to_death on).</summary>
    public void Orphan()
    {
        Socket = null;
        JudgeFastOpen();
        Receiver.Clear();
        if (State == TcpState.Closed) return;
        Layer.OrphanCount++;
        _isCountedAsOrphan = true;
        if (State == TcpState.FinWait2)
        {
            if (LingerSeconds < 0)
            {
                Count(TcpExtCounter.TCPAbortOnLinger);
                SendActiveReset();
                Finish();
                return;
            }
            WaitForFin();
            return;
        }
        if (!Layer.HasTooManyOrphans) return;
        Count(TcpExtCounter.TCPAbortOnMemory);
        SendActiveReset();
        Finish();
    }

    private bool _isCountedAsOrphan;

    /// <summary>In FIN_WAIT_2 without a socket: a short wait needs no connection any more, a long one begins with the timer.</summary>
    private void WaitForFin()
    {
        long time = FinWait2Time;
        if (time > TimeWaitLength) StartKeepAlive(time - TimeWaitLength);
        else EnterTimeWait(TcpState.FinWait2, time);
    }

    /// <summary>Ends the connection from here at once; the peer gets a reset if it knows of it (Linux tcp_disconnect).</summary>
    /// <returns>ECONNRESET where there was, or was to be, a connection.</returns>
    public Errno Disconnect()
    {
        TcpState old = State;
        bool mustReset = old is TcpState.Established or TcpState.CloseWait or TcpState.FinWait1 or TcpState.FinWait2 or TcpState.SynReceived
            || old is TcpState.Closing or TcpState.LastAck && Sender.SndNxt != Sender.WriteSeq;
        if (mustReset) SendActiveReset();
        Finish();
        return mustReset || old == TcpState.SynSent ? Errno.ECONNRESET : Errno.None;
    }

    /// <summary>Somebody else ends it (SOCK_DESTROY; Linux tcp_abort): the peer gets a reset if it knows of it, the program an error.</summary>
    public void Destroy()
    {
        if (State is TcpState.Established or TcpState.CloseWait or TcpState.FinWait1 or TcpState.FinWait2 or TcpState.SynReceived) SendActiveReset();
        Abort(Errno.ECONNABORTED);
    }

    /// <summary>The peer reset the connection (Linux tcp_reset).</summary>
    private void TakeReset()
    {
        Errno error = State switch
        {
            TcpState.SynSent => Errno.ECONNREFUSED,
            TcpState.CloseWait => Errno.EPIPE,
            _ => Errno.ECONNRESET,
        };
        if (State is TcpState.SynSent or TcpState.SynReceived) Count(TcpCounter.AttemptFails);
        Abort(error);
    }

    /// <summary>Ends with an error that the program gets.</summary>
    public void Abort(Errno error)
    {
        Sender.Clear();
        TcpSocket? socket = Socket;
        Finish();
        socket?.OnAborted(error);
    }

    /// <summary>The connection is over (Linux tcp_done): out of the tables, all timers off. A socket that holds it may still read what came.</summary>
    public void Finish()
    {
        if (State == TcpState.Closed && !IsInTable) return;
        JudgeFastOpen();
        SetState(TcpState.Closed);
        Cancel();
        _keepAliveAt = long.MaxValue;
        IsReceiveShut = IsSendShut = true;
        Sender.Clear();
        Layer.Connections.Remove(this);
        if (_isCountedAsOrphan) Layer.OrphanCount--;
        _isCountedAsOrphan = false;
        if (Socket is { } socket) socket.OnConnectionOver();
        else
        {
            Receiver.Clear();
            ReleasePort();
        }
    }

    /// <summary>The peer's FIN was taken in order (Linux tcp_fin).</summary>
    public void OnFin()
    {
        IsReceiveShut = true;
        switch (State)
        {
            case TcpState.SynReceived or TcpState.Established:
                SetState(TcpState.CloseWait);
                Receiver.EnterInteractive();
                break;
            case TcpState.FinWait1:
                // Both ends closed at the same time.
                SendAck();
                SetState(TcpState.Closing);
                break;
            case TcpState.FinWait2:
                SendAck();
                EnterTimeWait(TcpState.TimeWait, TimeWaitLength);
                return;
            default:
                return;
        }
        Socket?.OnFinArrived();
    }

    /// <summary>What is left of a connection waits on, in less memory: for the peer's FIN, or for segments that are still under way (Linux tcp_time_wait).</summary>
    private void EnterTimeWait(TcpState state, long time)
    {
        RememberMetrics();
        if (Layer.TimeWaitCount < Sysctl.MaxTimeWaitBuckets.Value)
        {
            var rest = new TcpTimeWait(this, state, time);
            Finish(rest);
            return;
        }
        Count(TcpExtCounter.TCPTimeWaitOverflow);
        Finish();
    }

    private void Finish(TcpTimeWait rest)
    {
        // The successor takes the place in the tables before this one leaves, so that the port stays taken.
        Layer.Connections.Remove(this);
        rest.Enter();
        Finish();
    }

    public void ReleasePort() => Layer.Ports.Leave(this);
}
