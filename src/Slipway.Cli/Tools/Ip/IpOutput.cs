using System.Globalization;
using Slipway.Sockets;

namespace Slipway.Cli;

/// <summary>Where ip prints to: as text for people (<see cref="IpText"/>), or as JSON for programs (<see cref="IpJson"/>).</summary>
internal abstract class IpOutput(IpStyle style, IReadOnlyList<RtLink> links)
{
    /// <summary>RTM_F_CLONED: the way to one destination, as the cache of IPv4 has it.</summary>
    protected const uint Cloned = 0x200;

    public IpStyle Style => style;

    public IReadOnlyList<RtLink> Links => links;

    /// <summary>The link of a name.</summary>
    /// <exception cref="ToolException">There is none.</exception>
    public RtLink Find(string name) => links.FirstOrDefault(link => link.Name == name) ?? throw new ToolException(1, $"Device \"{name}\" does not exist.");

    public abstract void Link(RtLink link);

    public abstract void LinkWithAddresses(RtLink link, IReadOnlyList<RtAddress> addresses);

    /// <param name="route">A route.</param>
    /// <param name="shown">What was not asked for, so that it must be told.</param>
    public abstract void Route(RtRoute route, IpRouteFields shown);

    /// <summary>The way to one destination.</summary>
    public abstract void Way(RtRoute route);

    public abstract void Neighbor(RtNeighbor neighbor, bool tellsDevice = true);

    public abstract void Rule(RtRule rule);

    /// <summary>All has been said.</summary>
    public virtual void Finish()
    {
    }

    protected string NameOf(int index) => links.FirstOrDefault(link => link.Index == index)?.Name ?? string.Create(CultureInfo.InvariantCulture, $"if{index}");
}
