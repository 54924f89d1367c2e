namespace Slipway.Sockets;

/// <summary>Attributes of a rule (linux/fib_rules.h).</summary>
public static class RuleAttribute
{
    /// <summary>The order: the least first.</summary>
    public const ushort FRA_PRIORITY = 6;

    /// <summary>Prefixes to pass over, up to this length; all bits set for none.</summary>
    public const ushort FRA_SUPPRESS_PREFIXLEN = 14;

    /// <summary>The table to look into.</summary>
    public const ushort FRA_TABLE = 15;

    /// <summary>Who made it.</summary>
    public const ushort FRA_PROTOCOL = 21;
}
