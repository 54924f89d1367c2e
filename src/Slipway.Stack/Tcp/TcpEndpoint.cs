using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>
/// One end of a connection in the table of a host: a connection, one that is being opened from outside (<see cref="TcpRequest"/>), or what remains of a closed one
/// (<see cref="TcpTimeWait"/>). It is its own timer and its own place in the table, so none of them costs a further object.
/// </summary>
internal abstract class TcpEndpoint(StackLoop loop) : StackTimer(loop)
{
    public IpAddress LocalAddress, RemoteAddress;
    public ushort LocalPort, RemotePort;

    /// <summary>The interface that it is bound to; 0 for any.</summary>
    public int BoundInterface;

    /// <summary>Its place in the <see cref="ConnectionTable"/>.</summary>
    public TcpEndpoint? NextInTable;
    public uint TableHash;
    public bool IsInTable;

    // Its place among those that hold the local port.
    public PortBucket? Bucket;
    public TcpEndpoint? NextOnPort, PreviousOnPort;
    public PortFlags PortFlags;
    public int UserId;

    /// <summary>Whether it listens: no other may then share address and port by SO_REUSEADDR.</summary>
    public virtual bool IsListening => false;

    /// <summary>Whether it is in TIME_WAIT, or the like: nobody's any more.</summary>
    public virtual bool IsTimeWait => false;

    /// <summary>Answers to what is out of order go at most once in tcp_invalid_ratelimit: two confused ends must not answer each other for ever.</summary>
    protected bool IsLimited(TcpSysctl sysctl)
    {
        long now = Loop.Now;
        if (now - _lastAnswer < sysctl.InvalidRatelimit.Value * StackClock.Millisecond) return true;
        _lastAnswer = now;
        return false;
    }

    private long _lastAnswer = long.MinValue / 2;

    /// <summary>Takes a segment for this end. The packet begins at the data; whoever keeps it takes it out of the segment.</summary>
    public abstract void Receive(ref TcpArrival segment);

    /// <summary>Takes an ICMP error about a segment of this end.</summary>
    public abstract void ReceiveError(in IcmpError error, uint sequence);

    /// <summary>Whether the segment that an ICMP message quotes can be under way: else somebody invented it (RFC 5927 §4.1).</summary>
    public abstract bool IsInFlight(uint sequence);

    public bool Matches(IpAddress local, ushort localPort, IpAddress remote, ushort remotePort, int interfaceIndex)
        => RemotePort == remotePort && LocalPort == localPort && RemoteAddress == remote && LocalAddress == local && (BoundInterface == 0 || BoundInterface == interfaceIndex);
}
