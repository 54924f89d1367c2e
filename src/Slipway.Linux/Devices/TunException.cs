using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>A TUN or TAP device cannot be opened or configured. The message is one line for the user: what, and what would help.</summary>
public sealed class TunException : IOException
{
    internal TunException(string message, Errno error) : base(message) => Error = error;

    /// <summary>Linux's error number.</summary>
    public Errno Error { get; }
}
