using Slipway.Stack;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>Two devices with a link between them in simulated time, and what arrives at each.</summary>
internal sealed class LinkFixture
{
    public static readonly MacAddress MacA = new(0x02_00_00_00_00_0A), MacB = new(0x02_00_00_00_00_0B);

    public LinkFixture(LinkModel? model = null, LinkKind kind = LinkKind.PointToPoint, ulong seed = 1)
    {
        Loop = new StackLoop(Clock);
        A = Device("0", MacA);
        B = Device("1", MacB);
        Link = new VirtualLink(A, B, model ?? LinkModel.Plain, new SeededRandom(seed));
        AtA = new Collector(Loop);
        AtB = new Collector(Loop);
        A.Receiver = AtA;
        B.Receiver = AtB;

        VirtualDevice Device(string number, MacAddress address) => kind == LinkKind.Ethernet
            ? new VirtualEthernetDevice(Loop, "eth" + number, address)
            : new PointToPointDevice(Loop, "ptp" + number);
    }

    public VirtualClock Clock { get; } = new();

    public StackLoop Loop { get; }

    public VirtualDevice A { get; }

    public VirtualDevice B { get; }

    public VirtualLink Link { get; }

    public Collector AtA { get; }

    public Collector AtB { get; }

    /// <summary>Sends packets of this length, numbered by their last byte from 0, all at this moment.</summary>
    public void Send(int count, int length = 100, LinkDevice? from = null)
    {
        using (Loop.Enter())
        {
            for (int i = 0; i < count; i++) (from ?? A).Transmit(Packet(length, i));
        }
    }

    public PacketBuffer Packet(int length, int number)
    {
        PacketBuffer packet = Loop.Packets.Rent(length);
        packet.Span.Clear();
        if (length > 0) packet.Span[^1] = (byte)number;
        return packet;
    }

    /// <summary>Moves time from deadline to deadline until nothing is left to happen.</summary>
    public void Run() => RunUntil(long.MaxValue);

    public void RunUntil(long time)
    {
        while (Loop.NextDeadline is { } next && next <= time)
        {
            Clock.AdvanceTo(Math.Max(next, Clock.Now));
            Loop.RunDue();
        }
        if (time != long.MaxValue) Clock.AdvanceTo(time);
    }

    public void NothingIsLost()
    {
        Link.InFlight.ShouldBe(0);
        Loop.Packets.Outstanding.ShouldBe(0, Loop.Packets.DescribeOutstanding());
    }
}
