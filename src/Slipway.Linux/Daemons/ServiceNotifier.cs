using System.Globalization;
using System.Text;
using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>Tells the service manager how the service does (sd_notify(3)): one datagram of assignments to the socket that NOTIFY_SOCKET names.</summary>
public sealed class ServiceNotifier
{
    private const string SocketVariable = "NOTIFY_SOCKET", WatchdogVariable = "WATCHDOG_USEC", WatchdogProcessVariable = "WATCHDOG_PID";

    private readonly byte[] _address;

    /// <summary>A notifier for a socket.</summary>
    /// <param name="socket">A path, or an abstract name after an @.</param>
    public ServiceNotifier(string socket)
    {
        ArgumentException.ThrowIfNullOrEmpty(socket);
        _address = UnixName.Address(socket);
    }

    /// <summary>The notifier of this process's environment; null where no service manager asked to be told.</summary>
    public static ServiceNotifier? FromEnvironment => Environment.GetEnvironmentVariable(SocketVariable) is { Length: > 0 } socket ? new ServiceNotifier(socket) : null;

    /// <summary>How often <see cref="Alive"/> must be called at least, by half of which one should; null where nobody watches this process (sd_watchdog_enabled(3)).</summary>
    public static TimeSpan? WatchdogInterval
    {
        get
        {
            if (!long.TryParse(Environment.GetEnvironmentVariable(WatchdogVariable), NumberStyles.None, CultureInfo.InvariantCulture, out long microseconds) || microseconds <= 0) return null;
            string? process = Environment.GetEnvironmentVariable(WatchdogProcessVariable);
            bool isOurs = process is null || process == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
            return isOurs ? TimeSpan.FromMicroseconds(microseconds) : null;
        }
    }

    /// <summary>The service does its work (READY=1), also after a reload.</summary>
    public Errno Ready(string? status = null) => Send(status is null ? "READY=1" : $"READY=1\n{Status(status)}");

    /// <summary>It reads its settings again (RELOADING=1 with the monotonic time); <see cref="Ready"/> ends that.</summary>
    public Errno Reloading() => Send(string.Create(CultureInfo.InvariantCulture, $"RELOADING=1\nMONOTONIC_USEC={MonotonicMicroseconds()}"));

    /// <summary>It is about to end (STOPPING=1).</summary>
    public Errno Stopping() => Send("STOPPING=1");

    /// <summary>What it does, for people to read (STATUS=…). A line feed becomes a blank.</summary>
    public Errno Tell(string status)
    {
        ArgumentNullException.ThrowIfNull(status);
        return Send(Status(status));
    }

    /// <summary>It is alive (WATCHDOG=1).</summary>
    public Errno Alive() => Send("WATCHDOG=1");

    /// <summary>Which process is the service (MAINPID=…), where it is another than the manager started.</summary>
    public Errno MainProcess(int id) => Send(string.Create(CultureInfo.InvariantCulture, $"MAINPID={id}"));

    /// <summary>Sends assignments, one a line.</summary>
    /// <returns>ECONNREFUSED, ENOENT: nobody listens; ENAMETOOLONG: the name does not fit an address; EACCES.</returns>
    public Errno Send(string assignments)
    {
        ArgumentNullException.ThrowIfNull(assignments);
        if (_address.Length == 0) return Errno.ENAMETOOLONG;
        LinuxSystem system = LinuxSystem.Current;
        CallResult socket = system.Socket(AddressFamily.Unix, SocketType.Datagram | SocketType.CloseOnExec, 0);
        if (!socket.Succeeded) return socket.Error;
        try
        {
            CallResult sent;
            do sent = system.SendTo(socket.Value, Encoding.UTF8.GetBytes(assignments), MessageFlags.MSG_NOSIGNAL, _address);
            while (sent.Error == Errno.EINTR);
            return sent.Error;
        }
        finally
        {
            _ = system.Close(socket.Value);
        }
    }

    private static string Status(string text) => $"STATUS={text.ReplaceLineEndings(" ")}";

    // CLOCK_MONOTONIC, which Stopwatch reads on Linux.
    private static long MonotonicMicroseconds() => (long)(System.Diagnostics.Stopwatch.GetTimestamp() * (1e6 / System.Diagnostics.Stopwatch.Frequency));
}
