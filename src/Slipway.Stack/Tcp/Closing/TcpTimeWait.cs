using Slipway.Wire;
using static Slipway.Stack.SequenceNumber;

namespace Slipway.Stack;

/// <summary>
/// What remains of a connection in TIME_WAIT, or of one without a program in FIN_WAIT_2: enough to answer late segments, and to keep a new connection apart from the old one's
/// (RFC 9293 §3.6.1, RFC 1337, RFC 6191; Linux tcp_timewait_state_process).
/// </summary>
internal sealed class TcpTimeWait : TcpEndpoint
{
    private readonly TcpLayer _layer;
    private readonly TcpPath _path;
    private readonly TcpAnswering _answering;
    private readonly uint _sndNxt;
    private uint _rcvNxt;
    private readonly uint _rcvWnd;
    private readonly byte _rcvScale;
    private readonly byte _tos;
    private readonly short _hopLimit;
    private readonly bool _timestampsOk;
    private readonly uint _timestampOffset;
    private uint _recentTimestamp;
    private long _recentAt;
    private readonly long _length;
    private TcpState _state;

    /// <summary>Takes what matters from a connection that ends.</summary>
    public TcpTimeWait(TcpConnection connection, TcpState state, long length) : base(connection.Loop)
    {
        _layer = connection.Layer;
        _path = connection.Path!;
        _answering = TcpAnswering.Of(connection.FlowLabel, connection.KnownExtras, connection.RemoteAddress);
        LocalAddress = connection.LocalAddress;
        RemoteAddress = connection.RemoteAddress;
        LocalPort = connection.LocalPort;
        RemotePort = connection.RemotePort;
        BoundInterface = connection.BoundInterface;
        PortFlags = connection.PortFlags;
        UserId = connection.UserId;
        _state = state;
        _sndNxt = connection.Sender.SndNxt;
        _rcvNxt = connection.Receiver.RcvNxt;
        _rcvWnd = connection.Receiver.ReceiveWindow;
        _rcvScale = connection.RcvScale;
        _timestampsOk = connection.TimestampsOk;
        _timestampOffset = connection.TimestampOffset;
        _recentTimestamp = connection.RecentTimestamp;
        _recentAt = connection.RecentTimestampAt;
        _tos = connection.Tos;
        _hopLimit = connection.HopLimit;
        // Linux lets a FIN_WAIT_2 of this form last as long as its timeout, TIME_WAIT always a minute.
        _length = state == TcpState.TimeWait ? TcpConnection.TimeWaitLength : length;
    }

    /// <inheritdoc/>
    public override bool IsTimeWait => true;

    public TcpState State => _state;

    public uint RecentTimestamp => _recentTimestamp;

    public long RecentAt => _recentAt;

    public bool HasTimestamps => _timestampsOk;

    public uint TimestampOffset => _timestampOffset;

    public uint SndNxt => _sndNxt;

    /// <summary>Stands in the tables from now on, until its time is over.</summary>
    public void Enter()
    {
        _layer.Connections.Add(this);
        _layer.Ports.Join(this, LocalPort);
        _layer.TimeWaitCount++;
        ArmAfter(_length);
    }

    /// <summary>Is no more.</summary>
    public void Leave()
    {
        if (!IsInTable) return;
        Cancel();
        _layer.Connections.Remove(this);
        _layer.Ports.Leave(this);
        _layer.TimeWaitCount--;
    }

    /// <inheritdoc/>
    protected override void OnExpired()
    {
        _layer.Host.Counters[TcpExtCounter.TW]++;
        Leave();
    }

    /// <inheritdoc/>
    public override void Receive(ref TcpArrival segment)
    {
        bool isOld = segment.HasTimestamps && _timestampsOk && !segment.Has(TcpFlags.Rst) && (int)(_recentTimestamp - segment.TimestampValue) > 0;
        if (_state == TcpState.FinWait2) ReceiveInFinWait2(ref segment, isOld);
        else ReceiveInTimeWait(ref segment, isOld);
    }

    /// <inheritdoc/>
    public override void ReceiveError(in IcmpError error, uint sequence)
    {
        // Nobody is left to be told.
    }

    /// <inheritdoc/>
    public override bool IsInFlight(uint sequence) => false;

