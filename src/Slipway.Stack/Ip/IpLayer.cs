using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>IP of a host, both families: finds routes, sends packets, takes in received ones. All by the owner of the loop.</summary>
public sealed class IpLayer
{
    private readonly StackHost _host;
    private readonly ITransport?[] _transports = new ITransport?[256];
    private readonly RouteResolver _resolver;
    internal Ipv4Output Output4 { get; }
    internal Ipv6Output Output6 { get; }
    private readonly LoopedPackets _looped;

    internal IpLayer(StackHost host)
    {
        _host = host;
        _resolver = new RouteResolver(host);
        _looped = new LoopedPackets(host);
        Output4 = new Ipv4Output(host, _looped);
        Output6 = new Ipv6Output(host, _looped);
        Input4 = new Ipv4Input(host);
        Input6 = new Ipv6Input(host);
    }

    /// <summary>What waits for the rest of its fragments, of IPv4.</summary>
    public ReassemblyStatus Reassembly4 => new(Input4.Reassembler.Pending, Input4.Reassembler.Memory);

    /// <summary>What waits for the rest of its fragments, of IPv6.</summary>
    public ReassemblyStatus Reassembly6 => new(Input6.Reassembler.Pending, Input6.Reassembler.Memory);

    /// <summary>IPv4 packets that were dropped because they cannot have come from where they say (in_martian_src of /proc/net/stat/rt_cache).</summary>
    public long MartianSources { get; internal set; }

    /// <summary>Those that cannot be meant for where they say (in_martian_dst).</summary>
    public long MartianDestinations { get; internal set; }

    internal Ipv4Input Input4 { get; }

    internal Ipv6Input Input6 { get; }

    /// <summary>Makes a transport the taker of a protocol of both families. That of ICMP (1) and ICMPv6 (58) gets the echo replies and the errors about echo requests.</summary>
    /// <exception cref="InvalidOperationException">The protocol has one.</exception>
    public void Register(IpProtocolNumber protocol, ITransport transport)
    {
        ArgumentNullException.ThrowIfNull(transport);
        ref ITransport? place = ref _transports[(int)protocol];
        if (place is not null) throw new InvalidOperationException($"Protocol {(int)protocol} has a transport already.");
        place = transport;
    }

    /// <summary>Answers where a packet would go.</summary>
    /// <param name="flow">The question.</param>
    /// <param name="decision">The answer; of no meaning with an error.</param>
    /// <returns>
    /// ENETUNREACH: no route; EHOSTUNREACH, EACCES, EINVAL: a route of kind unreachable, prohibit or blackhole; ENODEV: no such interface; EINVAL: the source is not an address of this
    /// host, or may not be used there; EADDRNOTAVAIL: IPv6 has no source address for it.
    /// </returns>
    public Errno Route(in FlowKey flow, out RouteDecision decision)
    {
        _host.Loop.AssertOwned();
        return _resolver.Resolve(flow, out decision);
    }

    /// <summary>
    /// Sends a packet: puts the IP header on, fragments where it must and may, and hands it to the interface. A local destination comes back through the
    /// loopback in the same drain. Ownership moves, whatever becomes of the packet.
    /// </summary>
    /// <param name="packet">Transport header and payload, with the room for headers that a rented packet has.</param>
    /// <param name="decision">Where it goes; must be of the present generation.</param>
    /// <param name="fields">What goes into the header.</param>
    /// <returns>EMSGSIZE: too long for IP, or for the path and it may not be fragmented.</returns>
    public Errno Send(PacketBuffer packet, in RouteDecision decision, in IpSendFields fields)
    {
        ArgumentNullException.ThrowIfNull(packet);
        _host.Loop.AssertOwned();
        if (fields.Confirm && decision.Interface.Neighbors.TryGet(decision.NextHop, out NeighborEntry? neighbor)) neighbor.Confirm();
        return decision.Destination.IsIPv4 ? Output4.Send(packet, decision, fields) : Output6.Send(packet, decision, fields);
    }

    /// <summary>The transport of a protocol; null if there is none.</summary>
    internal ITransport? TransportOf(IpProtocolNumber protocol) => _transports[(int)protocol];
}
