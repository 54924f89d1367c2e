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

    /// <summary>Times that Linux rounds to its ticks.</summary>
    public static LinuxDifference ExactTimes { get; } = new("times-are-exact", "times are kept to the microsecond, where Linux rounds up to its ticks");

    /// <summary>Windows of a stream that has carried data.</summary>
    public static LinuxDifference StreamWindows { get; } = new("windows-of-streams", "windows grow with the memory of packets, which is counted by other units");

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

    /// <summary>Changes of the loopback interface that hosts do not take.</summary>
    public static LinuxDifference RefusedChanges { get; } = new("changes-of-interfaces-that-are-refused", "an interface of a virtual host takes no such address, and no such MTU");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<LinuxDifference> All { get; } =
    [
        RefusedOptions, OptionsWithoutRow, RefusedMessages,
        ExactTimes, StreamWindows, UnknownToKernel,
        NoSuchSocket, NoPrivilege, Settings, OwnValue, PresentRoute, RefusedChanges,
    ];

    /// <summary>The reason and where more is said.</summary>
    public override string ToString() => $"{Reason} ({Page}#{Entry})";
}
