namespace Slipway.Sockets;

/// <summary>Which of the two calls an option answers.</summary>
[Flags]
public enum SocketOptionAccess
{
    /// <summary>Neither.</summary>
    None = 0,

    /// <summary>getsockopt.</summary>
    Get = 1,

    /// <summary>setsockopt.</summary>
    Set = 2,

    /// <summary>Both.</summary>
    GetSet = Get | Set,
}
