using Slipway.Linux;

namespace Slipway.Conformance;

/// <summary>The assembly as a program: it plays one scenario on the kernel in a process of its own.</summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        if (IsolatedProcess.TryRunRole(args, KernelRunner.PlayRole, out int exitCode)) return exitCode;
        Console.Error.WriteLine("This program is a part of `slipway conform`, which starts it where a scenario needs a process of its own.");
        return 2;
    }
}
