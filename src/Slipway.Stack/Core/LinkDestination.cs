namespace Slipway.Stack;

/// <summary>For whom a frame was, as its link-layer address says (the kernel's packet type; packet(7)).</summary>
public enum LinkDestination
{
    /// <summary>For this host; always so where the link has no addresses.</summary>
    Host,

    /// <summary>For all on the link.</summary>
    Broadcast,

    /// <summary>For a group on the link.</summary>
    Multicast,

    /// <summary>For somebody else: only seen by a device that takes all.</summary>
    Other,
}
