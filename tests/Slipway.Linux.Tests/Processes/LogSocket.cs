using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Slipway.Linux.Tests.Processes;

/// <summary>A datagram socket of the machine by a name, as the log's daemon or a service manager has one.</summary>
internal sealed partial class LogSocket : IDisposable
{
    private readonly bool _isAbstract;
    private System.Net.Sockets.Socket _socket;

    public LogSocket(string directory, bool isAbstract = false)
    {
        _isAbstract = isAbstract;
        Path = System.IO.Path.Combine(directory, "log");
        _socket = Bind();
    }

    public string Path { get; }

    /// <summary>As an environment variable has it: an @ begins an abstract name.</summary>
    public string Name => _isAbstract ? "@" + Path : Path;

    public string NextRaw()
    {
        byte[] room = new byte[2048];
        return Encoding.UTF8.GetString(room, 0, _socket.Receive(room));
    }

    /// <summary>The next message without its time and process.</summary>
    public string Next() => Stamp().Replace(NextRaw(), "${priority}${name}:");

    public void Restart()
    {
        _socket.Dispose();
        _socket = Bind();
    }

    public void Dispose() => _socket.Dispose();

    private System.Net.Sockets.Socket Bind()
    {
        File.Delete(Path);
        var socket = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(_isAbstract ? "\0" + Path : Path));
        return socket;
    }

    [GeneratedRegex(@"^(?<priority><\d+>)... .\d ..:..:.. (?<name>\w+)\[\d+\]:", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Stamp();
}

/// <summary>Variables added to a command's environment.</summary>
internal static class CommandEnvironment
{
    public static ProcessCommand With(this ProcessCommand command, Dictionary<string, string> more)
    {
        var all = new Dictionary<string, string>(more);
        foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables()) all.TryAdd((string)variable.Key, (string?)variable.Value ?? "");
        return command with { Environment = all };
    }
}
