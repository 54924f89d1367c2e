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

    /// <summary>Becomes the daemon and runs the program; in the process that the shell started, waits until the daemon has begun.</summary>
    /// <param name="name">The program.</param>
    /// <param name="program">What it does.</param>
    /// <returns>The exit code.</returns>
    public int Run(string name, Action<HostProcess> program)
    {
        if (Daemon.Detach([.. Environment.GetCommandLineArgs().Skip(1)], out int exitCode)) return exitCode;
        using var log = new SystemLog(name, path: LogSocket);
        try
        {
            using Linux.PidFile? file = PidFile is null ? null : Linux.PidFile.Create(PidFile);
            using var signals = new DaemonSignals(() => log.Write(LogSeverity.Notice, "there are no settings to read again"));
            using CancellationTokenRegistration stop = signals.Stopping.Register(() =>
            {
                // The program waits for clients in calls that a signal of the runtime does not end.
                log.Write(LogSeverity.Notice, "stopped");
                file?.Dispose();
                Environment.Exit(ExitCode.Done);
            });
            log.Write(LogSeverity.Notice, string.Create(CultureInfo.InvariantCulture, $"started as process {Environment.ProcessId}"));
            Daemon.Ready();
            using var process = new LinuxProcess(new LinuxProcessOptions { ProgramName = name, Arguments = Arguments, Out = TextWriter.Null, Error = new LogWriter(log) });
            int status = process.Run(program);
            log.Write(LogSeverity.Error, string.Create(CultureInfo.InvariantCulture, $"ended with {status}"));
            return status;
        }
        catch (LinuxCallException failure)
        {
            Daemon.Fail($"{name}: {failure.Message}");
            return ExitCode.Failed;
        }
    }

    /// <summary>Complaints, a message a line.</summary>
    private sealed class LogWriter(SystemLog log) : TextWriter(CultureInfo.InvariantCulture)
    {
        private readonly StringBuilder _line = new();

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
                log.Write(LogSeverity.Error, _line.ToString());
                _line.Clear();
            }
        }
    }
}
