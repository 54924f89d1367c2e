using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>Where one datagram goes.</summary>
internal struct SendTarget
{
    public IpAddress Address;
    public ushort Port;

    /// <summary>Interface that the address names (sin6_scope_id); 0 for none.</summary>
    public int Scope;

    /// <summary>Traffic class and flow label that the address names, in host order.</summary>
    public uint FlowInfo;

    /// <summary>The connected peer: the route that is kept serves it.</summary>
    public bool IsPeer;
}
