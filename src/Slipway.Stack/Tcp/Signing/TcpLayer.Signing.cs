using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>Which segments are believed where keys are, or signatures come (Linux tcp_inbound_hash).</summary>
internal sealed partial class TcpLayer
{
    private TcpSigner? _signer;

    /// <summary>Makes digests: there from the first key on.</summary>
    public TcpSigner Signer => _signer ??= new TcpSigner();

    /// <summary>
    /// Judges a segment by the keys of the socket that it is for: signed where the socket has a key for its sender, and only there, and with the right digest. What fails is dropped in silence.
    /// </summary>
    /// <param name="segment">The segment.</param>
    /// <param name="extras">The rare options of the socket, the keys among them.</param>
    public bool IsAuthentic(in TcpArrival segment, TcpExtras? extras)
    {
        TcpKeys? keys = extras?.Keys;
        if (segment.SignatureAt == 0 && keys is null) return true;
        if (segment.SignatureAt < 0) return false;
        TcpKey? key = keys?.Find(segment.Source);
        if (segment.SignatureAt == 0)
        {
            if (key is null) return true;
            Host.Counters[TcpExtCounter.TCPMD5NotFound]++;
            return false;
        }
        if (key is null)
        {
            Host.Counters[TcpExtCounter.TCPMD5Unexpected]++;
            return false;
        }
        if (Signer.Verify(segment, key)) return true;
        Host.Counters[TcpExtCounter.TCPMD5Failure]++;
        return false;
    }

    /// <summary>
    /// The key for the answer to a signed segment that belongs to no socket: that of a listener here at the port of its sender, as two who both listen at the port of a well-known service may
    /// have, and only if the digest is right. Without it there is no answer.
    /// </summary>
    private bool TryFindAnswerKey(in TcpArrival segment, out TcpKey? key)
    {
        key = null;
        if (segment.SignatureAt == 0) return true;
        if (segment.SignatureAt < 0) return false;
        key = Listeners.Find(segment, segment.SourcePort)?.Extras?.Keys?.Find(segment.Source);
        return key is not null && Signer.Verify(segment, key);
    }
}
