using System.Diagnostics;
using System.Reflection;

namespace Slipway.Linux.Tests;

/// <summary>Another process that plays a role of <see cref="PeerRoles"/> and is spoken to line by line through pipes: no step is taken by waiting for a time.</summary>
internal sealed class Peer : IDisposable
{
    private const string Argument = "--ipc-peer";

    private readonly Process _process;

    private Peer(Process process) => _process = process;

    public int Id => _process.Id;

    /// <summary>Starts the role, which gets the arguments, reads what <see cref="Tell"/> writes and writes what <see cref="Hear"/> reads. Descriptors without FD_CLOEXEC are inherited.</summary>
    public static Peer Start(Action<string[], TextReader, TextWriter> role, params string[] arguments)
    {
        string runtime = System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory();
        string host = Path.GetFullPath(Path.Combine(runtime, "../../../dotnet"));
        var start = new ProcessStartInfo(host, ["exec", typeof(Peer).Assembly.Location, Argument, role.Method.Name, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        return new Peer(Process.Start(start)!);
    }

    /// <summary>The other side: plays the role if the process was started for one.</summary>
    public static bool TryPlay(string[] args)
    {
        if (args is not [Argument, var name, .. var rest]) return false;
        var role = typeof(PeerRoles).GetMethod(name, BindingFlags.Static | BindingFlags.Public)!.CreateDelegate<Action<string[], TextReader, TextWriter>>();
        role(rest, Console.In, Console.Out);
        return true;
    }

    public void Tell(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
    }

    public string Hear() => _process.StandardOutput.ReadLine() ?? "(ended)";

    public string Ask(string line)
    {
        Tell(line);
        return Hear();
    }

    /// <summary>SIGKILL, and waits for the end.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>Closes its input, which is every role's sign to end, and waits for that.</summary>
    public void End()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited) Kill();
        _process.Dispose();
    }
}
