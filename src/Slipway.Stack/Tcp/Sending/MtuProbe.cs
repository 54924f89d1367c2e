namespace Slipway.Stack;

/// <summary>What became of the wish to probe for a greater path MTU (RFC 4821).</summary>
internal enum MtuProbe : byte
{
    /// <summary>There is no reason to, or no way.</summary>
    None,

    /// <summary>Windows must have room first: nothing else goes until then.</summary>
    Waits,
    Sent,
}
