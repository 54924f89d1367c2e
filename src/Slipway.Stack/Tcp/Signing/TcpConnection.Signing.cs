using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>Signed segments (RFC 2385): what they cost of the header, and which are believed.</summary>
internal sealed partial class TcpConnection
{
    /// <summary>The key of the peer; null: segments are not signed.</summary>
    public TcpKey? Key => KnownExtras?.Keys?.Find(RemoteAddress);

    /// <summary>Every segment is a packet of its own: a digest is of one segment (Linux sk_gso_disable). So it stays once a key was set.</summary>
    public bool SendsOneByOne => KnownExtras?.Keys is not null;

    /// <summary>Bytes that the signature takes of a full segment beyond what <see cref="TcpSender.Mss"/> has taken off: of a listener's connections it has, of others not (Linux tcp_header_len).</summary>
    public int SignatureRoom => KnownExtras is { Keys: not null } extras ? (Key is null ? 0 : TcpOptions.SignatureLength) - extras.SignatureInMss : 0;

    /// <summary>What is judged before anything else looks at the segment.</summary>
    private bool IsAuthentic(in TcpArrival segment) => segment.SignatureAt == 0 && KnownExtras is null || Layer.IsAuthentic(segment, KnownExtras);

    /// <summary>Takes a listener's key for the peer over, instead of all that it has.</summary>
    public void KeepKeyOfPeer()
    {
        if (KnownExtras is not { Keys: { } keys } extras) return;
        extras.Keys = keys.For(RemoteAddress);
        extras.SignatureInMss = extras.Keys is null ? 0 : TcpOptions.SignatureLength;
    }

    private void SendResetFor(in TcpArrival segment) => Layer.SendResetFor(segment, KnownExtras);
}
