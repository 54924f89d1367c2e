using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <content>Flow labels of IPv6.</content>
internal abstract partial class InetSocket
{
    /// <summary>IPV6_AUTOFLOWLABEL; null where nothing was said, so that the host decides.</summary>
    public bool? AutoFlowLabel
    {
        get => UncommonIfAny?.AutoFlowLabel;
        set => Uncommon.AutoFlowLabel = value;
    }

    /// <summary>IPV6_FL_F_REFLECT: a stream answers with its peer's label.</summary>
    public bool ReflectsFlowLabel
    {
        get => UncommonIfAny is { ReflectsFlowLabel: true };
        set
        {
            if (value != ReflectsFlowLabel) Uncommon.ReflectsFlowLabel = value;
        }
    }

    /// <summary>The labels that this socket has leased.</summary>
    public List<FlowLabelLease> FlowLabelLeases => Uncommon.FlowLabelLeases ??= [];

    /// <summary>IPV6_FLOWLABEL_MGR.</summary>
    public Errno ChangeFlowLabel(Caller caller, ReadOnlySpan<byte> value)
    {
        if (value.Length < FlowLabelRequest.Length) return Errno.EINVAL;
        FlowLabelRequest request = FlowLabelRequest.Read(value);
        FlowLabelTable leases = Host.FlowLabels.Leases;
        bool reflects = (request.Flags & FlowLabelFlags.IPV6_FL_F_REFLECT) != 0;
        switch (request.Action)
        {
            case FlowLabelAction.IPV6_FL_A_GET:
                return reflects ? BeginReflection() : leases.Get(this, caller.Process, request, value);
            case FlowLabelAction.IPV6_FL_A_PUT:
                if (reflects) return EndReflection();
                Errno error = leases.Put(this, request.Label);
                if (error == Errno.None && request.Label == (PeerFlowInfo & FlowLabelMaker.Mask)) PeerFlowInfo &= ~(uint)FlowLabelMaker.Mask;
                return error;
            case FlowLabelAction.IPV6_FL_A_RENEW:
                return leases.Renew(this, caller.Process, request);
            default:
                return Errno.EINVAL;
        }
    }

    /// <summary>Writes the label that was chosen into a request that left that open.</summary>
    public void TellChosenFlowLabel(Span<byte> value)
    {
        FlowLabelRequest request = FlowLabelRequest.Read(value);
        if (request is not { Action: FlowLabelAction.IPV6_FL_A_GET, Label: 0 } || (request.Flags & FlowLabelFlags.IPV6_FL_F_REFLECT) != 0) return;
        BinaryPrimitives.WriteInt32BigEndian(value[FlowLabelRequest.LabelOffset..], FlowLabelLeases[^1].Label);
    }

    /// <summary>Reads IPV6_FLOWLABEL_MGR: the lease of the label that goes to the peer. The value says what is asked.</summary>
    /// <returns>ENOENT: there is none.</returns>
    public CallResult ReadFlowLabel(Span<byte> value)
    {
        if (value.Length < FlowLabelRequest.Length) return Errno.EINVAL;
        FlowLabelRequest request = FlowLabelRequest.Read(value);
        if (request.Action != FlowLabelAction.IPV6_FL_A_GET) return Errno.EINVAL;
        int label = (int)(PeerFlowInfo & FlowLabelMaker.Mask);
        FlowLabelRequest answer = default;
        if ((request.Flags & FlowLabelFlags.IPV6_FL_F_REMOTE) != 0) answer = answer with { Label = RemoteFlowLabel };
        else if (ReflectsFlowLabel) answer = answer with { Label = label };
        else
        {
            if (LeaseOf(label) is not { } lease) return Errno.ENOENT;
            Span<byte> destination = stackalloc byte[16];
            lease.Destination.WriteIPv6(destination);
            answer = new FlowLabelRequest(InetAddress.IPv6(destination, 0), label)
            {
                Share = lease.Share,
                Expires = (ushort)((lease.Expires - Host.Loop.Now) / StackClock.Second),
                Linger = (ushort)(lease.Linger / StackClock.Second),
            };
        }
        answer.Write(value);
        return FlowLabelRequest.Length;
    }

    /// <summary>The label that the peer's first segment had.</summary>
    protected virtual int RemoteFlowLabel => 0;

    /// <summary>The label of a flow of this socket: the one that was given, else one that is made, where that is wanted.</summary>
    protected int FlowLabelFor(uint flowInfo, IpAddress source, IpAddress destination, uint ports, uint choice = 0)
    {
        int given = (int)flowInfo & FlowLabelMaker.Mask;
        return given != 0 ? given : Host.FlowLabels.Of(source, destination, (IpProtocolNumber)Protocol, ports, AutoFlowLabel, choice);
    }

    /// <summary>Whether a packet may have a label that was given; the lease that it needs, or null where it needs none.</summary>
    /// <returns>EINVAL: labels need leases now, and the socket has none of this one.</returns>
    protected Errno FindLease(uint flowInfo, out FlowLabelLease? lease)
    {
        lease = null;
        int label = (int)flowInfo & FlowLabelMaker.Mask;
        if (label == 0 || !Host.FlowLabels.Leases.IsStrict) return Errno.None;
        lease = LeaseOf(label);
        if (lease is null) return Errno.EINVAL;
        lease.Use(Host.Loop.Now);
        return Errno.None;
    }

    /// <summary>The lease of a label that this socket holds; null for none.</summary>
    public FlowLabelLease? LeaseOf(int label)
    {
        foreach (FlowLabelLease held in UncommonIfAny?.FlowLabelLeases ?? [])
        {
            if (held.Label == label) return held;
        }
        return null;
    }

    private Errno BeginReflection()
    {
        if (Host.Sysctl.IPv6.FlowLabelConsistency.IsOn) return Errno.EPERM;
        if (Type != SocketType.Stream) return Errno.ENOPROTOOPT;
        ReflectsFlowLabel = true;
        return Errno.None;
    }

    private Errno EndReflection()
    {
        if (Type != SocketType.Stream) return Errno.ENOPROTOOPT;
        if (!ReflectsFlowLabel) return Errno.ESRCH;
        PeerFlowInfo = 0;
        ReflectsFlowLabel = false;
        return Errno.None;
    }
}
