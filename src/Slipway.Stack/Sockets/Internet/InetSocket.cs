using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>A socket of the internet: what streams and datagrams share. Names and the pending error are here; the other parts of the class are binding, options, the error queue and routing.</summary>
internal abstract partial class InetSocket : OpenSocket
{
    protected InetSocket(StackHost host, int userId, AddressFamily family, SocketType type, int protocol, ulong cookie)
        : base(host, userId, family, type, protocol, cookie)
    {
        BoundAddress = SourceAddress = AnyAddress;
        PeerAddress = AnyAddress;
        Flags = SocketFlags.MulticastLoop | SocketFlags.MulticastLoop6 | SocketFlags.MulticastAll6;
        // A socket of IPv6 does without (Linux inet6_create).
        if (!IsIPv6) Flags |= SocketFlags.MulticastAll;
        if (IsIPv6 && host.Sysctl.IPv6.BindV6Only.IsOn) Flags |= SocketFlags.IPv6Only;
    }

    public bool IsIPv6 => Family == AddressFamily.Inet6;

    public bool IsRaw => Type == SocketType.Raw;

    public bool IsIPv6Only => (Flags & SocketFlags.IPv6Only) != 0;

    /// <summary>The address that datagrams must have been sent to; unspecified for any.</summary>
    public IpAddress BoundAddress { get; protected set; }

    /// <summary>The address that datagrams are sent from; unspecified to have one chosen. Differs from <see cref="BoundAddress"/> where that is a group or broadcast.</summary>
    public IpAddress SourceAddress { get; protected set; }

    /// <summary>The local port, or identifier of a ping socket; 0 while unbound.</summary>
    public ushort LocalPort { get; protected set; }

    public IpAddress PeerAddress { get; protected set; }

    public ushort PeerPort { get; protected set; }

    /// <summary>Flow information of the peer's address (IPV6_FLOWINFO_SEND), in host order.</summary>
    public uint PeerFlowInfo { get; protected set; }

    public bool IsConnected { get; protected set; }

    /// <summary>bind named the address: disconnecting leaves it.</summary>
    public bool IsAddressLocked { get; protected set; }

    /// <summary>bind named the port: disconnecting leaves it.</summary>
    public bool IsPortLocked { get; protected set; }

    protected IpAddress AnyAddress => IsIPv6 ? IpAddress.AnyIPv6 : IpAddress.AnyIPv4;

    protected bool IsSendShut { get; set; }

    protected bool IsReceiveShut { get; set; }

    /// <summary>Whether shutdown(2) has closed a direction.</summary>
    public bool IsShut(bool receive) => receive ? IsReceiveShut : IsSendShut;

    /// <inheritdoc/>
    public override CallResult GetName(bool peer, Span<byte> address)
    {
        if (peer)
        {
            return IsConnected ? WritePeer(address) : Errno.ENOTCONN;
        }
        IpAddress local = BoundAddress.IsUnspecified && !BoundAddress.IsIPv4 == IsIPv6 ? SourceAddress : BoundAddress;
        return SockAddr.Write(address, Family, local, ToldPort, 0, ScopeOf(local));
    }

    /// <summary>Writes the peer's address; ENOTCONN where it has no port.</summary>
    protected CallResult WritePeer(Span<byte> address)
    {
        if (PeerPort == 0) return Errno.ENOTCONN;
        uint flow = (Flags & SocketFlags.FlowInfoSend) != 0 ? PeerFlowInfo : 0;
        return SockAddr.Write(address, Family, PeerAddress, PeerPort, flow, ScopeOf(PeerAddress));
    }

    /// <summary>The port that getsockname tells.</summary>
    protected virtual ushort ToldPort => LocalPort;

    /// <summary>Scope of an address in a sockaddr_in6: the interface that a link-local one belongs to.</summary>
    protected int ScopeOf(IpAddress address) => address.IsIPv6 && (address.IsLinkLocal || address.IsLinkScopeMulticast) ? BoundInterface : 0;

    /// <summary>Gives the local port up and leaves the tables of the protocol.</summary>
    protected abstract void Unbind();
}
