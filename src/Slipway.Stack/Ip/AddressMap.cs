using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>
/// A small hash table from addresses to objects, with open addressing and a keyed hash, so that who chooses the addresses cannot choose the
/// collisions. A lookup costs a few nanoseconds.
/// </summary>
internal sealed class AddressMap<T>(ulong key) where T : class
{
    private const int SmallestSize = 8;

    private Entry[] _entries = new Entry[SmallestSize];

    public int Count { get; private set; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryGet(IpAddress address, [NotNullWhen(true)] out T? value)
    {
        Entry[] entries = _entries;
        int mask = entries.Length - 1;
        for (int i = Hash(address) & mask; ; i = (i + 1) & mask)
        {
            ref Entry entry = ref entries[i];
            value = entry.Value;
            if (value is null) return false;
            if (entry.Key == address) return true;
        }
    }

    public void Set(IpAddress address, T value)
    {
        if ((Count + 1) * 2 > _entries.Length) Resize(_entries.Length * 2);
        int mask = _entries.Length - 1;
        for (int i = Hash(address) & mask; ; i = (i + 1) & mask)
        {
            ref Entry entry = ref _entries[i];
            if (entry.Value is null) Count++;
            else if (entry.Key != address) continue;
            entry = new Entry { Key = address, Value = value };
            return;
        }
    }

    public bool Remove(IpAddress address)
    {
        int mask = _entries.Length - 1;
        int hole = Hash(address) & mask;
        for (; ; hole = (hole + 1) & mask)
        {
            if (_entries[hole].Value is null) return false;
            if (_entries[hole].Key == address) break;
        }
        // What stands behind the hole and may not stay where it is moves up, so no search is cut short.
        for (int i = (hole + 1) & mask; _entries[i].Value is not null; i = (i + 1) & mask)
        {
            int home = Hash(_entries[i].Key) & mask;
            if (((i - home) & mask) < ((i - hole) & mask)) continue;
            _entries[hole] = _entries[i];
            hole = i;
        }
        _entries[hole] = default;
        Count--;
        return true;
    }

    public void Clear()
    {
        _entries = new Entry[SmallestSize];
        Count = 0;
    }

    /// <summary>Copies the values out, in no particular order.</summary>
    public void CopyTo(List<T> list)
    {
        foreach (Entry entry in _entries)
        {
            if (entry.Value is { } value) list.Add(value);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Hash(IpAddress address)
    {
        ulong mixed = (address.High ^ key) * 0x9E37_79B9_7F4A_7C15 ^ BitOperations.RotateLeft((address.Low ^ key) * 0xD6E8_FEB8_6659_FD93, 31);
        return (int)((mixed ^ key) * 0xFF51_AFD7_ED55_8CCD >> 33);
    }

    private void Resize(int size)
    {
        Entry[] old = _entries;
        _entries = new Entry[size];
        Count = 0;
        foreach (Entry entry in old)
        {
            if (entry.Value is { } value) Set(entry.Key, value);
        }
    }

    private struct Entry
    {
        public IpAddress Key;
        public T? Value;
    }
}
