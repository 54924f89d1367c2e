using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>IPV6_ADDRFORM: a socket of IPv6 that talks to a mapped address becomes one of IPv4 (RFC 2133 §6.1 had it last; Linux keeps it).</summary>
internal abstract partial class InetSocket
{
    /// <summary>Whether the protocol can be changed over: UDP and TCP.</summary>
    protected virtual bool HasAddressForm => false;

    /// <summary>Whether the socket talks to its peer (TCP_ESTABLISHED).</summary>
    protected virtual bool IsEstablished => IsConnected;

    /// <summary>Whether a datagram of IPv6 is held back.</summary>
    protected virtual bool HoldsIPv6 => false;

    /// <summary>IPV6_ADDRFORM as it reads: the family, of a connected socket.</summary>
    /// <returns>ENOPROTOOPT: neither UDP nor TCP; ENOTCONN.</returns>
    public CallResult ReadAddressForm()
    {
        if (!HasAddressForm) return Errno.ENOPROTOOPT;
        return IsEstablished ? (int)Family : Errno.ENOTCONN;
    }

    /// <summary>Turns the socket into one of IPv4. What only IPv6 has goes: groups, headers, leases of flow labels, and what it asked to be told; what is queued stays.</summary>
    /// <returns>
    /// ENOPROTOOPT: neither UDP nor TCP; EBUSY: a datagram of IPv6 is held back; ENOTCONN; EADDRNOTAVAIL: the peer has no address of IPv4, or IPV6_V6ONLY is set.
    /// </returns>
    public Errno TurnIntoIPv4()
    {
        if (!HasAddressForm) return Errno.ENOPROTOOPT;
        if (HoldsIPv6) return Errno.EBUSY;
        if (!IsEstablished) return Errno.ENOTCONN;
        if (IsIPv6Only || !PeerAddress.IsIPv4) return Errno.EADDRNOTAVAIL;
        if (UncommonIfAny is { } uncommon)
        {
            uncommon.Memberships?.LeaveAll(isIPv4: false);
            if (uncommon.FlowLabelLeases is { } held) Host.FlowLabels.Leases.ReleaseAll(held);
            uncommon.FlowLabelLeases = null;
            uncommon.Extensions = ExtensionHeaders.None;
            uncommon.KeptHeaders = null;
            uncommon.PathMtuNotice = null;
        }
        Set(SocketFlags.AnyMessage6 | SocketFlags.ReceivePathMtu, false);
        PeerFlowInfo = 0;
        Family = AddressFamily.Inet;
        // The wildcard of IPv6 is another address than that of IPv4.
        if (BoundAddress.IsUnspecified) BoundAddress = IpAddress.AnyIPv4;
        if (SourceAddress.IsUnspecified) SourceAddress = IpAddress.AnyIPv4;
        ForgetRoute();
        return Errno.None;
    }
}
