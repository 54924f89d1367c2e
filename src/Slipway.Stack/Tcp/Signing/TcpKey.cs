using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>A key that a socket signs segments with (TCP_MD5SIG; Linux struct tcp_md5sig_key). It does not change: another key of the same peer takes its place.</summary>
/// <param name="Peers">Whom it is for.</param>
/// <param name="IsOutsideDomains">For segments outside of routing domains (VRF) alone, by name: here all are, so that it only tells two keys of the same peers apart.</param>
/// <param name="Secret">1 to 80 bytes.</param>
internal sealed record TcpKey(IpPrefix Peers, bool IsOutsideDomains, byte[] Secret)
{
    /// <summary>TCP_MD5SIG_MAXKEYLEN.</summary>
    public const int MaxLength = 80;

    /// <summary>What it costs of net.core.optmem_max.</summary>
    public const int Memory = 136;

    /// <summary>Whether both are for the same peers: one of them takes the other's place.</summary>
    public bool HasPeersOf(TcpKey other) => Peers == other.Peers && IsOutsideDomains == other.IsOutsideDomains;
}
