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

    /// <summary>TCP fast open.</summary>
    public static LinuxDifference FastOpen { get; } = new("tcp-fast-open", "fast open is refused");

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

    /// <summary>Times of arrival of a stream's bytes.</summary>
    public static LinuxDifference StreamStamps { get; } = new("time-stamps-of-streams", "streams do not tell when their bytes arrived");

    /// <summary>The reason and where more is said.</summary>
    public override string ToString() => $"{Reason} ({Page}#{Entry})";
}
