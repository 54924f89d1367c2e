using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>
/// The numbers of a host that nobody off the path may guess: initial sequence numbers (RFC 6528), timestamp offsets (RFC 7323 section 5.4), the start of the
/// search for a port (RFC 6056). Keyed hashes, so a pair of ends always gets related numbers, and no pair tells of another. One a host; the keys come from its
/// random source, which is cryptographic in real use.
/// </summary>
internal sealed class TcpSecrets(RandomSource random)
{
    private readonly SipKey _sequence = SipKey.From(random);
    private readonly SipKey _timestamp = SipKey.From(random);
    private readonly SipKey _port = SipKey.From(random);

    /// <summary>SYN cookies of this host.</summary>
    public SynCookies Cookies { get; } = new(SipKey.From(random), SipKey.From(random));

    /// <summary>
    /// ISN = M + F(ends, secret) (RFC 6528 section 3). M ticks once in 64 ns, so within one pair of ends numbers grow, and come round after 274 s, more than two
    /// maximum segment lifetimes; that is what lets a new SYN be told from an old one in TIME-WAIT (RFC 9293 section 3.4.1).
    /// </summary>
    /// <param name="ends">Both ends.</param>
    /// <param name="now">The loop's clock in nanoseconds.</param>
    public uint InitialSequence(in TcpTuple ends, long now) => FixedInitialSequence ?? (uint)ends.Hash(_sequence) + (uint)(now >> 6);

    /// <summary>The number that every connection begins with in place of a secret one: for tests of numbers that wrap.</summary>
    public uint? FixedInitialSequence { get; set; }

    /// <summary>What is added to the clock in the timestamps of all connections between two hosts (net.ipv4.tcp_timestamps 1): hides the uptime, stays monotonic for PAWS across connections.</summary>
    public uint TimestampOffset(IpAddress local, IpAddress remote) => (uint)_timestamp.Hash(local, remote, 0);

    /// <summary>Where the search for the local port of a connection begins: the two hashes of RFC 6056 section 3.3.4 in one; see <see cref="EphemeralPortTable"/>.</summary>
    public ulong PortOffset(IpAddress local, IpAddress remote, ushort remotePort) => _port.Hash(local, remote, remotePort);
}
