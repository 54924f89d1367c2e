using System.Globalization;
using Slipway.Wire;

namespace Slipway.Lab;

/// <summary>A route that the user has asked for.</summary>
internal sealed class PlannedRoute(IpPrefix destination, IpAddress gateway, string? interfaceName, int? metric)
{
    public IpPrefix Destination { get; } = destination;

    public IpAddress Gateway { get; } = gateway;

    public string? InterfaceName { get; } = interfaceName;

    public int? Metric { get; } = metric;

    public bool IsApplied { get; set; }

    public override string ToString()
    {
        string via = Gateway.IsUnspecified ? "" : $" via {Gateway}";
        string dev = InterfaceName is null ? "" : $" dev {InterfaceName}";
        return string.Create(CultureInfo.InvariantCulture, $"{Destination}{via}{dev}");
    }
}
