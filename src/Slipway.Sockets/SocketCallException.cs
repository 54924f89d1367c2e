using System.Net.Sockets;

namespace Slipway.Sockets;

/// <summary>A call of the socket API failed. It carries Linux's errno and the call with its arguments, and is also a <see cref="SocketException"/> for code that knows only that.</summary>
public class SocketCallException : SocketException
{
    /// <summary>A failure of <paramref name="call"/>.</summary>
    /// <param name="error">Linux's error number.</param>
    /// <param name="call">The call as text, with the arguments that matter: <c>bind(10.0.0.1:80)</c>.</param>
    public SocketCallException(Errno error, string call)
        : base((int)ErrnoMapping.ToSocketError(error), $"{call}: {error.Name()} ({error.Describe()})")
    {
        Errno = error;
        Call = call;
    }

    /// <summary>Linux's error number.</summary>
    public Errno Errno { get; }

    /// <summary>The call that failed, as text.</summary>
    public string Call { get; }
}
