using System.Numerics;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>
/// A key of SipHash-2-4 (Aumasson and Bernstein, 2012), the keyed hash that sequence numbers, ports and cookies come from: an observer of many outputs learns
/// nothing of the key. Messages are 64-bit words.
/// </summary>
internal readonly record struct SipKey(ulong K0, ulong K1)
{
    /// <summary>A fresh key.</summary>
    public static SipKey From(RandomSource random) => new(random.NextUInt64(), random.NextUInt64());

    /// <summary>The hash of two words.</summary>
    public ulong Hash(ulong a, ulong b)
    {
        var state = new State(this);
        state.Add(a);
        state.Add(b);
        return state.Finish(16);
    }

    /// <summary>The hash of a pair of addresses and a word: for IPv4 of two words, for IPv6 of five. The number of words is hashed too, so the two never meet.</summary>
    public ulong Hash(IpAddress local, IpAddress remote, ulong word)
    {
        if (local.IsIPv4 && remote.IsIPv4) return Hash((ulong)local.IPv4 << 32 | remote.IPv4, word);
        var state = new State(this);
        state.Add(local.High);
        state.Add(local.Low);
        state.Add(remote.High);
        state.Add(remote.Low);
        state.Add(word);
        return state.Finish(40);
    }

    /// <summary>The hash of words.</summary>
    public ulong Hash(ReadOnlySpan<ulong> words)
    {
        var state = new State(this);
        foreach (ulong word in words) state.Add(word);
        return state.Finish(words.Length * 8);
    }

    private struct State(SipKey key)
    {
        private ulong _v0 = key.K0 ^ 0x736F_6D65_7073_6575;
        private ulong _v1 = key.K1 ^ 0x646F_7261_6E64_6F6D;
        private ulong _v2 = key.K0 ^ 0x6C79_6765_6E65_7261;
        private ulong _v3 = key.K1 ^ 0x7465_6462_7974_6573;

        public void Add(ulong word)
        {
            _v3 ^= word;
            Round();
            Round();
            _v0 ^= word;
        }

        public ulong Finish(int bytes)
        {
            Add((ulong)bytes << 56);
            _v2 ^= 0xFF;
            for (int i = 0; i < 4; i++) Round();
            return _v0 ^ _v1 ^ _v2 ^ _v3;
        }

        private void Round()
        {
            _v0 += _v1;
            _v2 += _v3;
            _v1 = BitOperations.RotateLeft(_v1, 13) ^ _v0;
            _v3 = BitOperations.RotateLeft(_v3, 16) ^ _v2;
            _v0 = BitOperations.RotateLeft(_v0, 32);
            _v2 += _v1;
            _v0 += _v3;
            _v1 = BitOperations.RotateLeft(_v1, 17) ^ _v2;
            _v3 = BitOperations.RotateLeft(_v3, 21) ^ _v0;
            _v2 = BitOperations.RotateLeft(_v2, 32);
        }
    }
}
