using System.Runtime.InteropServices;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>
/// The multicast filter of a network card: the Ethernet addresses of groups that somebody above wants, counted. As a virtual card of Linux the device takes in all groups unless
/// <see cref="IsOn"/> says that it is one that filters; frames for others are then taken for somebody else's.
/// </summary>
public sealed class LinkGroups
{
    private readonly Dictionary<MacAddress, int> _wanted = [];

    /// <summary>Whether frames to groups that nobody wants are dropped by the card. Off at first, as on veth and tap devices.</summary>
    public bool IsOn { get; set; }

    /// <summary>How many want all groups, whatever the list says (IFF_ALLMULTI): queriers, packet sockets.</summary>
    public int AllWanted { get; set; }

    /// <summary>The addresses in the list.</summary>
    public IReadOnlyCollection<MacAddress> Wanted => _wanted.Keys;

    /// <summary>Whether frames to the group pass.</summary>
    public bool Hears(MacAddress group) => !IsOn || AllWanted > 0 || _wanted.ContainsKey(group);

    /// <summary>Somebody wants a group; each call wants a <see cref="Remove"/>.</summary>
    public void Add(MacAddress group) => CollectionsMarshal.GetValueRefOrAddDefault(_wanted, group, out _)++;

    /// <summary>Somebody wants it no more.</summary>
    public void Remove(MacAddress group)
    {
        if (!_wanted.TryGetValue(group, out int count)) return;
        if (count == 1) _wanted.Remove(group);
        else _wanted[group] = count - 1;
    }
}
