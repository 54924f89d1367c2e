namespace Slipway.Stack;

/// <summary>All that hold one local port: bound sockets, connections, what remains of closed ones (the kernel's inet_bind_bucket).</summary>
internal sealed class PortBucket(ushort port)
{
    public readonly ushort Port = port;
    public TcpEndpoint? First;

    /// <summary>How many of them took it by bind(2).</summary>
    public int BoundCount;
}
