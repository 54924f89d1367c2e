namespace Slipway.Stack;

/// <summary>What a filter wants done with a packet.</summary>
public enum FaultVerdict
{
    /// <summary>It goes on, as the filter left it.</summary>
    Pass,

    /// <summary>It is lost.</summary>
    Drop,

    /// <summary>It goes on twice.</summary>
    Duplicate,
}
