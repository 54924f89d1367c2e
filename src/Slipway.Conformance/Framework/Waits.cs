namespace Slipway.Conformance;

/// <summary>Reasons that many scenarios share, each in one place.</summary>
public static class Waits
{
    /// <summary>The row states milliseconds: only a simulated clock gives them exactly, and the kernel was measured once, over a wire of its own.</summary>
    public const string ExactTimes = "exact times need a simulated clock";
}
