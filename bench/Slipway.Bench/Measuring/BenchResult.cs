namespace Slipway.Bench;

/// <summary>One row: what was measured on the stack and, in the same run, on the kernel.</summary>
/// <param name="Name">The row's name, such as <c>udp.rate64</c>.</param>
/// <param name="Unit">What is counted. More is better, but for bytes of memory.</param>
/// <param name="Slipway">The median on the stack; null where only the kernel was to be measured.</param>
/// <param name="Kernel">The median on the kernel; null where the kernel has nothing to compare with, or this machine does not let it be measured.</param>
/// <param name="AllocatedPerOperation">Bytes of managed memory that one operation on the stack allocated (on the kernel, where only it was measured).</param>
public sealed record BenchResult(string Name, string Unit, double? Slipway, double? Kernel, double AllocatedPerOperation)
{
    /// <summary>How many times as much the stack does, or needs.</summary>
    public double? Ratio => Slipway / Kernel;
}
