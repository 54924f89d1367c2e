using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>How segments that have no connection, or none any more, leave for a peer.</summary>
/// <param name="FlowLabel">Their flow label (RFC 6437); 0 over IPv4.</param>
/// <param name="Key">The key that signs them (TCP_MD5SIG); null for none.</param>
/// <param name="Delay">Microseconds that they are held back (TCP_TX_DELAY).</param>
internal readonly record struct TcpAnswering(int FlowLabel, TcpKey? Key = null, int Delay = 0)
{
    /// <summary>By the rare options of a socket.</summary>
    public static TcpAnswering Of(int flowLabel, TcpExtras? extras, IpAddress peer)
        => extras is null ? new TcpAnswering(flowLabel) : new TcpAnswering(flowLabel, extras.Keys?.Find(peer), extras.TransmitDelay);
}
