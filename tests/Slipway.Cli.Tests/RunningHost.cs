using System.Diagnostics;
using Slipway.Linux;
using Slipway.Sockets;

namespace Slipway.Cli.Tests;

/// <summary><c>slipway up</c> in a process of its own, in a network namespace of its own.</summary>
internal sealed class RunningHost : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly Task<string> _error;

    private RunningHost(NetworkNamespace space, Process process)
    {
        Namespace = space;
        _process = process;
        _error = process.StandardError.ReadToEndAsync();
    }

    /// <summary>The namespace of the kernel's end.</summary>
    public NetworkNamespace Namespace { get; }

    /// <summary>The line that told that packets flow.</summary>
    public string ReadyLine { get; private set; } = "";

    /// <summary>What it has written to standard error; known when it has ended.</summary>
    public string Error => _error.GetAwaiter().GetResult();

    /// <summary>Starts it and waits until packets flow.</summary>
    public static RunningHost Start(params string[] words)
    {
        RunningHost host = Launch(NetworkNamespace.Create(), words);
        host.ReadyLine = host._process.StandardOutput.ReadLineAsync().WaitAsync(Limit).GetAwaiter().GetResult() ?? throw new InvalidOperationException($"no ready line: {host.Error}");
        return host;
    }

    /// <summary>Starts it where it will not come far, and waits for its end.</summary>
    /// <returns>The exit code and what it wrote to standard error.</returns>
    public static (int ExitCode, string Error) Fail(NetworkNamespace space, params string[] words)
    {
        using RunningHost host = Launch(space, words);
        return (host.WaitForExit(), host.Error);
    }

    /// <summary>Asks it to end.</summary>
    /// <returns>The exit code.</returns>
    public int Stop(Signal signal)
    {
        LinuxSignals.Instance.Send(_process.Id, signal).ShouldBe(Errno.None);
        return WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
        Namespace.Dispose();
    }

    private int WaitForExit()
    {
        if (!_process.WaitForExit(Limit)) throw new TimeoutException("slipway up did not end");
        return _process.ExitCode;
    }

    // A child is in the namespace of the thread that starts it.
    private static RunningHost Launch(NetworkNamespace space, string[] words)
    {
        Process? process = null;
        string program = Path.Combine(AppContext.BaseDirectory, "slipway.dll");
        space.Run(() => process = Process.Start(new ProcessStartInfo("dotnet", ["exec", program, "up", .. words]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true }));
        return new RunningHost(space, process!);
    }
}
