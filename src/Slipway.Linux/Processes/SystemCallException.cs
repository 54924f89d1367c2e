using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>A system call on processes or files failed. It carries Linux's errno, and the call with the value that it failed for.</summary>
public sealed class SystemCallException : IOException
{
    /// <summary>A failure of <paramref name="call"/>.</summary>
    /// <param name="error">Linux's error number.</param>
    /// <param name="call">The call as text, with the argument that is at fault: <c>execve(/no/such)</c>.</param>
    public SystemCallException(Errno error, string call) : base($"{call}: {error.Name()} ({error.Describe()})")
    {
        Errno = error;
        Call = call;
    }

    /// <summary>Linux's error number.</summary>
    public Errno Errno { get; }

    /// <summary>The call that failed, as text.</summary>
    public string Call { get; }
}
