namespace Slipway.Stack;

/// <summary>What holds small segments back, by increasing strength of the sender's wish to send (TCP_NODELAY, TCP_CORK).</summary>
[Flags]
internal enum NagleMode : byte
{
    /// <summary>Nagle's algorithm (RFC 9293 §3.7.4): a small segment waits while one is under way.</summary>
    On = 0,

    /// <summary>TCP_NODELAY.</summary>
    Off = 1,

    /// <summary>TCP_CORK, MSG_MORE: small segments wait in any case.</summary>
    Cork = 2,

    /// <summary>Now, whatever else holds.</summary>
    Push = 4,
}
