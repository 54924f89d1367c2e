using System.Diagnostics;

namespace Slipway.Bench;

/// <summary>The same by .NET's own class.</summary>
internal sealed class DotnetSpawns : IWorkload
{
    private readonly ProcessStartInfo _start = new("/bin/true") { UseShellExecute = false };

    public DotnetSpawns() => _start.Environment.Clear();

    public void Run(int operations)
    {
        for (int i = 0; i < operations; i++)
        {
            using Process process = Process.Start(_start)!;
            process.WaitForExit();
            if (process.ExitCode != 0) throw new InvalidOperationException($"/bin/true exited {process.ExitCode}");
        }
    }

    public void Dispose()
    {
    }
}
