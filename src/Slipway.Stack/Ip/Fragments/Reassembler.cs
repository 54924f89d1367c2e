using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>
/// Puts the fragments of one family together, within a bound of memory and of time (RFC 791 §3.2, RFC 8200 §4.5). Overlaps lose the packet
/// (RFC 5722); above the bound fragments are refused, and nothing is thrown out for them.
/// </summary>
internal sealed class Reassembler
{
    private const int DistanceBuckets = 1024;

    private readonly StackHost _host;
    private readonly bool _isIPv4;
    private readonly Dictionary<FragmentKey, FragmentAssembly> _assemblies = [];
    private readonly uint[] _distances;
    private readonly ulong _distanceKey;

    public Reassembler(StackHost host, bool isIPv4)
    {
        _host = host;
        _isIPv4 = isIPv4;
        _distances = isIPv4 ? new uint[DistanceBuckets] : [];
        _distanceKey = host.Random.Derive("fragments").NextUInt64();
    }

    /// <summary>Memory that unfinished packets hold (FRAG: memory of /proc/net/sockstat).</summary>
    public long Memory { get; private set; }

    /// <summary>Unfinished packets (FRAG: inuse).</summary>
    public int Pending => _assemblies.Count;

    /// <summary>Takes an IPv4 fragment, whole from its IP header on. Ownership moves.</summary>
    /// <returns>The whole packet, which is the caller's; null while fragments are missing.</returns>
    public PacketBuffer? Add(PacketBuffer packet, Ipv4View ip)
    {
        int length = ip.Payload.Length;
        // All but the last are multiples of eight; what goes beyond is cut off, as Linux does.
        if (ip.MoreFragments) length &= ~7;
        var key = new FragmentKey(ip.Source, ip.Destination, ip.Identification, ip.Protocol, 0);
        return Add(key, new FragmentInfo(ip.HeaderLength, ip.FragmentOffset, length, ip.MoreFragments, 0, ip.Tos & 3), packet);
    }

    /// <summary>Takes a fragment, whole from its IP header on. Ownership moves.</summary>
    /// <returns>The whole packet, which is the caller's; null while fragments are missing.</returns>
    public PacketBuffer? Add(in FragmentKey key, in FragmentInfo info, PacketBuffer packet)
    {
        Count(IpCounter.ReasmReqds, Ip6Counter.ReasmReqds);
        if (Memory > HighThreshold)
        {
            CountFailure();
            packet.Release();
            return null;
        }
        if (!_assemblies.TryGetValue(key, out FragmentAssembly? assembly)) assembly = Begin(key);
        else if (_isIPv4) CheckDistance(assembly);
        if (_isIPv4) assembly.Distance = NextDistance(key.Source);
        long before = assembly.Memory;
        FragmentVerdict verdict = assembly.Add(packet, info);
        Memory += assembly.Memory - before;
        switch (verdict)
        {
            case FragmentVerdict.Kept:
                return null;
            case FragmentVerdict.Complete:
                return Finish(assembly);
            case FragmentVerdict.Overlap when _isIPv4:
                _host.Counters[IpExtCounter.ReasmOverlaps]++;
                goto default;
            case FragmentVerdict.Duplicate:
                packet.Release();
                if (assembly.IsEmpty) Remove(assembly);
                return null;
            default:
                CountFailure();
                packet.Release();
                Remove(assembly);
                return null;
        }
    }

    /// <summary>The time of a packet is over (RFC 792, RFC 8200 §4.5): if its first fragment has come, the source hears of it.</summary>
    public void Expire(FragmentAssembly assembly)
    {
        Count(IpCounter.ReasmTimeout, Ip6Counter.ReasmTimeout);
        CountFailure();
        if (assembly.First is { } first) _host.Icmp.SendTimeExceeded(first, IcmpTimeExceededCode.Reassembly);
        Remove(assembly);
    }

    private long HighThreshold => (_isIPv4 ? _host.Sysctl.IPv4.FragHighThresh : _host.Sysctl.IPv6.FragHighThresh).Value;

    private long Timeout => Math.Max((_isIPv4 ? _host.Sysctl.IPv4.FragTime : _host.Sysctl.IPv6.FragTime).Value, 0) * StackClock.Second;

    private FragmentAssembly Begin(in FragmentKey key)
    {
        var assembly = new FragmentAssembly(this, key, _host.Loop);
        _assemblies.Add(key, assembly);
        Memory += assembly.Memory;
        assembly.ArmAfter(Timeout);
        return assembly;
    }

    private PacketBuffer? Finish(FragmentAssembly assembly)
    {
        long before = assembly.Memory;
        PacketBuffer? whole = assembly.Assemble(_isIPv4);
        Memory -= before - assembly.Memory;
        Remove(assembly);
        if (whole is null) CountFailure();
        else Count(IpCounter.ReasmOKs, Ip6Counter.ReasmOKs);
        return whole;
    }

    private void Remove(FragmentAssembly assembly)
    {
        Memory -= assembly.Memory;
        assembly.Clear();
        assembly.Cancel();
        _assemblies.Remove(assembly.Key);
    }

    /// <summary>
    /// ipfrag_max_dist: many fragments of other packets from the same source since this packet's last one mean that its identification has wrapped around;
    /// what is there belongs to another packet.
    /// </summary>
    private void CheckDistance(FragmentAssembly assembly)
    {
        int most = _host.Sysctl.IPv4.FragMaxDist.Value;
        if (most == 0 || assembly.IsEmpty || _distances[BucketOf(assembly.Key.Source)] + 1 - assembly.Distance <= (uint)most) return;
        CountFailure();
        long before = assembly.Memory;
        assembly.Clear();
        Memory -= before - assembly.Memory;
        assembly.ArmAfter(Timeout);
    }

    private uint NextDistance(IpAddress source) => ++_distances[BucketOf(source)];

    private int BucketOf(IpAddress source) => (int)((source.IPv4 ^ _distanceKey) * 0x9E37_79B9_7F4A_7C15 >> 54);

    private void CountFailure() => Count(IpCounter.ReasmFails, Ip6Counter.ReasmFails);

    private void Count(IpCounter ipv4, Ip6Counter ipv6)
    {
        if (_isIPv4) _host.Counters[ipv4]++;
        else _host.Counters[ipv6]++;
    }
}
