using Slipway.Sockets;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>Listeners that wait for data before they let a connection be accepted (tcp(7), TCP_DEFER_ACCEPT).</summary>
public static class DeferredAcceptScenarios
{
    /// <summary>A connection without data is one to the client alone, until its data comes; then it passes those that came before it and said nothing.</summary>
    [Scenario("T-010")]
    public static void OnlyWithData(HostProcess host)
    {
        using Socket listener = host.Tcp();
        listener.NonBlocking = true;
        listener.SetTcp(TCP_DEFER_ACCEPT, 60);
        listener.Bind(InetAddress.LoopbackIPv4());
        listener.Listen(16);
        using Socket silent = host.TcpTo(listener.LocalAddress), talking = host.TcpTo(listener.LocalAddress);
        Expect.Equal(TcpInfoBlock.Established, silent.Info().State);
        Expect.Fails(Errno.EAGAIN, listener.TryAccept());
        Expect.Equal(PollEvents.None, listener.PollNow(PollEvents.POLLIN));
        talking.SendText("x");
        listener.WaitFor(PollEvents.POLLIN);
        using Socket accepted = listener.Accept();
        Expect.Equal(talking.LocalAddress, accepted.RemoteAddress);
        Expect.Equal("x", accepted.ReceiveText());
        Expect.Fails(Errno.EAGAIN, listener.TryAccept());
    }

    /// <summary>After the time, the answer to the SYN is sent once more, and what acknowledges that is accepted without data.</summary>
    [Scenario("T-010")]
    public static void NotForEver(HostProcess host)
    {
        using Socket listener = host.Tcp();
        listener.SetTcp(TCP_DEFER_ACCEPT, 1);
        listener.Bind(InetAddress.LoopbackIPv4());
        listener.Listen(16);
        using Socket client = host.TcpTo(listener.LocalAddress);
        Expect.Equal(PollEvents.None, listener.PollNow(PollEvents.POLLIN));
        using Socket accepted = listener.Accept();
        Expect.Equal(client.LocalAddress, accepted.RemoteAddress);
        Expect.Equal(0, accepted.Available);
    }

    /// <summary>Three seconds are two answers: the first time-out, after 1 s, sends nothing, as the client is known to be there; the second, 2 s later, does.</summary>
    [Scenario("T-010", NotOnKernel = Waits.ExactTimes)]
    public static void WhenTheTimeIsOver(TimelineHosts hosts)
    {
        using Socket listener = hosts.Far.Tcp();
        listener.SetTcp(TCP_DEFER_ACCEPT, 3);
        listener.Bind(new InetAddress(TimelineHosts.FarAddress, 0));
        listener.Listen();
        using Socket client = hosts.Near.Tcp();
        hosts.Begin();
        client.Connect(listener.LocalAddress);
        hosts.ExpectNow(100);
        using Socket accepted = listener.Accept();
        hosts.ExpectNow(3150);
        hosts.ExpectSegments(hosts.Far, (50, 0), (3050, 0));
        hosts.ExpectSegments(hosts.Near, (0, 0), (100, 0), (3100, 0));
    }
}
