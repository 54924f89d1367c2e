namespace Slipway.Conformance;

/// <summary>A difference from Linux that is as it should be: its entry in docs/linux-differences.md, and the reason in one clause.</summary>
/// <param name="Entry">The anchor of its heading there.</param>
/// <param name="Reason">Why, in one clause.</param>
public sealed record LinuxDifference(string Entry, string Reason)
{
    /// <summary>The page that tells of all of them.</summary>
    public const string Page = "docs/linux-differences.md";

    /// <summary>Options of the table that a virtual host does not have.</summary>
    public static LinuxDifference RefusedOptions { get; } = new("options-that-are-refused", "a virtual host refuses it as unknown");

    /// <summary>Options that the table does not name.</summary>
    public static LinuxDifference OptionsWithoutRow { get; } = new("options-that-are-not-in-the-table", "a virtual host knows no option of this number");

    /// <summary>Control messages for what a virtual host does not have.</summary>
    public static LinuxDifference RefusedMessages { get; } = new("control-messages-that-are-refused", "a virtual host refuses the control message");

    /// <summary>What SIOCOUTQ counts.</summary>
    public static LinuxDifference QueuedMemory { get; } = new("memory-of-what-is-queued", "memory of packets is counted by other units, and a datagram that is held back is not counted yet");

    /// <summary>Multicast options of accepted streams.</summary>
    public static LinuxDifference AcceptedMulticast { get; } = new("multicast-options-of-accepted-streams", "an accepted stream does not take over the hop limit and interface of the handshake");

    /// <summary>Times that Linux rounds to its ticks.</summary>
    public static LinuxDifference ExactTimes { get; } = new("times-are-exact", "times are kept to the microsecond, where Linux rounds up to its ticks");

    /// <summary>Windows of a stream that has carried data.</summary>
    public static LinuxDifference StreamWindows { get; } = new("windows-of-streams", "windows grow with the memory of packets, which is counted by other units");

    /// <summary>Connecting raw IPv6 sockets to mapped addresses.</summary>
    public static LinuxDifference MappedRaw { get; } = new("raw-sockets-and-mapped-addresses", "a raw socket of IPv6 has no way to an address of IPv4");

    /// <summary>The length of the list of netlink groups.</summary>
    public static LinuxDifference MembershipRoom { get; } = new("room-for-netlink-groups", "the list of groups is as long as the groups need, not as the kernel has reserved");

    /// <summary>Options that this kernel has not yet.</summary>
    public static LinuxDifference UnknownToKernel { get; } = new("options-that-the-kernel-does-not-know", "this kernel does not know it");

    /// <summary>Sockets that one of the systems does not open.</summary>
    public static LinuxDifference NoSuchSocket { get; } = new("options-of-sockets-that-cannot-be-opened", "one system has no such socket for this process");

    /// <summary>Options that need a privilege.</summary>
    public static LinuxDifference NoPrivilege { get; } = new("options-of-sockets-that-cannot-be-opened", "this process lacks the privilege");

    /// <summary>Defaults that a sysctl decides.</summary>
    public static LinuxDifference Settings { get; } = new("defaults-that-are-settings", "each system has its own setting");

    /// <summary>Values that each system makes for itself.</summary>
    public static LinuxDifference OwnValue { get; } = new("values-of-the-systems-own", "a value of the system's own");

    /// <summary>The path MTU of a connection whose route is gone.</summary>
    public static LinuxDifference PresentRoute { get; } = new("path-mtu-of-a-route-that-is-gone", "the path MTU is that of the present route");

    /// <summary>SO_PEERNAME where there is no peer any more, or not yet.</summary>
    public static LinuxDifference FormerPeer { get; } = new("name-of-a-former-peer", "who is not connected has no peer");

    /// <summary>Where datagrams go after a connect that failed.</summary>
    public static LinuxDifference StrayPeer { get; } = new("datagrams-after-a-connect-that-failed", "a connect that failed leaves the peer as it was");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<LinuxDifference> All { get; } =
    [
        RefusedOptions, OptionsWithoutRow, RefusedMessages, QueuedMemory, AcceptedMulticast,
        ExactTimes, StreamWindows, MappedRaw, MembershipRoom, UnknownToKernel,
        NoSuchSocket, NoPrivilege, Settings, OwnValue, PresentRoute, FormerPeer,
        StrayPeer,
    ];

    /// <summary>The reason and where more is said.</summary>
    public override string ToString() => $"{Reason} ({Page}#{Entry})";
}
