namespace Slipway.Stack;

/// <summary>What the frames of a device look like.</summary>
public enum LinkKind
{
    /// <summary>IP packets without a header, back to the same host.</summary>
    Loopback,

    /// <summary>Frames with an Ethernet header.</summary>
    Ethernet,

    /// <summary>IP packets without a header, to the one peer.</summary>
    PointToPoint,
}
