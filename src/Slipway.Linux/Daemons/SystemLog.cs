using System.Globalization;
using System.Text;
using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>Messages to the machine's log (syslog(3)): one datagram each to the socket of the log's daemon.</summary>
/// <remarks>
/// A message never throws and never blocks a program for want of a log: what could not be delivered is the result. When the log's daemon was restarted, the connection is made again.
/// Methods may be called from any thread.
/// </remarks>
public sealed class SystemLog : IDisposable
{
    /// <summary>Where the log's daemon listens.</summary>
    public const string DefaultPath = "/dev/log";

    private readonly Lock _lock = new();
    private readonly LinuxSystem _system = LinuxSystem.Current;
    private readonly byte[] _address;
    private readonly string _ident;
    private int _socket = -1;
    private bool _isStream, _disposed;

    /// <summary>openlog(3). The connection is made with the first message.</summary>
    /// <param name="ident">The program's name: printable ASCII without blanks, as the formats want it; other characters become '_'.</param>
    /// <param name="facility">What kind of program it is.</param>
    /// <param name="path">The socket; a name after @ is abstract.</param>
    public SystemLog(string ident, LogFacility facility = LogFacility.Daemon, string path = DefaultPath)
    {
        ArgumentException.ThrowIfNullOrEmpty(ident);
        ArgumentNullException.ThrowIfNull(path);
        _ident = string.Create(ident.Length, ident, static (room, text) =>
        {
            for (int i = 0; i < room.Length; i++) room[i] = text[i] is > ' ' and < '\x7F' ? text[i] : '_';
        });
        Facility = facility;
        _address = UnixName.Address(path);
    }

    /// <summary>What kind of program it is.</summary>
    public LogFacility Facility { get; }

    /// <summary>Messages less severe than this are dropped (setlogmask(3)).</summary>
    public LogSeverity Least { get; set; } = LogSeverity.Debug;

    /// <summary>How messages are written. The C library, and so every local daemon, uses RFC 3164's form.</summary>
    public LogFormat Format { get; init; } = LogFormat.Rfc3164;

    /// <summary>The clock of the time stamps.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Sends a message (syslog(3)). Line feeds at its end are dropped, others and NULs become blanks.</summary>
    /// <returns>ENOENT, ECONNREFUSED: no daemon listens; EMSGSIZE: longer than the socket takes; EACCES; ENAMETOOLONG: the path does not fit an address.</returns>
    public Errno Write(LogSeverity severity, string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (severity > Least) return Errno.None;
        byte[] datagram = Encoding.UTF8.GetBytes(Text(severity, message.TrimEnd('\n').ReplaceLineEndings(" ").Replace('\0', ' ')));
        lock (_lock)
        {
            if (_disposed) return Errno.EBADF;
            Errno error = Send(datagram);
            if (error is not (Errno.ECONNREFUSED or Errno.ECONNRESET or Errno.ENOTCONN or Errno.EPIPE)) return error;
            Disconnect(); // the daemon has a new socket by the same name
            return Send(datagram);
        }
    }

    /// <summary>closelog(3).</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            Disconnect();
        }
    }

    private string Text(LogSeverity severity, string message)
    {
        int priority = (int)Facility << 3 | (int)severity;
        return Format == LogFormat.Rfc5424
            ? string.Create(CultureInfo.InvariantCulture, $"<{priority}>1 {Time.GetUtcNow():yyyy-MM-ddTHH:mm:ss.ffffffZ} {Host()} {_ident} {Environment.ProcessId} - - {message}")
            : string.Create(CultureInfo.InvariantCulture, $"<{priority}>{Stamp(Time.GetLocalNow())} {_ident}[{Environment.ProcessId}]: {message}");
    }

    // RFC 3164, 4.1.2: the day of the month has a blank where its first digit would be 0.
    private static string Stamp(DateTimeOffset now)
        => string.Create(CultureInfo.InvariantCulture, $"{now:MMM} {now.Day,2} {now:HH:mm:ss}");

    private static string Host() => Environment.MachineName is { Length: > 0 } name ? name : "-";

    private Errno Send(byte[] datagram)
    {
        Errno error = Connect();
        if (error != Errno.None) return error;
        // A stream has no bounds of its own: each message ends with a NUL there.
        ReadOnlySpan<byte> rest = _isStream ? [.. datagram, 0] : datagram;
        while (rest.Length > 0)
        {
            CallResult sent = _system.SendTo(_socket, rest, MessageFlags.MSG_NOSIGNAL, default);
            if (sent.Error == Errno.EINTR) continue;
            if (!sent.Succeeded) return sent.Error;
            rest = rest[sent.Value..];
        }
        return Errno.None;
    }

    private Errno Connect()
    {
        if (_socket >= 0) return Errno.None;
        if (_address.Length == 0) return Errno.ENAMETOOLONG;
        Errno error = Connect(SocketType.Datagram);
        // EPROTOTYPE: the daemon's socket is a stream.
        return error == Errno.EPROTOTYPE ? Connect(SocketType.Stream) : error;
    }

    private Errno Connect(SocketType type)
    {
        CallResult socket = _system.Socket(AddressFamily.Unix, type | SocketType.CloseOnExec, 0);
        if (!socket.Succeeded) return socket.Error;
        Errno error = _system.Connect(socket.Value, _address);
        if (error != Errno.None)
        {
            _ = _system.Close(socket.Value);
            return error;
        }
        _socket = socket.Value;
        _isStream = type == SocketType.Stream;
        return Errno.None;
    }

    private void Disconnect()
    {
        if (_socket >= 0) _ = _system.Close(_socket);
        _socket = -1;
    }
}
