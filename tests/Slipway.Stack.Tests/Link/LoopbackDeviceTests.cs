using Slipway.Stack;

namespace Slipway.Stack.Tests;

public sealed class LoopbackDeviceTests
{
    private readonly StackLoop _loop = new(new VirtualClock());
    private readonly LoopbackDevice _lo;
    private readonly Collector _host;

    public LoopbackDeviceTests()
    {
        _lo = new LoopbackDevice(_loop);
        _lo.Receiver = _host = new Collector(_loop);
    }

    [Fact]
    public void What_is_sent_comes_back_in_the_drain_and_not_inside_the_call()
    {
        using (_loop.Enter())
        {
            _lo.Transmit(_loop.Packets.RentCopy([1, 2, 3]));
            _host.Packets.ShouldBeEmpty();
        }

        _host.Packets.Single().Bytes.ShouldBe([1, 2, 3]);
        _loop.Packets.Outstanding.ShouldBe(0);
    }

    [Fact]
    public void It_takes_packets_of_65536_bytes_and_no_longer_ones()
    {
        _lo.Mtu.ShouldBe(65536);
        using (_loop.Enter())
        {
            _lo.Transmit(_loop.Packets.Rent(65536));
            _lo.Transmit(_loop.Packets.Rent(65537));
        }

        _host.Packets.Single().Bytes.Length.ShouldBe(65536);
        _lo.Counters.TxPackets.ShouldBe(1);
        _lo.Counters.RxPackets.ShouldBe(1);
        _lo.Counters.RxBytes.ShouldBe(65536);
        _lo.Counters.TxErrors.ShouldBe(1);
        _loop.Packets.Outstanding.ShouldBe(0);
    }

    [Fact]
    public void Answers_to_answers_do_not_recurse()
    {
        int depth = 0, deepest = 0;
        _host.Also = (device, packet) =>
        {
            deepest = Math.Max(deepest, ++depth);
            if (packet.Span[0] < 200)
            {
                PacketBuffer answer = _loop.Packets.RentCopy(packet.Span);
                answer.Span[0]++;
                device.Transmit(answer);
            }
            depth--;
        };

        using (_loop.Enter()) _lo.Transmit(_loop.Packets.RentCopy([0]));

        _host.Packets.Count.ShouldBe(201);
        deepest.ShouldBe(1);
    }

    /// <summary>PROC-06: beyond the backlog packets are dropped and counted.</summary>
    [Fact]
    public void More_than_the_backlog_in_one_go_is_dropped()
    {
        _lo.Backlog = 10;
        using (_loop.Enter())
        {
            for (int i = 0; i < 15; i++) _lo.Transmit(_loop.Packets.Rent(1));
        }

        _host.Packets.Count.ShouldBe(10);
        _lo.Counters.RxDropped.ShouldBe(5);
        _loop.Packets.Outstanding.ShouldBe(0);
    }

    [Fact]
    public void A_device_that_is_down_drops()
    {
        using (_loop.Enter())
        {
            _lo.IsUp = false;
            _lo.Transmit(_loop.Packets.Rent(1));
        }

        _host.Packets.ShouldBeEmpty();
        _lo.Counters.TxDropped.ShouldBe(1);
        _loop.Packets.Outstanding.ShouldBe(0);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a-name-too-long1")]
    [InlineData("with space")]
    [InlineData("with/slash")]
    public void Names_that_the_kernel_would_refuse_are_refused(string name)
        => Should.Throw<ArgumentException>(() => new LoopbackDevice(_loop, name));

    [Fact]
    public void A_changed_mtu_is_told_and_bounded()
    {
        var told = new List<int>();
        _lo.MtuChanged += device => told.Add(device.Mtu);

        _lo.Mtu = 1500;
        _lo.Mtu = 1500;
        Should.Throw<ArgumentOutOfRangeException>(() => _lo.Mtu = 67);
        Should.Throw<ArgumentOutOfRangeException>(() => _lo.Mtu = 65537);

        told.ShouldBe([1500]);
    }
}
