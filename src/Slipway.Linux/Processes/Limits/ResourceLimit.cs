namespace Slipway.Linux;

/// <summary>A limit of a process (getrlimit(2)).</summary>
/// <param name="Soft">What the kernel enforces.</param>
/// <param name="Hard">How far the process may raise the soft limit. It may lower this, and raise it only with CAP_SYS_RESOURCE.</param>
public readonly record struct ResourceLimit(ulong Soft, ulong Hard)
{
    /// <summary>RLIM_INFINITY.</summary>
    public const ulong Unlimited = ulong.MaxValue;

    /// <summary>Both limits the same.</summary>
    /// <param name="both">The value.</param>
    public ResourceLimit(ulong both) : this(both, both)
    {
    }
}
