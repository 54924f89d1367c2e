using Slipway.Sockets;

namespace Slipway.Samples;

/// <summary>The command uptime, as the servers of ruptime run it: where they run decides what that is.</summary>
public abstract class UptimeCommand
{
    /// <summary>popen: runs the command and gives what it prints.</summary>
    /// <param name="process">The server.</param>
    /// <returns>The lines, each with its line feed.</returns>
    /// <exception cref="IOException">The command cannot be run; the message is the error's text.</exception>
    public abstract IEnumerable<string> ReadLines(HostProcess process);

    /// <summary>fork, dup2 twice, and exec: runs the command in a child whose standard output and standard error are the client's socket, and waits for its end.</summary>
    /// <param name="process">The server.</param>
    /// <param name="client">The socket. The server closes its own descriptor as soon as the child has one.</param>
    /// <returns>Why the child could not be started, or none.</returns>
    public abstract Errno RunOn(HostProcess process, Socket client);

    /// <summary>The first line, as the datagram server sends it.</summary>
    /// <exception cref="IOException">The command cannot be run.</exception>
    public string ReadLine(HostProcess process) => ReadLines(process).FirstOrDefault("");
}
