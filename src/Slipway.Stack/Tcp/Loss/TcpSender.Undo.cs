using static Slipway.Stack.SequenceNumber;

namespace Slipway.Stack;

/// <summary>A reduction that was needless is taken back: timestamps (RFC 4015), duplicate reports (RFC 3708) or F-RTO (RFC 5682) show that nothing was lost.</summary>
internal sealed partial class TcpSender
{
    private void InitUndo()
    {
        _undoMarker = SndUna;
        _undoRetransmitted = (int)RetransmittedOut + (_probeHighSeq != 0 && _probeIsRetransmission ? 1 : 0);
        if (_undoRetransmitted == 0) _undoRetransmitted = -1;
    }

    /// <summary>The acknowledgment answers the original: its echo is older than the first retransmission.</summary>
    private bool WasOnlyDelayed => RetransmittedSince >= 0 && _connection.EchoIsBefore(RetransmittedSince);

    private bool MayUndo => _undoMarker is not null && (_undoRetransmitted == 0 || WasOnlyDelayed);

    private bool TryUndoRecovery()
    {
        if (MayUndo)
        {
            UndoReduction(unmarkLosses: false);
            _connection.Count(State == CongestionState.Loss ? TcpExtCounter.TCPLossUndo : TcpExtCounter.TCPFullUndo);
        }
        else _rack.OnRecoveryEnd();
        if (MustStayWithoutSack) return true;
        SetState(CongestionState.Open);
        _hasReneged = false;
        return false;
    }

    /// <summary>Without SACK a duplicate acknowledgment of the last retransmission would start all anew (RFC 6582 §4.1): the state holds until something above is acknowledged.</summary>
    private bool MustStayWithoutSack
    {
        get
        {
            if (IsSack || SndUna != _highSeq) return false;
            if (!HasRetransmissions) RetransmittedSince = -1;
            return true;
        }
    }

    private bool TryUndoByDuplicates()
    {
        if (_undoMarker is null || _undoRetransmitted != 0) return false;
        _rack.OnRecoveryUndone();
        UndoReduction(unmarkLosses: false);
        _connection.Count(TcpExtCounter.TCPDSACKUndo);
        return true;
    }

    private bool TryUndoPartial(uint priorUna)
    {
        if (_undoMarker is null || !WasOnlyDelayed) return false;
        if (Before(priorUna, HighestSack)) NoteReordering(priorUna);
        // Retransmissions are still under way: whether the rest was needless shows when they arrive.
        if (RetransmittedOut > 0) return true;
        if (!HasRetransmissions) RetransmittedSince = -1;
        UndoReduction(unmarkLosses: true);
        _connection.Count(TcpExtCounter.TCPPartialUndo);
        KeepOpen();
        return true;
    }

    private bool TryUndoLoss(bool byFrto)
    {
        if (!byFrto && !MayUndo) return false;
        UndoReduction(unmarkLosses: true);
        _connection.Count(TcpExtCounter.TCPLossUndo);
        if (byFrto) _connection.Count(TcpExtCounter.TCPSpuriousRTOs);
        Timeouts = 0;
        if (MustStayWithoutSack) return true;
        if (byFrto || IsSack)
        {
            SetState(CongestionState.Open);
            _hasReneged = false;
        }
        return true;
    }

    private void UndoReduction(bool unmarkLosses)
    {
        if (unmarkLosses)
        {
            for (TcpSegment? segment = Queue.First; segment is not null && !ReferenceEquals(segment, Queue.FirstUnsent); segment = segment.Next)
                segment.Marks &= ~SegmentMarks.Lost;
            LostOut = 0;
            _retransmitHint = null;
        }
        if (_priorThreshold != 0)
        {
            Window.Window = Congestion.UndoWindow(Window);
            if (_priorThreshold > Window.SlowStartThreshold)
            {
                Window.SlowStartThreshold = _priorThreshold;
                _cwrQueued = false;
            }
        }
        Window.UsedSince = _connection.Now;
        _undoMarker = null;
        _rack.Advanced = true;
    }
}
