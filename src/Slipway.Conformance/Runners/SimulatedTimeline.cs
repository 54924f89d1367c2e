using Slipway.Lab;
using Slipway.Sockets;
using Slipway.Stack;
using Slipway.Wire;

namespace Slipway.Conformance;

/// <summary>The wire of the lab: near host, router, far host. The delay lies between the first two, so what passes there has the near host's times; what fails, fails at the router.</summary>
internal sealed class SimulatedTimeline : TimelineHosts
{
    private const byte DestinationUnreachable = 3;

    private readonly VirtualNetwork _network;
    private readonly Host _router;
    private readonly LabLink _wire, _beyond;
    private Route? _refusal;
    private byte _code;

    private SimulatedTimeline(VirtualNetwork network, Host router, LabLink wire, LabLink beyond)
    {
        _network = network;
        _router = router;
        _wire = wire;
        _beyond = beyond;
        wire.Draw();
        wire.A.Faults!.InboundFilter = GiveCode;
        RoundTrip = TimeSpan.FromMilliseconds(100);
    }

    public override HostProcess Near => NearProcess!;

    public override HostProcess Far => FarProcess!;

    public override TimeSpan Slack => TimeSpan.Zero;

    internal HostProcess? NearProcess { get; set; }

    internal HostProcess? FarProcess { get; set; }

    protected override TimeSpan Clock => _network.Now;

    protected override IReadOnlyList<SequenceEvent> Packets => _wire.Diagram!.Events;

    public override void SetWire(WireState state, int code = 1)
    {
        _code = (byte)code;
        _beyond.Model = state == WireState.Silent ? new LinkModel { Loss = 1 } : LinkModel.Plain;
        using (_network.Loop.Enter())
        {
            RouteTable routes = _router.Stack.Routes;
            if (_refusal is { } old) Expect.Success(routes.Remove(old.Destination));
            _refusal = null;
            if (state != WireState.Unreachable) return;
            var refusal = new Route { Destination = IpPrefix.Parse(FarAddress + "/32"), Interface = _router.Stack.Interfaces.Find("lo")!, Kind = RouteKind.Unreachable };
            Expect.Success(routes.Add(refusal));
            _refusal = refusal;
        }
    }

    internal static (SimulatedTimeline Timeline, Host Near, Host Far) Build(VirtualNetwork network)
    {
        Host near = network.AddHost("near", NearAddress + "/24"), far = network.AddHost("far", FarAddress + "/24");
        Host router = network.AddRouter("router");
        router.SetSysctl("net.ipv4.icmp_ratelimit", "0");
        LabLink wire = network.ConnectPointToPoint(near.On() with { WithFaults = true }, router.On(null, RouterAddress + "/24"));
        LabLink beyond = network.ConnectPointToPoint(router.On(null, "10.9.1.254/24"), far);
        return (new SimulatedTimeline(network, router, wire, beyond), near, far);
    }

    protected override void SetDelay(TimeSpan oneWay) => _wire.Model = new LinkModel { Delay = oneWay };

    /// <summary>The router always says "host unreachable": here its message gets the code that is wanted.</summary>
    private FaultVerdict GiveCode(PacketBuffer packet, long number)
    {
        if (_refusal is null || !Ipv4View.TryParse(packet.Span, out Ipv4View ip, out _) || ip.Protocol != IpProtocolNumber.Icmpv4) return FaultVerdict.Pass;
        Span<byte> message = packet.Span[ip.HeaderLength..];
        if (message[0] != DestinationUnreachable) return FaultVerdict.Pass;
        message[1] = _code;
        message[2..4].Clear();
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(message[2..], InternetChecksum.Compute(message));
        return FaultVerdict.Pass;
    }
}
