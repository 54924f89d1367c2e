using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>What a member of a group that rolls over remembers (Linux struct packet_rollover).</summary>
internal sealed class PacketRollover
{
    private const int Remembered = 16;

    private readonly uint[] _history = new uint[Remembered];

    /// <summary>The member that took the last packet which this one could not.</summary>
    public int Next { get; set; }

    public ulong All { get; set; }

    public ulong Huge { get; set; }

    public ulong Failed { get; set; }

    public PacketRolloverStatistics Statistics => new(All, Huge, Failed);

    /// <summary>Whether more than half of what was seen lately belongs to the flow of this hash; and remembers it.</summary>
    public bool IsHuge(uint hash, RandomSource random)
    {
        int count = 0;
        foreach (uint seen in _history)
        {
            if (seen == hash) count++;
        }
        _history[random.Next(Remembered)] = hash;
        return count > Remembered / 2;
    }
}
