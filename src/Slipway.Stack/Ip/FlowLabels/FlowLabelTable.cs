using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>The flow labels that sockets have leased (IPV6_FLOWLABEL_MGR; the kernel's ip6_flowlabel.c). What nobody holds ends when somebody next looks: no timer waits for it.</summary>
internal sealed class FlowLabelTable(StackHost host)
{
    // Seconds that a lease lasts at least, and at most without CAP_NET_ADMIN.
    private const int LeastSeconds = 6, MostSeconds = 150;

    // Labels of a socket and of the host; the last quarter is for administrators, and the second half only for sockets that have none yet.
    private const int MostOfSocket = 32, Most = 4096;

    /// <summary>The kernel's bound on the control messages behind a request.</summary>
    private const int MostControl = 64 * 1024;

    private readonly Dictionary<int, FlowLabelLease> _leases = [];
    private readonly RandomSource _random = host.Random.Derive("flow-label-leases");
    private int _strict;

    /// <summary>Whether a packet may have a label only if its socket has leased it: as long as there is a lease that others may not use.</summary>
    public bool IsStrict
    {
        get
        {
            if (_strict > 0) RemoveWhatIsOver();
            return _strict > 0;
        }
    }

    /// <summary>IPV6_FL_A_GET.</summary>
    /// <param name="socket">Who asks.</param>
    /// <param name="caller">Its process.</param>
    /// <param name="request">What for.</param>
    /// <param name="value">The whole value of the option: control messages may stand behind the request.</param>
    public Errno Get(InetSocket socket, ProcessContext caller, in FlowLabelRequest request, ReadOnlySpan<byte> value)
    {
        int label = request.Label;
        if ((label & ~FlowLabelMaker.Mask) != 0) return Errno.EINVAL;
        if (host.Sysctl.IPv6.FlowLabelStateRanges.IsOn && (label & FlowLabelMaker.StatelessBit) != 0) return Errno.ERANGE;
        Errno error = Create(socket, caller, request, value, out FlowLabelLease wanted);
        if (error != Errno.None) return error;
        RemoveWhatIsOver();
        // What only lingers is found by who would create it.
        bool isKnown = _leases.TryGetValue(label, out FlowLabelLease? known);
        if (isKnown && known!.Holders > 0) return Join(socket, known, wanted, request.Flags);
        if ((request.Flags & FlowLabelFlags.IPV6_FL_F_CREATE) == 0) return Errno.ENOENT;
        error = CheckRoom(socket, caller);
        if (error != Errno.None) return error;
        if (isKnown) return Join(socket, known!, wanted, request.Flags);
        if (label == 0) wanted.Label = Choose();
        wanted.Holders = 1;
        _leases.Add(wanted.Label, wanted);
        if (wanted.IsStrict) _strict++;
        socket.FlowLabelLeases.Add(wanted);
        return Errno.None;
    }

    /// <summary>IPV6_FL_A_PUT.</summary>
    /// <returns>ESRCH: the socket does not have it.</returns>
    public Errno Put(InetSocket socket, int label)
    {
        List<FlowLabelLease> held = socket.FlowLabelLeases;
        int at = held.FindLastIndex(lease => lease.Label == label);
        if (at < 0) return Errno.ESRCH;
        FlowLabelLease lease = held[at];
        held.RemoveAt(at);
        Release(lease);
        return Errno.None;
    }

    /// <summary>IPV6_FL_A_RENEW. Who sees to the network may do so for labels of others.</summary>
    /// <returns>ESRCH: the socket does not have it; EPERM: the times are too long.</returns>
    public Errno Renew(InetSocket socket, ProcessContext caller, FlowLabelRequest request)
    {
        FlowLabelLease? lease = socket.LeaseOf(request.Label);
        if (lease is null && request.Share == FlowLabelShare.IPV6_FL_S_NONE && caller.HasCapability(Capability.NetAdmin)
            && _leases.TryGetValue(request.Label, out FlowLabelLease? other) && other.Holders > 0) lease = other;
        return lease is null ? Errno.ESRCH : Renew(lease, caller, request);
    }

    /// <summary>Gives up what a closed socket held.</summary>
    public void ReleaseAll(List<FlowLabelLease> held)
    {
        foreach (FlowLabelLease lease in held) Release(lease);
        held.Clear();
    }

    private Errno Create(InetSocket socket, ProcessContext caller, in FlowLabelRequest request, ReadOnlySpan<byte> value, out FlowLabelLease lease)
    {
        lease = null!;
        Errno error = ReadHeaders(socket, caller, value[FlowLabelRequest.Length..], out ExtensionHeaders? headers);
        if (error != Errno.None) return error;
        IpAddress destination = IpAddress.ReadIPv6(value);
        lease = new FlowLabelLease
        {
            Label = request.Label,
            Destination = destination,
            Share = request.Share,
            Owner = request.Share switch { FlowLabelShare.IPV6_FL_S_PROCESS => caller.ProcessId, FlowLabelShare.IPV6_FL_S_USER => caller.UserId, _ => 0 },
            Headers = headers,
        };
        error = Renew(lease, caller, request);
        if (error != Errno.None) return error;
        bool isShare = request.Share is FlowLabelShare.IPV6_FL_S_EXCL or FlowLabelShare.IPV6_FL_S_PROCESS or FlowLabelShare.IPV6_FL_S_USER or FlowLabelShare.IPV6_FL_S_ANY;
        return destination.IsIPv4 || destination.IsUnspecified || !isShare ? Errno.EINVAL : Errno.None;
    }

    /// <summary>Headers that routers look at; those for the last host alone are the program's with each send.</summary>
    private static Errno ReadHeaders(InetSocket socket, ProcessContext caller, ReadOnlySpan<byte> control, out ExtensionHeaders? headers)
    {
        headers = null;
        if (control.Length > MostControl) return Errno.EINVAL;
        if (control.IsEmpty) return Errno.None;
        var messages = new SendOverrides();
        Errno error = messages.Read6(control, socket, caller);
        if (error != Errno.None || messages.Extensions is not { } given) return error;
        if (!given[SocketOptionName.IPV6_DSTOPTS].IsEmpty) return Errno.EINVAL;
        if (!given.IsEmpty) headers = given;
        return Errno.None;
    }

    private Errno Renew(FlowLabelLease lease, ProcessContext caller, in FlowLabelRequest request)
    {
        long linger = Length(request.Linger, caller), expires = Length(request.Expires, caller);
        if (linger == 0 || expires == 0) return Errno.EPERM;
        lease.Renew(host.Loop.Now, linger, expires);
        return Errno.None;
    }

    private static long Length(int seconds, ProcessContext caller)
        => seconds > MostSeconds && !caller.HasCapability(Capability.NetAdmin) ? 0 : Math.Max(seconds, LeastSeconds) * StackClock.Second;

    private static Errno Join(InetSocket socket, FlowLabelLease known, FlowLabelLease wanted, FlowLabelFlags flags)
    {
        if ((flags & FlowLabelFlags.IPV6_FL_F_EXCL) != 0) return Errno.EEXIST;
        if (!known.IsSharedWith(wanted)) return Errno.EPERM;
        known.Join(wanted);
        socket.FlowLabelLeases.Add(known);
        return Errno.None;
    }

    private Errno CheckRoom(InetSocket socket, ProcessContext caller)
    {
        int room = Most - _leases.Count, held = socket.FlowLabelLeases.Count;
        if (room > Most - MostOfSocket) return Errno.None;
        bool isTight = held >= MostOfSocket || held > 0 && room < Most / 2 || room < Most / 4;
        return room <= 0 || isTight && !caller.HasCapability(Capability.NetAdmin) ? Errno.ENOBUFS : Errno.None;
    }

    private int Choose()
    {
        while (true)
        {
            int label = (int)_random.NextUInt32() & FlowLabelMaker.Mask;
            if (label != 0 && !_leases.ContainsKey(label)) return label;
        }
    }

    private void Release(FlowLabelLease lease)
    {
        lease.Use(host.Loop.Now);
        lease.Holders--;
    }

    private void RemoveWhatIsOver()
    {
        long now = host.Loop.Now;
        foreach ((int label, FlowLabelLease lease) in _leases)
        {
            if (!lease.IsOver(now)) continue;
            // Removing while going through is allowed of a Dictionary.
            _leases.Remove(label);
            if (lease.IsStrict) _strict--;
        }
    }
}
