using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>
/// Runs a piece of a program in a process of its own that has every signal blocked from its first instruction, so that <see cref="LinuxSignals"/> can take them, and whose
/// signals, limits, ids and end are nobody else's.
/// </summary>
/// <remarks>
/// The process is the same assembly started again with a signal mask, which every thread of the runtime inherits. Its Main calls <see cref="TryRunRole"/> first.
/// </remarks>
public static class IsolatedProcess
{
    private const string RoleArgument = "--isolated-role";

    // Where the child finds the file for its result; 0 to 2 are the standard streams.
    private const int ResultDescriptor = 3;

    /// <summary>The first thing that Main does: plays a role if the process was started for one.</summary>
    /// <param name="args">Main's arguments.</param>
    /// <param name="play">From the role's text to the text of its result.</param>
    /// <param name="exitCode">What Main returns then: 0, or 1 if the role threw.</param>
    /// <returns>Whether there was a role.</returns>
    public static bool TryRunRole(string[] args, Func<string, string> play, out int exitCode)
    {
        ArgumentNullException.ThrowIfNull(args);
        ArgumentNullException.ThrowIfNull(play);
        exitCode = 0;
        if (args is not [RoleArgument, var role]) return false;
        LinuxSignals.Start();
        try
        {
            WriteResult(play(role));
        }
        catch (Exception exception)
        {
            Console.Error.WriteLine(exception);
            exitCode = 1;
        }
        return true;
    }

    /// <summary>Starts an assembly in a process of its own, with a role, and waits for its end.</summary>
    /// <param name="assemblyPath">An assembly whose Main calls <see cref="TryRunRole"/>.</param>
    /// <param name="role">The text that it gets.</param>
    /// <param name="limit">After this time the process is killed (SIGKILL); null waits for ever.</param>
    /// <param name="blocked">Signals that are blocked as well: SIGCHLD, if the role wants to take it from the queue.</param>
    /// <exception cref="LinuxCallException">The process cannot be started, as <see cref="ProcessCommand.Start"/> says.</exception>
    public static IsolatedResult Run(string assemblyPath, string role, TimeSpan? limit = null, params IReadOnlyCollection<Signal> blocked)
    {
        ArgumentNullException.ThrowIfNull(assemblyPath);
        ArgumentNullException.ThrowIfNull(role);
        ArgumentNullException.ThrowIfNull(blocked);
        using var result = new MemoryFile("result");
        using var output = new MemoryFile("output");
        var command = new ProcessCommand(HostPath(), "exec", assemblyPath, RoleArgument, role)
        {
            BlockedSignals = [.. SignalMask.Taken.ToList(), .. blocked],
            DefaultSignals = SignalMask.Taken.ToList(),
            Descriptors =
            [
                ChildDescriptor.Inherit(0), ChildDescriptor.Copy(output.Descriptor, 1), ChildDescriptor.Copy(output.Descriptor, 2),
                ChildDescriptor.Copy(result.Descriptor, ResultDescriptor),
            ],
        };
        using SpawnedProcess child = command.Start();
        bool timedOut = limit is { } time && !child.WaitForExitAsync().AsTask().Wait(time);
        if (timedOut) child.Kill(Signal.SIGKILL);
        int status = child.WaitForExit().Raw;
        return new IsolatedResult(status, timedOut, result.ReadText(), output.ReadText());
    }

    /// <summary>The dotnet program that belongs to the runtime we run on: <c>root/shared/Microsoft.NETCore.App/version/</c> is the runtime's directory.</summary>
    internal static string HostPath()
    {
        string runtime = System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory();
        string host = Path.GetFullPath(Path.Combine(runtime, "../../../dotnet"));
        return File.Exists(host) ? host : throw new FileNotFoundException($"the dotnet program is not beside its runtime: {host}");
    }

    private static void WriteResult(string text)
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(text);
        for (int written = 0; written < bytes.Length;)
        {
            CallResult result = LinuxSystem.Current.Write(ResultDescriptor, bytes.AsSpan(written));
            if (!result.Succeeded) throw new SocketCallException(result.Error, "write of a role's result");
            written += result.Value;
        }
    }
}
