using Slipway.Sockets;
using Slipway.Stack;
using Slipway.Wire;

namespace Slipway.Lab;

/// <content>Putting addresses on interfaces and routes into tables.</content>
public sealed partial class VirtualNetwork
{
    private readonly List<PortDevice> _ports = [];
    private bool _settled;

    /// <summary>Whether addresses have been placed once.</summary>
    internal bool WasSettled { get; private set; }

    /// <summary>
    /// Puts the addresses of the hosts on their interfaces and makes the routes. The Run methods do it first; call it to look at a host's interfaces before.
    /// </summary>
    /// <exception cref="InvalidOperationException">An address fits on several interfaces, or the stack refuses an address or a route.</exception>
    public void Settle()
    {
        if (_settled) return;
        using (Loop.Enter())
        {
            var segments = new SegmentMap(_links);
            foreach (Host host in Hosts) Place(host, segments);
            foreach (Host host in Hosts) host.ApplyAddresses();
            foreach (Host host in Hosts) AddPeerRoutes(host);
            foreach (Host host in Hosts) host.ApplyRoutes();
            if (_options.AutomaticRoutes) new RoutePlanner(this, segments).Apply();
        }
        _settled = WasSettled = true;
    }

    internal void SettleAgain()
    {
        _settled = false;
        Settle();
    }

    private void DisposeParts()
    {
        foreach (PortDevice port in _ports) port.Dispose();
        Capture.Dispose();
    }

    private void Place(Host host, SegmentMap segments)
    {
        List<LabInterface> interfaces = [.. host.Interfaces];
        if (interfaces.Count == 0 && host.Addresses.Count > 0) interfaces.Add(AddUnconnected(host));
        // Each network to the one link where others have it; what is left over, network by network, to the interfaces that have nothing of its family yet.
        foreach (PlannedAddress planned in host.Addresses)
            planned.On ??= interfaces.Count == 1 ? interfaces[0] : OnlyLinkOf(planned.Prefix, host, interfaces, segments);
        foreach (PlannedAddress planned in host.Addresses)
            planned.On ??= SameNetwork(planned.Prefix, host) ?? FirstFree(planned.Prefix, host, interfaces);
    }

    private LabInterface? OnlyLinkOf(IpPrefix prefix, Host host, List<LabInterface> interfaces, SegmentMap segments)
    {
        LabInterface? found = null;
        foreach (LabInterface candidate in interfaces)
        {
            if (!segments.HasNeighbor(candidate, host, prefix)) continue;
            if (found is not null) throw new InvalidOperationException($"The address {prefix} of '{host.Name}' fits on {found.Name} and on {candidate.Name}: say which with {nameof(Host.On)}.");
            found = candidate;
        }
        return found;
    }

    private static LabInterface? SameNetwork(IpPrefix prefix, Host host)
        => host.Addresses.Find(other => other.On is not null && other.Prefix.Network == prefix.Network)?.On;

    private static LabInterface FirstFree(IpPrefix prefix, Host host, List<LabInterface> interfaces)
        => interfaces.Find(candidate => !host.Addresses.Exists(other => other.On == candidate && other.Prefix.Address.IsIPv4 == prefix.Address.IsIPv4)) ?? interfaces[0];

    /// <summary>On a link of two, without a network of its own, each end is reached by name alone.</summary>
    private static void AddPeerRoutes(Host host)
    {
        foreach (LabInterface own in host.Interfaces)
        {
            if (own.Device.Kind != LinkKind.PointToPoint || own.Link?.Other(own) is not { } peer) continue;
            foreach (IpPrefix prefix in peer.Prefixes)
            {
                if (own.Prefixes.Exists(mine => mine.Contains(prefix.Address))) continue;
                host.Stack.Routes.Add(new IpPrefix(prefix.Address, prefix.Address.Length * 8), default, own.Interface);
            }
        }
    }
}
