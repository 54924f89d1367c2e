using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>The multicast groups of a socket.</summary>
internal abstract partial class InetSocket
{
    /// <summary>The groups that it has joined; made with the first of them.</summary>
    public SocketMemberships Memberships => Uncommon.Memberships ??= new SocketMemberships(this);

    /// <summary>
    /// Whether the socket takes a packet to a group (Linux ip_mc_sf_allow, inet6_mc_check): what its own membership says, and without one what IP_MULTICAST_ALL says, as somebody
    /// on this host has joined. Any packet to other addresses.
    /// </summary>
    public bool TakesGroup(IpAddress group, IpAddress source, int interfaceIndex)
    {
        if (!group.IsMulticast) return true;
        bool? joined = UncommonIfAny?.Memberships?.Allows(group, source, interfaceIndex);
        return joined ?? Has(group.IsIPv4 ? SocketFlags.MulticastAll : SocketFlags.MulticastAll6);
    }

    /// <inheritdoc/>
    protected override void OnClosed()
    {
        if (UncommonIfAny is not { } uncommon) return;
        uncommon.Memberships?.LeaveAll();
        if (uncommon.Anycasts is { } joined) LeaveAnycasts(joined);
        if (uncommon.FlowLabelLeases is { } held) Host.FlowLabels.Leases.ReleaseAll(held);
    }
}
