using Slipway.Stack;

namespace Slipway.Lab;

/// <summary>Which packets a capture holds.</summary>
internal readonly record struct CaptureScope(LabLink? Link, Host? Host)
{
    public bool Holds(LabInterface end, PacketDirection direction)
    {
        if (Host is not null) return end.Node == Host;
        if (Link is not null && end.Link != Link) return false;
        return direction == PacketDirection.Outbound || end.IsOutside;
    }
}
