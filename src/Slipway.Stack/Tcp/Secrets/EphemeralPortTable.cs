namespace Slipway.Stack;

/// <summary>
/// Algorithm 4 of RFC 6056 (double-hash port selection) with Linux's refinements: one half of a keyed hash of the destination gives an offset that is stable
/// for it, the other selects a counter that connections to it, and few others, advance. So ports to one destination are not reused soon, and do not tell how
/// many connections go elsewhere; random steps hide the count. One a host.
/// </summary>
/// <remarks>
/// Where nearly all ports of the parity that goes first are in use, as TIME_WAIT leaves them after many short connections to one destination, Linux walks through thousands of them for each
/// further one. Here the next searches begin with the other parity then, so that the rate of connections does not fall.
/// </remarks>
internal sealed class EphemeralPortTable
{
    // A search that meets so many ports in use has found the parity to be full; so many searches pass before it is tried again.
    private const int ManyPorts = 256;
    private const ushort SearchesElsewhere = 2048;

    private readonly uint[] _counters;

    // How many searches still begin with the other parity.
    private readonly ushort[] _elsewhere;
    private readonly RandomSource _random;

    /// <summary>A table of 2^<paramref name="order"/> counters of four bytes. Linux has 2^16, against trackers who look for collisions.</summary>
    public EphemeralPortTable(RandomSource random, int order)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(order);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(order, 16);
        _random = random;
        _counters = new uint[1 << order];
        _elsewhere = new ushort[1 << order];
        foreach (ref uint counter in _counters.AsSpan()) counter = random.NextUInt32();
    }

    /// <summary>Starts the search for a destination.</summary>
    /// <param name="hash"><see cref="TcpSecrets.PortOffset"/>.</param>
    /// <param name="low">The first port (net.ipv4.ip_local_port_range).</param>
    /// <param name="high">The last port.</param>
    /// <param name="everyPort">See <see cref="PortWalk.ForConnect"/>.</param>
    public PortWalk Begin(ulong hash, int low, int high, bool everyPort = false) =>
        PortWalk.ForConnect(low, high, Counter(hash) + (uint)(hash >> 32), everyPort, _elsewhere[IndexOf(hash)] > 0);

    /// <summary>The last port of the walk was free and taken: the next search for the destination starts behind it, by a random step while ports are plenty.</summary>
    public void Taken(ulong hash, in PortWalk walk)
    {
        Counter(hash) += (uint)(Math.Max(walk.Steps, _random.Next(8) * walk.Step) + walk.Step);
        ref ushort elsewhere = ref _elsewhere[IndexOf(hash)];
        bool wasFull = walk.IsInSecondPass || walk.Steps >= ManyPorts * walk.Step;
        if (wasFull) elsewhere = elsewhere > 0 ? (ushort)0 : SearchesElsewhere;
        else if (elsewhere > 0) elsewhere--;
    }

    private ref uint Counter(ulong hash) => ref _counters[IndexOf(hash)];

    private int IndexOf(ulong hash) => (int)(hash & (ulong)(_counters.Length - 1));
}
