using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>What a <see cref="LinuxProcess"/> shows its program, where that differs from this operating-system process's own.</summary>
public sealed record LinuxProcessOptions
{
    /// <summary>The system calls; a host in a network namespace gives its own.</summary>
    public LinuxSystem Sockets { get; init; } = LinuxSystem.Current;

    /// <summary>The files that look-ups read.</summary>
    public HostFiles Files { get; init; } = LinuxFiles.Instance;

    /// <summary>The host's name; null for the machine's.</summary>
    public string? HostName { get; init; }

    /// <summary>argv[0]; null for this program's.</summary>
    public string? ProgramName { get; init; }

    /// <summary>The arguments.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Standard output; null for the console's.</summary>
    public TextWriter? Out { get; init; }

    /// <summary>Standard error; null for the console's.</summary>
    public TextWriter? Error { get; init; }

    /// <summary>
    /// Whether SIGINT and SIGTERM, as long as no handler is set for them, cancel <see cref="HostProcess.Stopping"/> instead of ending the process. For a program that
    /// has the operating-system process to itself.
    /// </summary>
    public bool StopsOnSignals { get; init; }
}
