namespace Slipway.Stack;

/// <summary>What decides whether two holders of a port get along.</summary>
[Flags]
internal enum PortFlags : byte
{
    None = 0,
    ReuseAddress = 1,
    ReusePort = 2,
    IPv6Only = 4,

    /// <summary>bind(2) took the port: connect(2) of others must leave it alone.</summary>
    IsBound = 8,
}
