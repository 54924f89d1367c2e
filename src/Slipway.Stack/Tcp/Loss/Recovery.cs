namespace Slipway.Stack;

/// <summary>What an acknowledgment asks to be sent beside what it lets go.</summary>
internal enum Recovery : byte
{
    None,

    /// <summary>What is marked lost.</summary>
    Lost,

    /// <summary>New data: whether the timeout was needless will show by their acknowledgments (RFC 5682).</summary>
    New,
}
