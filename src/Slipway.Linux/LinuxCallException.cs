using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>A system call other than those of sockets failed. It carries Linux's errno and the call with the value that was refused.</summary>
/// <remarks><see cref="SocketCallException"/> is its counterpart for sockets, where .NET programs expect a <see cref="System.Net.Sockets.SocketException"/>.</remarks>
public sealed class LinuxCallException : IOException
{
    /// <summary>A failure of <paramref name="call"/>.</summary>
    /// <param name="error">Linux's error number.</param>
    /// <param name="call">The call as text, with the arguments that matter: <c>open("/no/such/file")</c>.</param>
    public LinuxCallException(Errno error, string call)
        : base($"{call}: {error.Name()} ({error.Describe()})", (int)error)
    {
        Errno = error;
        Call = call;
    }

    /// <summary>Linux's error number.</summary>
    public Errno Errno { get; }

    /// <summary>The call that failed, as text.</summary>
    public string Call { get; }
}
