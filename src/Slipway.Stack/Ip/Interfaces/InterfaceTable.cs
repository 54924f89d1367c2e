using System.Collections;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>The interfaces of a host in the order of their indices, and the index of all their addresses. All by the owner of the loop.</summary>
public sealed class InterfaceTable : IReadOnlyList<NetworkInterface>
{
    private readonly List<NetworkInterface> _list = [];
    private readonly AddressMap<LocalAddress> _addresses;
    private NetworkInterface?[] _byIndex = new NetworkInterface?[4];
    private int _lastIndex;

    internal InterfaceTable(ulong hashKey) => _addresses = new AddressMap<LocalAddress>(hashKey);

    /// <inheritdoc/>
    public int Count => _list.Count;

    /// <summary>The interface at a position in the list; for its index use <see cref="Find(int)"/>.</summary>
    public NetworkInterface this[int position] => _list[position];

    /// <summary>The interface of an index (if_indextoname).</summary>
    public NetworkInterface? Find(int index) => (uint)index < (uint)_byIndex.Length ? _byIndex[index] : null;

    /// <summary>The interface of a name (if_nametoindex).</summary>
    public NetworkInterface? Find(string name)
    {
        foreach (NetworkInterface candidate in _list)
        {
            if (candidate.Name == name) return candidate;
        }
        return null;
    }

    /// <summary>The address of this host that equals <paramref name="address"/>, whichever interface has it; null if there is none.</summary>
    public LocalAddress? FindAddress(IpAddress address) => _addresses.TryGet(address, out LocalAddress? local) ? local : null;

    /// <summary>Whether packets to the address are for this host: one of its own, or any of 127.0.0.0/8, or covered by a local route.</summary>
    public bool IsLocal(IpAddress address)
        => _addresses.TryGet(address, out LocalAddress? local) ? !local.IsTentative : _list[0].Host.Routes.Find(address) is { Kind: RouteKind.Local };

    /// <summary>Whether the address is an anycast one of this host (RFC 4291 §2.6).</summary>
    public bool IsAnycast(IpAddress address)
        => AnycastCount > 0 && address.IsIPv6 && !_addresses.TryGet(address, out _) && _list[0].Host.Routes.Find(address) is { IsAnycast: true };

    /// <summary>Anycast addresses of all interfaces.</summary>
    internal int AnycastCount { get; set; }

    /// <inheritdoc/>
    public IEnumerator<NetworkInterface> GetEnumerator() => _list.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal int NextIndex() => ++_lastIndex;

    internal void Add(NetworkInterface added)
    {
        _list.Add(added);
        if (added.Index >= _byIndex.Length) Array.Resize(ref _byIndex, added.Index * 2);
        _byIndex[added.Index] = added;
    }

    internal void Remove(NetworkInterface removed)
    {
        _list.Remove(removed);
        _byIndex[removed.Index] = null;
    }

    internal void Index(LocalAddress address)
    {
        if (!_addresses.TryGet(address.Address, out _)) _addresses.Set(address.Address, address);
    }

    internal void Unindex(LocalAddress address)
    {
        if (!_addresses.TryGet(address.Address, out LocalAddress? indexed) || !ReferenceEquals(indexed, address)) return;
        _addresses.Remove(address.Address);
        foreach (NetworkInterface other in _list)
        {
            if (other.FindAddress(address.Address) is not { } same) continue;
            _addresses.Set(address.Address, same);
            return;
        }
    }

    internal bool HasOther(LocalAddress address, Func<LocalAddress, LocalAddress, bool> condition)
    {
        foreach (NetworkInterface candidate in _list)
        {
            foreach (LocalAddress other in candidate.Addresses)
            {
                if (!ReferenceEquals(other, address) && condition(other, address)) return true;
            }
        }
        return false;
    }
}
