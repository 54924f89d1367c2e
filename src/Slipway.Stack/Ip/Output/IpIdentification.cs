using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>
/// Identifications of packets that may be fragmented: counters by destination behind a keyed hash, that also jump with the time that passed, so that nobody can count another's packets
/// or guess the next number (RFC 7739, RFC 6864).
/// </summary>
internal sealed class IpIdentification
{
    private const int Buckets = 2048;

    /// <summary>The kernel moves a counter by at most the timer ticks since its last use; a tick is taken as 10 ms.</summary>
    private const long Tick = 10 * StackClock.Millisecond;

    private readonly StackHost _host;
    private readonly RandomSource _random;
    private readonly ulong _key;
    private readonly Bucket[] _buckets = new Bucket[Buckets];

    public IpIdentification(StackHost host)
    {
        _host = host;
        _random = host.Random.Derive("identification");
        _key = _random.NextUInt64();
        for (int i = 0; i < Buckets; i++) _buckets[i].Value = _random.NextUInt16();
    }

    /// <summary>The identification of the next packet.</summary>
    /// <param name="source">The packet's source.</param>
    /// <param name="destination">The packet's destination.</param>
    /// <param name="protocol">The packet's protocol.</param>
    /// <param name="count">How many packets need one: the numbers that follow the result are theirs.</param>
    public ushort Next(IpAddress source, IpAddress destination, IpProtocolNumber protocol, int count)
    {
        ulong hash = (source.Low ^ _key) * 0x9E37_79B9_7F4A_7C15 ^ (destination.Low + (byte)protocol ^ _key >> 7) * 0xD6E8_FEB8_6659_FD93;
        ref Bucket bucket = ref _buckets[(hash ^ hash >> 29) % Buckets];
        long now = _host.Loop.Now;
        long ticks = Math.Min((now - bucket.LastUsed) / Tick, ushort.MaxValue);
        if (ticks > 0)
        {
            bucket.LastUsed = now;
            bucket.Value += (ushort)_random.Next((int)ticks);
        }
        var first = (ushort)(bucket.Value + 1);
        bucket.Value += (ushort)count;
        return first;
    }

    private struct Bucket
    {
        public ushort Value;
        public long LastUsed;
    }
}
