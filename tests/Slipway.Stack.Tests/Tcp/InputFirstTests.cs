using Slipway.Sockets;

namespace Slipway.Stack.Tests;

/// <summary>A host on a busy machine: acknowledgments have come to a port, and the thread that reads them has not run yet when a retransmission timer fires.</summary>
public sealed class InputFirstTests
{
    private readonly TwoHosts _net = new(new LinkModel { Delay = TimeSpan.FromMilliseconds(10) });
    private readonly TestPort _port = new();

    [Fact]
    public void While_input_waits_to_be_read_nothing_is_sent_again()
    {
        SendIntoTheVoid();
        _port.HasPacket = true;

        _net.Run(TimeSpan.FromMilliseconds(300));
        Probes.ShouldBe(0);

        _port.HasPacket = false;
        _net.Run(TimeSpan.FromMilliseconds(2));
        Probes.ShouldBe(1);
    }

    [Fact]
    public void A_port_that_always_has_input_does_not_hold_timers_for_ever()
    {
        SendIntoTheVoid();
        _port.HasPacket = true;

        _net.Run(TimeSpan.FromSeconds(2));

        Probes.ShouldBe(1);
    }

    private long Probes => _net.Client.Counters[TcpExtCounter.TCPLossProbes];

    /// <summary>A connection whose link has broken, with one segment under way: the probe is due about 240 ms later (two round trips and the receiver's delay, RFC 8985 section 7.2).</summary>
    private void SendIntoTheVoid()
    {
        using (_net.Loop.Enter()) _net.Loop.AddPort(new PortDevice(_net.Loop, "busy", _port));
        Socket listener = _net.Far.Open(AddressFamily.Inet, SocketType.Stream);
        listener.Bind(TwoHosts.FarAddress(7));
        listener.Listen(1);
        Socket client = _net.Near.Open(AddressFamily.Inet, SocketType.Stream | SocketType.NonBlocking);
        TwoHosts.ErrnoOf(() => client.Connect(TwoHosts.FarAddress(7))).ShouldBe(Errno.EINPROGRESS);
        _net.Run(TimeSpan.FromSeconds(1));
        using (_net.Loop.Enter()) _net.Link.Forth = new LinkModel { Loss = 1 };
        client.Send(new byte[100]).ShouldBe(100);
    }
}
