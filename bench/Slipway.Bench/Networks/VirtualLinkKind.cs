namespace Slipway.Bench;

/// <summary>How two virtual hosts are joined.</summary>
internal enum VirtualLinkKind
{
    /// <summary>A plain link: it takes packets that stand for many segments, without checksums.</summary>
    Plain,

    /// <summary>A link that wants each packet as it would stand on a wire of MTU 1500, with its checksums.</summary>
    RealPackets,
}
