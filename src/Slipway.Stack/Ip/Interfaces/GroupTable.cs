using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>
/// The multicast groups that an interface listens to: those that every host is in, and those that were joined, counted. Announcing them to routers (IGMP, MLD)
/// is not this table's work.
/// </summary>
public sealed class GroupTable
{
    private static readonly IpAddress AllHosts = IpAddress.FromIPv4(224, 0, 0, 1);
    private static readonly IpAddress AllNodesInterface = new(0xFF01_0000_0000_0000, 1);
    private static readonly IpAddress AllNodesLink = new(0xFF02_0000_0000_0000, 1);
    private const ulong SolicitedNodeHigh = 0xFF02_0000_0000_0000, SolicitedNodeLow = 0x0000_0001_FF00_0000;

    private readonly NetworkInterface _owner;
    private readonly Dictionary<IpAddress, int> _joined = [];

    internal GroupTable(NetworkInterface owner) => _owner = owner;

    /// <summary>Whether packets to the group are taken from this interface.</summary>
    public bool Contains(IpAddress group)
    {
        if (group.IsIPv4) return group == AllHosts || _joined.ContainsKey(group);
        if (group == AllNodesLink || group == AllNodesInterface) return true;
        if (group.High == SolicitedNodeHigh && group.Low >> 24 == SolicitedNodeLow >> 24) return IsSolicitedNode(group) || _joined.ContainsKey(group);
        return IsAllRouters(group) ? _owner.Settings.IPv6.Forwarding.IsOn || _joined.ContainsKey(group) : _joined.ContainsKey(group);
    }

    /// <summary>Joins a group; each join wants a <see cref="Leave"/>.</summary>
    public void Join(IpAddress group) => _joined[group] = _joined.GetValueOrDefault(group) + 1;

    /// <summary>Takes one join back.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Leave(IpAddress group)
    {
        if (!_joined.TryGetValue(group, out int count)) return false;
        if (count == 1) _joined.Remove(group);
        else _joined[group] = count - 1;
        return true;
    }

    /// <summary>The solicited-node group of an IPv6 address (RFC 4291 §2.7.1).</summary>
    public static IpAddress SolicitedNodeOf(IpAddress address) => new(SolicitedNodeHigh, SolicitedNodeLow | address.Low & 0xFF_FFFF);

    private bool IsSolicitedNode(IpAddress group)
    {
        foreach (LocalAddress local in _owner.Addresses)
        {
            if (local.Address.IsIPv6 && SolicitedNodeOf(local.Address) == group) return true;
        }
        return false;
    }

    /// <summary>ff01::2, ff02::2 and ff05::2 (RFC 4291 §2.7.1).</summary>
    private static bool IsAllRouters(IpAddress group) => group is { Low: 2, High: 0xFF01_0000_0000_0000 or 0xFF02_0000_0000_0000 or 0xFF05_0000_0000_0000 };
}
