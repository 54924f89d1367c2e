using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>
/// The flow labels of a host's packets (RFC 6437 §3): a keyed hash of the flow, so that routers can tell flows apart by addresses and label alone, and nobody learns of the ports from it. The same flow
/// has the same label all its life; the key comes from the host's random source.
/// </summary>
internal sealed class FlowLabelMaker(StackHost host)
{
    /// <summary>The 20 bits of a label.</summary>
    public const int Mask = 0xF_FFFF;

    /// <summary>With flowlabel_state_ranges: the upper half of the labels is for those that are made, the lower for leases.</summary>
    public const int StatelessBit = 0x8_0000;

    // net.ipv6.auto_flowlabels: never, unless a socket says no, if a socket says yes, always.
    private const int OptOut = 1, OptIn = 2, Forced = 3;

    // net.ipv6.flowlabel_reflect: which answers take the label of what they answer.
    private const int Resets = 2, EchoReplies = 4;

    private readonly SipKey _key = SipKey.From(host.Random.Derive("flow-labels"));

    /// <summary>The labels that sockets have leased.</summary>
    public FlowLabelTable Leases { get; } = new(host);

    /// <summary>What sockets begin with that say nothing (IPV6_AUTOFLOWLABEL).</summary>
    public bool IsDefault => Setting is OptOut or Forced;

    /// <summary>Streams answer with their peer's label.</summary>
    public bool ReflectsStreams => (Reflect & 1) != 0;

    private int Setting => host.Sysctl.IPv6.AutoFlowLabels.Value;

    private int Reflect => host.Sysctl.IPv6.FlowLabelReflect.Value;

    /// <summary>The label of a flow; 0 where none is wanted.</summary>
    /// <param name="source">Where from.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="protocol">The upper protocol.</param>
    /// <param name="ports">What tells flows of two hosts apart: both ports, or type and code.</param>
    /// <param name="wanted">Whether its socket wants one; null where it says nothing.</param>
    /// <param name="choice">Which of the flow's labels, as a stream in trouble asks for another (SO_TXREHASH): 24 bits count.</param>
    public int Of(IpAddress source, IpAddress destination, IpProtocolNumber protocol, uint ports, bool? wanted = null, uint choice = 0)
    {
        int setting = Setting;
        if (setting == 0 || setting != Forced && !(wanted ?? setting != OptIn)) return 0;
        int label = (int)_key.Hash(source, destination, (ulong)choice << 40 | (ulong)protocol << 32 | ports) & Mask;
        return host.Sysctl.IPv6.FlowLabelStateRanges.IsOn ? label | StatelessBit : label;
    }

    /// <summary>The label of the flow between two ends of TCP.</summary>
    public int OfStream(IpAddress local, IpAddress remote, ushort localPort, ushort remotePort, bool? wanted = null)
        => local.IsIPv4 ? 0 : Of(local, remote, IpProtocolNumber.Tcp, (uint)localPort << 16 | remotePort, wanted);

    /// <summary>The label of a reset that no connection sends.</summary>
    public int OfReset(in TcpArrival segment) => segment.Source.IsIPv4 ? 0
        : (Reflect & Resets) != 0 && segment.FlowLabel != 0 ? segment.FlowLabel
        : OfStream(segment.Destination, segment.Source, segment.DestinationPort, segment.SourcePort);

    /// <summary>The label of an ICMPv6 message of the host itself.</summary>
    public int OfMessage(in RouteDecision decision, Icmpv6Type type, byte code = 0) => Of(decision.Source, decision.Destination, IpProtocolNumber.Icmpv6, (uint)type << 8 | code);

    /// <summary>The label of an answer to an echo request.</summary>
    public int OfEchoReply(in RouteDecision decision, int requestLabel)
        => (Reflect & EchoReplies) != 0 && requestLabel != 0 ? requestLabel : OfMessage(decision, Icmpv6Type.EchoReply);
}
