namespace Slipway.Sockets;

/// <summary>A request that the other side refused (NLMSG_ERROR), with what it said of it (NETLINK_EXT_ACK).</summary>
public sealed class NetlinkException : SocketCallException
{
    /// <summary>A refusal.</summary>
    /// <param name="errno">The errno.</param>
    /// <param name="request">What was asked for, as in <c>RTM_NEWADDR</c>.</param>
    /// <param name="explanation">What the answer said; null for nothing.</param>
    public NetlinkException(Errno errno, string request, string? explanation) : base(errno, explanation is null ? request : $"{request} ({explanation})") => Explanation = explanation;

    /// <summary>NLMSGERR_ATTR_MSG: what went wrong, in words; null where nothing was said.</summary>
    public string? Explanation { get; }
}
