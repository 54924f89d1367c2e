namespace Slipway.Stack;

/// <content>
/// Another path for a connection in trouble (SO_TXREHASH; Linux sk_rethink_txhash). Routers spread flows over equal paths by addresses and flow labels (RFC 6438), so that another label may lead
/// around what loses its segments. A connection of IPv4 has no label: its choices are counted only, as Linux does.
/// </content>
internal sealed partial class TcpConnection
{
    /// <summary>SO_TXREHASH.</summary>
    public bool ChoosesPaths;

    private int _lastFlowLabel;

    /// <summary>How many labels were chosen before this one: each makes another of the same flow.</summary>
    public uint PathChoice => KnownExtras?.PathChoice ?? 0;

    /// <summary>The retransmission timer fired: segments, or their acknowledgments, do not come through.</summary>
    public void ChoosePathAfterTimeout()
    {
        if (!ChoosesPaths) return;
        Extras.PathTimeouts++;
        Count(TcpExtCounter.TcpTimeoutRehash);
        ChoosePath();
    }

    /// <summary>
    /// The peer repeats what came, and by another path: it does not hear of it, so the acknowledgments go another way too, unless a timeout of our own has seen to that (Linux tcp_rcv_spurious_retrans).
    /// </summary>
    public void ChoosePathAfterDuplicate(int flowLabel)
    {
        if (IsIPv4) return;
        bool isOther = flowLabel != _lastFlowLabel;
        _lastFlowLabel = flowLabel;
        if (!isOther || !ChoosesPaths || Sender.State == CongestionState.Loss) return;
        Count(TcpExtCounter.TcpDuplicateDataRehash);
        ChoosePath();
    }

    /// <summary>Data came that is new.</summary>
    public void NoteFlowLabel(int flowLabel) => _lastFlowLabel = flowLabel;

    private void ChoosePath()
    {
        Extras.PathChoice++;
        if (!IsIPv4 && Socket is { } socket) FlowLabel = socket.FlowLabelOf(this);
    }
}
