namespace Slipway.Stack;

/// <summary>What the time of a sender with data goes by, the weightier the later (the kernel's tcp_chrono).</summary>
internal enum SendLimit : byte
{
    /// <summary>There is nothing to send, and nothing waits for its acknowledgment.</summary>
    None,

    /// <summary>The network, or nothing.</summary>
    Busy,

    /// <summary>The peer's window.</summary>
    PeerWindow,

    /// <summary>The send buffer: the program has more, but there is no room for it.</summary>
    SendBuffer,
}