    private void ReceiveInFinWait2(ref TcpArrival segment, bool isOld)
    {
        if (isOld || !IsInWindow(segment))
        {
            AnswerUnacceptable(segment);
            return;
        }
        if (segment.Has(TcpFlags.Rst))
        {
            Leave();
            return;
        }
        if (segment.Has(TcpFlags.Syn) && !Before(segment.Sequence, _rcvNxt))
        {
            _layer.SendResetFor(segment);
            Leave();
            return;
        }
        if (!segment.Has(TcpFlags.Ack) || !After(segment.EndSequence, _rcvNxt) || segment.EndSequence == segment.Sequence) return;
        // Data after close, and no FIN that ends at the next number: nobody will read it.
        if (!segment.Has(TcpFlags.Fin) || segment.EndSequence != _rcvNxt + 1)
        {
            _layer.SendResetFor(segment);
            Leave();
            return;
        }
        _state = TcpState.TimeWait;
        _rcvNxt = segment.EndSequence;
        TakeTimestamp(segment);
        ArmAfter(TcpConnection.TimeWaitLength);
        SendAck();
    }

    private void ReceiveInTimeWait(ref TcpArrival segment, bool isOld)
    {
        if (!isOld && segment.Sequence == _rcvNxt && (segment.Sequence == segment.EndSequence || segment.Has(TcpFlags.Rst)))
        {
            // RFC 1337: a reset should not end it; Linux lets it unless told otherwise.
            if (segment.Has(TcpFlags.Rst))
            {
                if (!_layer.Sysctl.Rfc1337.IsOn) Leave();
                return;
            }
            ArmAfter(TcpConnection.TimeWaitLength);
            TakeTimestamp(segment);
            return;
        }
        if (segment.Has(TcpFlags.Syn) && !segment.Has(TcpFlags.Rst | TcpFlags.Ack) && !isOld
            && (After(segment.Sequence, _rcvNxt) || segment.HasTimestamps && _timestampsOk && (int)(_recentTimestamp - segment.TimestampValue) < 0)
            && _layer.Listeners.Find(segment) is { } listener)
        {
            // RFC 6191: a new connection that cannot be mistaken for the old one takes its place.
            uint initial = _sndNxt + 65535 + 2;
            Leave();
            if (_layer.IsAuthentic(segment, listener.Extras) && listener.Accepts(ref segment)) listener.TakeSyn(ref segment, initial == 0 ? 1 : initial);
            return;
        }
        if (isOld) _layer.Host.Counters[TcpExtCounter.PAWSTimewait]++;
        if (segment.Has(TcpFlags.Rst)) return;
        // RFC 9293 §3.10.7.4: a FIN sent again restarts the wait, and everything is answered.
        if (isOld || segment.Has(TcpFlags.Ack)) ArmAfter(TcpConnection.TimeWaitLength);
        AnswerUnacceptable(segment);
    }

    private bool IsInWindow(in TcpArrival segment)
    {
        if (segment.Sequence == _rcvNxt) return true;
        if (After(segment.EndSequence, _rcvNxt) && Before(segment.Sequence, _rcvNxt + _rcvWnd)) return true;
        return segment.Sequence == _rcvNxt + _rcvWnd && segment.Sequence == segment.EndSequence;
    }

    private void TakeTimestamp(in TcpArrival segment)
    {
        if (!segment.HasTimestamps) return;
        _recentTimestamp = segment.TimestampValue;
        _recentAt = Loop.Now;
    }

    private void AnswerUnacceptable(in TcpArrival segment)
    {
        if (segment.Has(TcpFlags.Rst)) return;
        bool hasNothing = segment.Sequence == segment.EndSequence || segment.Has(TcpFlags.Syn);
        if (hasNothing && IsLimited(_layer.Sysctl)) return;
        SendAck();
    }

    private void SendAck()
        => _layer.SendBare(_path.Flow, LocalPort, RemotePort, _sndNxt, _rcvNxt, TcpFlags.Ack, (ushort)(_rcvWnd >> _rcvScale),
            _timestampsOk ? new TcpTimestamps((uint)(Loop.Now / StackClock.Millisecond) + _timestampOffset, _recentTimestamp) : null, _tos, _hopLimit, _answering);
}
