using Slipway.Linux;

namespace Slipway.Bench;

/// <summary>Starts a program that does nothing and waits for its end.</summary>
internal sealed class Spawns : IWorkload
{
    private static readonly ProcessCommand s_command = new("/bin/true") { Environment = new Dictionary<string, string>() };

    public void Run(int operations)
    {
        for (int i = 0; i < operations; i++)
            if (s_command.Run() is { ExitCode: not 0 } status) throw new InvalidOperationException($"/bin/true {status}");
    }

    public void Dispose()
    {
    }
}
