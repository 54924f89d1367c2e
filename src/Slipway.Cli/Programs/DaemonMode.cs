using System.Globalization;
using System.Text;
using Slipway.Linux;
using Slipway.Sockets;

namespace Slipway.Cli;

/// <summary>A server of the classic programs as a daemon: in the background, with a pid file, its complaints in the machine's log, until SIGTERM.</summary>
/// <param name="PidFile">The pid file; null for none.</param>
/// <param name="LogSocket">Where the log listens.</param>
/// <param name="Arguments">What is left for the program itself.</param>
internal sealed record DaemonMode(string? PidFile, string LogSocket, string[] Arguments)
{
    private const string Word = "--daemon", PidFileWord = "--pid-file=", LogWord = "--log=";

    /// <summary>The words of a call that asks for a daemon.</summary>
    /// <returns>Null where it does not.</returns>
    public static DaemonMode? Of(string[] words)
    {
        if (!words.Contains(Word, StringComparer.Ordinal)) return null;
        string? Value(string word) => words.FirstOrDefault(one => one.StartsWith(word, StringComparison.Ordinal))?[word.Length..];
        string[] rest = [.. words.Where(static one => one != Word && !one.StartsWith(PidFileWord, StringComparison.Ordinal) && !one.StartsWith(LogWord, StringComparison.Ordinal))];
        return new DaemonMode(Value(PidFileWord), Value(LogWord) ?? SystemLog.DefaultPath, rest);
    }

    /// <summary>Becomes the daemon and runs the program; in the process that the shell started, waits until clients can reach the daemon, which a service manager is told too.</summary>
    /// <param name="name">The program.</param>
    /// <returns>The exit code: of the process that the shell started, <see cref="ExitCode.Failed"/> where the daemon cannot serve, with the reason on standard error.</returns>
    public int Run(string name)
    {
        if (Daemon.Detach([.. Environment.GetCommandLineArgs().Skip(1)], out int exitCode)) return exitCode;
        using var log = new SystemLog(name, path: LogSocket);
        ServiceNotifier? manager = ServiceNotifier.FromEnvironment;
        try
        {
            using Linux.PidFile? file = PidFile is null ? null : Linux.PidFile.Create(PidFile);
            using var signals = new DaemonSignals(() => log.Write(LogSeverity.Notice, "there are no settings to read again"));
            using CancellationTokenRegistration stop = signals.Stopping.Register(() =>
            {
                // The program waits for clients in calls that a signal of the runtime does not end.
                manager?.Stopping();
                log.Write(LogSeverity.Notice, "stopped");
                file?.Dispose();
                Environment.Exit(ExitCode.Done);
            });
            using var complaints = new LogWriter(log);
            using var process = new LinuxProcess(new LinuxProcessOptions { ProgramName = name, Arguments = Arguments, Out = TextWriter.Null, Error = complaints });
            int status = process.Run(MachinePrograms.Reporting(() => Serves(log, manager))[name]);
            log.Write(LogSeverity.Error, string.Create(CultureInfo.InvariantCulture, $"ended with {status}"));
            Daemon.Fail(complaints.Last ?? $"{name}: none of its addresses can be bound");
            return status;
        }
        catch (LinuxCallException failure)
        {
            Daemon.Fail($"{name}: {failure.Message}");
            return ExitCode.Failed;
        }
    }

    private static void Serves(SystemLog log, ServiceNotifier? manager)
    {
        log.Write(LogSeverity.Notice, string.Create(CultureInfo.InvariantCulture, $"started as process {Environment.ProcessId}"));
        // The manager started another process, which ends now.
        manager?.Send(string.Create(CultureInfo.InvariantCulture, $"READY=1\nMAINPID={Environment.ProcessId}"));
        Daemon.Ready();
    }

    /// <summary>Complaints, a message a line.</summary>
    private sealed class LogWriter(SystemLog log) : TextWriter(CultureInfo.InvariantCulture)
    {
        private readonly StringBuilder _line = new();

        /// <summary>The last one.</summary>
        public string? Last { get; private set; }

        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value)
        {
            lock (_line)
            {
                if (value != '\n')
                {
                    _line.Append(value);
                    return;
                }
                Last = _line.ToString();
                _line.Clear();
                log.Write(LogSeverity.Error, Last);
            }
        }
    }
}
