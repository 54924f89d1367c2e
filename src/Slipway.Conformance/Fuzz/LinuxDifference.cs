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

    /// <summary>The reason and where more is said.</summary>
    public override string ToString() => $"{Reason} ({Page}#{Entry})";
}
