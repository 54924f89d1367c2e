using Slipway.Wire;

namespace Slipway.Lab;

/// <summary>An address of a host, and where the lab has put it.</summary>
internal sealed class PlannedAddress(IpPrefix prefix)
{
    public IpPrefix Prefix { get; } = prefix;

    public LabInterface? On { get; set; }

    public bool IsPlaced { get; set; }
}
