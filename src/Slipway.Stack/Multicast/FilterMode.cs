namespace Slipway.Stack;

/// <summary>Which sources of a group are heard (RFC 3376 §2). The numbers are those of the calls: MCAST_EXCLUDE and MCAST_INCLUDE.</summary>
internal enum FilterMode
{
    /// <summary>All but those in the list.</summary>
    Exclude = 0,

    /// <summary>Those in the list alone.</summary>
    Include = 1,
}
