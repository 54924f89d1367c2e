namespace Slipway.Sockets;

/// <content>Flow labels of IPv6 (RFC 6437, ipv6(7)).</content>
public sealed partial class Socket
{
    /// <summary>Leases a flow label, which the destination address of a send or connect may name then (IPV6_FLOWLABEL_MGR, IPV6_FL_A_GET).</summary>
    /// <param name="request">The label, or 0 to have one chosen, with the destination and who may share it.</param>
    /// <returns>The label.</returns>
    /// <exception cref="SocketCallException">
    /// EINVAL: no such label, destination or sharing; ENOENT: nobody has it, and IPV6_FL_F_CREATE is not set; EEXIST: somebody has it; EPERM: it is not shared with this one, or the times are too long;
    /// ENOBUFS: the socket or the host has too many.
    /// </exception>
    public int LeaseFlowLabel(FlowLabelRequest request)
    {
        Span<byte> bytes = stackalloc byte[FlowLabelRequest.Length];
        (request with { Action = FlowLabelAction.IPV6_FL_A_GET }).Write(bytes);
        ChangeFlowLabel(bytes);
        return FlowLabelRequest.Read(bytes).Label;
    }

    /// <summary>Gives a flow label back (IPV6_FL_A_PUT).</summary>
    /// <exception cref="SocketCallException">ESRCH: the socket does not have it.</exception>
    public void ReturnFlowLabel(int label)
    {
        Span<byte> bytes = stackalloc byte[FlowLabelRequest.Length];
        new FlowLabelRequest(default, label) { Action = FlowLabelAction.IPV6_FL_A_PUT }.Write(bytes);
        ChangeFlowLabel(bytes);
    }

    /// <summary>Lengthens a lease (IPV6_FL_A_RENEW): times are in whole seconds, and never shortened.</summary>
    /// <exception cref="SocketCallException">ESRCH: the socket does not have it; EPERM: the times are too long.</exception>
    public void RenewFlowLabel(int label, TimeSpan expires, TimeSpan linger)
    {
        Span<byte> bytes = stackalloc byte[FlowLabelRequest.Length];
        new FlowLabelRequest(default, label)
        {
            Action = FlowLabelAction.IPV6_FL_A_RENEW, Share = FlowLabelShare.IPV6_FL_S_ANY,
            Expires = checked((ushort)expires.TotalSeconds), Linger = checked((ushort)linger.TotalSeconds),
        }.Write(bytes);
        ChangeFlowLabel(bytes);
    }

    private void ChangeFlowLabel(Span<byte> request)
    {
        Errno error = _system.SetSockOptInPlace(_descriptor, SocketLevel.IPPROTO_IPV6, SocketOptionName.IPV6_FLOWLABEL_MGR, request);
        if (error != Errno.None) throw Failure(error, "setsockopt(IPV6_FLOWLABEL_MGR)");
    }
}
