namespace Slipway.Bench;

/// <summary>One row: what was measured on the stack and, in the same run, on the kernel.</summary>
/// <param name="Name">The row's name, such as <c>udp.rate64</c>.</param>
/// <param name="Unit">What is counted; more is better.</param>
/// <param name="Slipway">The median on the stack.</param>
/// <param name="Kernel">The median on the kernel; null where the kernel has nothing to compare with, or this machine does not let it be measured.</param>
/// <param name="AllocatedPerOperation">Bytes of managed memory that one operation on the stack allocated.</param>
public sealed record BenchResult(string Name, string Unit, double Slipway, double? Kernel, double AllocatedPerOperation)
{
    /// <summary>How many times more the stack does.</summary>
    public double? Ratio => Kernel is { } kernel ? Slipway / kernel : null;
}
