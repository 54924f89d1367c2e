using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>The two ends of a connection, as this host sees them.</summary>
internal readonly record struct TcpTuple(IpAddress Local, ushort LocalPort, IpAddress Remote, ushort RemotePort)
{
    /// <summary>A keyed hash of both ends and a number of the caller's.</summary>
    public ulong Hash(SipKey key, uint number = 0) => key.Hash(Local, Remote, (ulong)LocalPort << 48 | (ulong)RemotePort << 32 | number);
}
