namespace Slipway.Sockets;

/// <summary>The value of SO_LINGER: struct linger (socket(7)).</summary>
/// <param name="IsOn">Whether close waits until queued data is acknowledged.</param>
/// <param name="Seconds">How long at most; 0 resets the connection instead.</param>
public readonly record struct LingerOption(bool IsOn, int Seconds);
