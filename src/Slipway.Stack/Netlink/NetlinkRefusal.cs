using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>How a request ended: an errno, and what an extended acknowledgement says of it (NETLINK_EXT_ACK).</summary>
/// <param name="Error">The errno; none for success.</param>
/// <param name="Message">What went wrong, in words; null to say nothing.</param>
internal readonly record struct NetlinkRefusal(Errno Error, string? Message = null)
{
    public static implicit operator NetlinkRefusal(Errno error) => new(error);
}
