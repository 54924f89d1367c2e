using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>Hosts in one loop with a clock that the test moves, and a record of every frame that a host puts on a link: time, host, what it says.</summary>
internal sealed class TestNetwork
{
    private ulong _nextMac = 0x0200_0000_0001;

    public VirtualClock Clock { get; } = new();

    public StackLoop Loop { get; }

    public SeededRandom Random { get; } = new(7);

    /// <summary>Whether <see cref="Frames"/> has what hosts and routers say of groups (IGMP and MLD): only tests of those want it.</summary>
    public bool ShowsGroupMessages { get; init; }

    /// <summary>Frames as they were sent: <c>time-in-ms host text</c>. ARP and neighbour discovery included.</summary>
    public List<string> Frames { get; } = [];

    /// <summary>The bytes of those frames.</summary>
    public List<byte[]> Bytes { get; } = [];

    public TestNetwork() => Loop = new StackLoop(Clock);

    public StackHost AddHost(string name) => new(Loop, name, Random.Derive(name));

    /// <summary>Joins two hosts by an Ethernet cable without delay.</summary>
    public (NetworkInterface A, NetworkInterface B) Connect(StackHost a, string addressesA, StackHost b, string addressesB, int mtu = 1500, LinkModel? model = null)
    {
        VirtualEthernetDevice deviceA = Device(a, mtu), deviceB = Device(b, mtu);
        _ = new VirtualLink(deviceA, deviceB, model ?? LinkModel.Plain, Random.Derive($"{a.Name}-{b.Name}"));
        return (Attach(a, deviceA, addressesA), Attach(b, deviceB, addressesB));
    }

    /// <summary>A host with one Ethernet interface whose other end the test itself holds.</summary>
    public (NetworkInterface Interface, TestPeer Peer) ConnectPeer(StackHost host, string addresses, int mtu = 1500)
    {
        VirtualEthernetDevice device = Device(host, mtu);
        var end = new VirtualEthernetDevice(Loop, "peer", new MacAddress(_nextMac++), mtu);
        _ = new VirtualLink(device, end, LinkModel.Plain, Random.Derive(host.Name));
        var peer = new TestPeer(end);
        return (Attach(host, device, addresses), peer);
    }

    /// <summary>A host with one Ethernet interface whose other end is a port of a switch.</summary>
    public (LinkDevice Port, NetworkInterface Interface) ConnectPort(StackHost host, string addresses)
    {
        VirtualEthernetDevice device = Device(host, 1500);
        var port = new VirtualEthernetDevice(Loop, $"port{_nextMac & 0xFF}", new MacAddress(_nextMac++));
        _ = new VirtualLink(device, port, LinkModel.Plain, Random.Derive(host.Name));
        return (port, Attach(host, device, addresses));
    }

    /// <summary>Does something as the owner of the loop, and then lets all happen that needs no time.</summary>
    public void Do(Action action)
    {
        using (Loop.Enter()) action();
    }

    public T Do<T>(Func<T> function)
    {
        using (Loop.Enter()) return function();
    }

    /// <summary>Lets time pass, event by event.</summary>
    public void Pass(TimeSpan span)
    {
        long end = Clock.Now + StackClock.ToNanoseconds(span);
        while (Loop.NextDeadline is { } next && next <= end)
        {
            Clock.AdvanceTo(Math.Max(next, Clock.Now));
            Loop.RunDue();
        }
        Clock.AdvanceTo(end);
        Loop.RunDue();
    }

    /// <summary>The frames since the last call.</summary>
    public string[] TakeFrames()
    {
        string[] taken = [.. Frames];
        Frames.Clear();
        Bytes.Clear();
        return taken;
    }

    /// <summary>The frames since the last call, without ARP and neighbour discovery.</summary>
    public string[] TakePackets() => [.. TakeFrames().Where(f => !f.Contains("ARP", StringComparison.Ordinal) && !f.Contains("neighbor", StringComparison.OrdinalIgnoreCase))];

    private VirtualEthernetDevice Device(StackHost host, int mtu) => new(Loop, $"eth{host.Interfaces.Count - 1}", new MacAddress(_nextMac++), mtu);

    private NetworkInterface Attach(StackHost host, VirtualEthernetDevice device, string addresses)
    {
        using (Loop.Enter())
        {
            NetworkInterface added = host.AddInterface(new CaptureDevice(device, new Recorder(this, host)));
            foreach (string address in addresses.Split(' ', StringSplitOptions.RemoveEmptyEntries)) added.AddAddress(IpPrefix.Parse(address)).ShouldBe(Errno.None);
            return added;
        }
    }

    private sealed class Recorder(TestNetwork network, StackHost host) : IPacketSink
    {
        public void Write(LinkDevice device, PacketDirection direction, long unixNanoseconds, ReadOnlySpan<byte> bytes)
        {
            if (direction != PacketDirection.Outbound) return;
            string text = FramePrinter.PrintFrame(bytes);
            if (!network.ShowsGroupMessages && TestPeer.IsGroupMessage(text)) return;
            network.Frames.Add($"{network.Clock.Now / StackClock.Millisecond} {host.Name}: {text[(text.IndexOf(", ", StringComparison.Ordinal) + 2)..]}");
            network.Bytes.Add(bytes.ToArray());
        }
    }
}
