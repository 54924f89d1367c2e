using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>
/// Bounds the ICMP messages that others can make this host send (RFC 1812 §4.3.2.8, RFC 4443 §2.4 f): a token bucket for each destination, and one for
/// all, whose use is randomised so that it cannot serve as a side channel (the kernel's icmp_global_allow).
/// </summary>
internal sealed class IcmpRateLimiter
{
    /// <summary>Messages that one destination may get at once (XRLIM_BURST_FACTOR).</summary>
    private const int BurstFactor = 6;

    /// <summary>Destinations remembered; the bound makes a flood from invented sources cost no memory.</summary>
    private const int MostDestinations = 1024;

    private const long RedirectInterval = 2 * StackClock.Second;
    private const long RefillStep = StackClock.Second / 50;

    private readonly StackHost _host;
    private readonly RandomSource _random;
    private readonly AddressMap<Bucket> _buckets;
    private readonly List<Bucket> _all = [];
    private long _credit;
    private long _refilled = -StackClock.Second;

    public IcmpRateLimiter(StackHost host)
    {
        _host = host;
        _random = host.Random.Derive("icmp");
        _buckets = new AddressMap<Bucket>(_random.NextUInt64());
    }

    /// <summary>Whether an error of this type may go to the destination now; if so, that is counted against the limits.</summary>
    public bool Allow4(Icmpv4Type type, byte code, IpAddress destination, NetworkInterface device)
    {
        IPv4Sysctl settings = _host.Sysctl.IPv4;
        if (type == Icmpv4Type.DestinationUnreachable && code == (byte)Icmpv4UnreachableCode.FragmentationNeeded) return true;
        if ((int)type > 31 || (settings.IcmpRatemask.Value >> (int)type & 1) == 0) return true;
        bool allowed = device.IsLoopback || AllowDestination(destination, settings.IcmpRatelimit.Value * StackClock.Millisecond);
        if (!allowed) _host.Counters.Icmp(IcmpCounter.OutRateLimitHost)++;
        else if (!AllowGlobal()) _host.Counters.Icmp(IcmpCounter.OutRateLimitGlobal)++;
        else return true;
        return false;
    }

    /// <summary>As <see cref="Allow4"/>. A shorter prefix of the route lets more through, as it stands for more hosts.</summary>
    public bool Allow6(Icmpv6Type type, IpAddress destination, NetworkInterface device, int prefixLength)
    {
        // The default ratemask: all errors but packet too big, which path MTU discovery needs.
        if ((byte)type >= 128 || type == Icmpv6Type.PacketTooBig) return true;
        long interval = _host.Sysctl.IPv6.IcmpRatelimit.Value * StackClock.Millisecond >> ((128 - prefixLength) >> 5);
        bool allowed = device.IsLoopback || AllowDestination(destination, interval);
        if (!allowed) _host.Counters.Icmp6(IcmpCounter.OutRateLimitHost)++;
        return allowed && AllowGlobal();
    }

    /// <summary>Redirects are no errors but hints: one destination gets one in two seconds (the kernel's redirect_load backs off from 20 ms; one is enough).</summary>
    public bool AllowRedirect(IpAddress destination) => AllowDestination(destination, RedirectInterval);

    private bool AllowDestination(IpAddress destination, long interval)
    {
        if (interval == 0) return true;
        long now = _host.Loop.Now;
        if (!_buckets.TryGet(destination, out Bucket? bucket)) bucket = AddBucket(destination, interval);
        bucket.Tokens = Math.Min(bucket.Tokens + now - bucket.Stamp, BurstFactor * interval);
        bucket.Stamp = now;
        if (bucket.Tokens < interval) return false;
        bucket.Tokens -= interval;
        return true;
    }

    private Bucket AddBucket(IpAddress destination, long interval)
    {
        Bucket bucket;
        if (_all.Count < MostDestinations)
        {
            bucket = new Bucket();
            _all.Add(bucket);
        }
        else
        {
            bucket = _all[_random.Next(_all.Count)];
            _buckets.Remove(bucket.Destination);
        }
        bucket.Destination = destination;
        bucket.Tokens = BurstFactor * interval;
        bucket.Stamp = _host.Loop.Now;
        _buckets.Set(destination, bucket);
        return bucket;
    }

    private bool AllowGlobal()
    {
        IPv4Sysctl settings = _host.Sysctl.IPv4;
        long now = _host.Loop.Now;
        long passed = Math.Min(now - _refilled, StackClock.Second);
        if (passed >= RefillStep)
        {
            _credit = Math.Min(_credit + settings.IcmpMsgsPerSec.Value * passed / StackClock.Second, settings.IcmpMsgsBurst.Value);
            _refilled = now;
        }
        if (_credit == 0) return false;
        // One on average, but not exactly one: who counts the answers learns nothing about others' (CVE-2020-25705).
        _credit = Math.Max(_credit - _random.Next(3), 0);
        return true;
    }

    private sealed class Bucket
    {
        public IpAddress Destination;
        public long Tokens;
        public long Stamp;
    }
}
