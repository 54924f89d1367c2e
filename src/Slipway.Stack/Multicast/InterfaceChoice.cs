using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>How a call names the interface of a group: by index, by an address of it (IPv4), or not at all, which leaves it to the routes.</summary>
/// <param name="Index">The index; 0 for none.</param>
internal readonly record struct InterfaceChoice(int Index)
{
    /// <summary>An address of the interface; unspecified for none.</summary>
    public IpAddress Address { get; init; } = IpAddress.AnyIPv4;

    /// <summary>The interface; null if there is none such, or no route to the group.</summary>
    public NetworkInterface? Find(StackHost host, IpAddress group)
    {
        if (Index != 0) return host.Interfaces.Find(Index);
        if (!Address.IsUnspecified)
        {
            if (host.Interfaces.FindAddress(Address) is { } local) return local.Interface;
            return host.Routes.Find(Address) is { Kind: RouteKind.Local } route ? route.Interface : null;
        }
        if (group.IsIPv4) return host.Ip.Route(new FlowKey(group), out RouteDecision decision) == Errno.None ? decision.Interface : null;
        return host.Routes.Find(group)?.Interface;
    }
}
