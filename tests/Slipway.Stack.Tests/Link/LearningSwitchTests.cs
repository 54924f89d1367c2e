using Slipway.Stack;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

public sealed class LearningSwitchTests
{
    private readonly VirtualClock _clock = new();
    private readonly StackLoop _loop;
    private readonly LearningSwitch _switch;
    private readonly VirtualEthernetDevice[] _hosts = new VirtualEthernetDevice[4];
    private readonly Collector[] _received = new Collector[4];
    private readonly VirtualLink[] _links = new VirtualLink[4];

    public LearningSwitchTests()
    {
        _loop = new StackLoop(_clock);
        _switch = new LearningSwitch(_loop);
        for (int i = 0; i < 4; i++)
        {
            var port = new VirtualEthernetDevice(_loop, $"port{i}", Mac(100 + i));
            _hosts[i] = new VirtualEthernetDevice(_loop, "eth0", Mac(i));
            _links[i] = new VirtualLink(_hosts[i], port, LinkModel.Plain, new SeededRandom(1));
            _hosts[i].Receiver = _received[i] = new Collector(_loop);
            _switch.AddPort(port);
        }
    }

    [Fact]
    public void A_frame_for_an_unknown_address_goes_everywhere_but_back()
    {
        Send(from: 0, to: Mac(1));

        Counts().ShouldBe([0, 1, 1, 1]);
    }

    [Fact]
    public void Once_an_address_has_spoken_frames_for_it_go_there_only()
    {
        Send(from: 1, to: Mac(9));
        Clear();

        Send(from: 0, to: Mac(1));

        Counts().ShouldBe([0, 1, 0, 0]);
        _switch.Forwarded.ShouldBe(1);
    }

    [Fact]
    public void Broadcast_and_multicast_go_everywhere_and_their_copies_are_apart()
    {
        foreach (Collector collector in _received)
        {
            collector.Also = static (_, packet) =>
            {
                packet.EnsureWritable();
                packet.Span.Fill(0xAA);
            };
        }

        Send(from: 2, to: MacAddress.Broadcast);
        Send(from: 2, to: new MacAddress(0x0100_5E00_0001));

        Counts().ShouldBe([2, 2, 0, 2]);
        foreach (int i in (int[])[0, 1, 3]) MacAddress.Read(_received[i].Packets[0].Bytes).ShouldBe(MacAddress.Broadcast);
    }

    [Fact]
    public void An_address_that_moves_is_followed()
    {
        Send(from: 0, to: Mac(9), source: Mac(50));
        Send(from: 3, to: Mac(9), source: Mac(50));
        Clear();

        Send(from: 1, to: Mac(50));

        Counts().ShouldBe([0, 0, 0, 1]);
    }

    [Fact]
    public void An_address_is_forgotten_300_seconds_after_it_last_spoke()
    {
        Send(from: 1, to: Mac(9));
        _clock.Advance(TimeSpan.FromSeconds(300) - TimeSpan.FromTicks(1));
        Clear();
        Send(from: 0, to: Mac(1));
        Counts().ShouldBe([0, 1, 0, 0]);

        _clock.Advance(TimeSpan.FromTicks(1));
        Clear();
        Send(from: 0, to: Mac(1));
        Counts().ShouldBe([0, 1, 1, 1]);
    }

    [Fact]
    public void A_frame_whose_receiver_is_where_it_came_from_goes_nowhere()
    {
        Send(from: 0, to: Mac(9), source: Mac(60));
        Clear();

        Send(from: 0, to: Mac(60));

        Counts().ShouldBe([0, 0, 0, 0]);
        _switch.Filtered.ShouldBe(1);
    }

    [Fact]
    public void Frames_for_the_link_itself_are_not_passed_on()
    {
        Send(from: 0, to: new MacAddress(0x0180_C200_0000));
        Send(from: 0, to: new MacAddress(0x0180_C200_000E));

        Counts().ShouldBe([0, 0, 0, 0]);
    }

    [Fact]
    public void A_flood_of_made_up_addresses_fills_the_table_to_its_bound_and_ageing_makes_room()
    {
        for (int i = 0; i < LearningSwitch.TableSize + 1000; i++) Send(from: 0, to: Mac(9), source: Mac(10_000 + i));
        _switch.LearnedCount.ShouldBe(LearningSwitch.TableSize);

        _clock.Advance(TimeSpan.FromSeconds(301));
        Send(from: 1, to: Mac(9));

        _switch.LearnedCount.ShouldBe(1);
    }

    [Fact]
    public void A_port_that_goes_down_or_away_is_forgotten()
    {
        Send(from: 1, to: Mac(9));
        Send(from: 2, to: Mac(9));
        using (_loop.Enter()) _links[1].SetUp(false);
        using (_loop.Enter())
        {
            _switch.Lookup(Mac(1)).ShouldBeNull();
            _switch.Lookup(Mac(2)).ShouldNotBeNull();
            _switch.RemovePort(_switch.Ports[2]);
            _switch.Lookup(Mac(2)).ShouldBeNull();
        }
        Clear();

        Send(from: 0, to: Mac(2));

        Counts().ShouldBe([0, 0, 0, 1]);
    }

    [Fact]
    public void Only_Ethernet_devices_of_the_same_loop_can_be_ports()
    {
        Should.Throw<ArgumentException>(() => _switch.AddPort(new PointToPointDevice(_loop, "ptp0")));
        Should.Throw<ArgumentException>(() => _switch.AddPort(new VirtualEthernetDevice(new StackLoop(_clock), "eth0", Mac(1))));
    }

    private static MacAddress Mac(int number) => new(0x0200_0000_0000UL + (uint)number);

    private void Send(int from, MacAddress to, MacAddress? source = null)
    {
        using (_loop.Enter())
        {
            PacketBuffer packet = _loop.Packets.Rent(60);
            packet.Span.Clear();
            to.Write(packet.Span);
            (source ?? _hosts[from].Address).Write(packet.Span[6..]);
            _hosts[from].Transmit(packet);
        }
        _loop.Packets.Outstanding.ShouldBe(0);
    }

    private int[] Counts() => [.. _received.Select(static r => r.Packets.Count)];

    private void Clear()
    {
        foreach (Collector collector in _received) collector.Packets.Clear();
    }
}
