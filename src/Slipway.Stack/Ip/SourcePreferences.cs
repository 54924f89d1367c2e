namespace Slipway.Stack;

/// <summary>Wishes for the choice of a source address (RFC 5014); none is the order of RFC 6724.</summary>
[Flags]
public enum SourcePreferences
{
    /// <summary>RFC 6724 as it stands.</summary>
    None = 0,

    /// <summary>IPV6_PREFER_SRC_TMP: a temporary address rather than a public one.</summary>
    Temporary = 1,

    /// <summary>IPV6_PREFER_SRC_PUBLIC.</summary>
    Public = 2,
}
