using System.Text;
using Slipway.Sockets;

namespace Slipway.Stack.Tests;

/// <summary>Waiting, and what ends it.</summary>
public class WaitingTests
{
    private readonly TwoHosts _net = new(new LinkModel { Delay = TimeSpan.FromMilliseconds(10) });

    /// <summary>SHUT-08, FD-26: close leaves a waiting call alone, shutdown ends it.</summary>
    [Fact]
    public void Shutdown_wakes_a_waiting_receive_and_close_does_not()
    {
        Socket server = TwoHosts.Bound(_net.Far, InetAddress.AnyIPv4(7));
        int copy = server.Duplicate().Descriptor;
        _net.ServerProcess.WhenBlocked = call =>
        {
            _net.Far.Close(copy).ShouldBe(Errno.None);
            call.IsWoken.ShouldBeFalse();
            _net.Far.Shutdown(server.Descriptor, ShutdownHow.Both).ShouldBe(Errno.ENOTCONN);
            call.IsWoken.ShouldBeTrue();
        };
        server.Receive(new byte[10]).ShouldBe(0);
        server.Poll(PollEvents.POLLIN, TimeSpan.Zero).ShouldBe(PollEvents.POLLIN | PollEvents.POLLHUP);
    }

    [Fact]
    public void The_last_descriptor_may_go_while_a_call_waits()
    {
        Socket server = TwoHosts.Bound(_net.Far, InetAddress.AnyIPv4(7));
        using Socket client = TwoHosts.Udp(_net.Near);
        _net.ServerProcess.WhenBlocked = _ =>
        {
            server.Dispose();
            client.SendTo("late"u8, TwoHosts.FarAddress(7));
        };
        byte[] buffer = new byte[10];
        server.Receive(buffer).ShouldBe(4);
        // Only now the port is free.
        TwoHosts.Bound(_net.Far, InetAddress.AnyIPv4(7)).Dispose();
    }

    /// <summary>DATA-36, TO-006.</summary>
    [Theory]
    [InlineData(false, false, Errno.EINTR)]
    [InlineData(true, true, Errno.EINTR)]
    [InlineData(true, false, Errno.None)]
    public void A_signal_ends_the_wait_unless_it_may_go_on(bool restart, bool withTimeout, Errno expected)
    {
        using Socket server = TwoHosts.Bound(_net.Far, InetAddress.AnyIPv4(7));
        using Socket client = TwoHosts.Udp(_net.Near);
        if (withTimeout) server.SetOption(SocketOptions.ReceiveTimeout, TimeSpan.FromSeconds(10));
        client.SendTo("x"u8, TwoHosts.FarAddress(7));
        _net.ServerProcess.WhenBlocked = call => call.Interrupt(restart);
        TwoHosts.ErrnoOf(() => server.Receive(new byte[10])).ShouldBe(expected);
    }

    [Fact]
    public void Poll_and_select_wait_for_the_first_event_and_are_never_restarted()
    {
        using Socket first = TwoHosts.Bound(_net.Far, InetAddress.AnyIPv4(7)), second = TwoHosts.Bound(_net.Far, InetAddress.AnyIPv4(8));
        using Socket client = TwoHosts.Udp(_net.Near);
        client.SendTo("x"u8, TwoHosts.FarAddress(8));
        PollEntry[] entries = [new(first.Descriptor, PollEvents.POLLIN), new(-1, PollEvents.POLLIN), new(second.Descriptor, PollEvents.POLLIN), new(60, PollEvents.POLLIN)];
        _net.Far.Poll(entries.AsSpan(0, 3), 1000).Value.ShouldBe(1);
        _net.Clock.Now.ShouldBe(10 * StackClock.Millisecond);
        entries[2].Returned.ShouldBe(PollEvents.POLLIN);
        _net.Far.Poll(entries, 0).Value.ShouldBe(2);
        entries[3].Returned.ShouldBe(PollEvents.POLLNVAL);

        var read = new DescriptorSet();
        read.Add(first.Descriptor);
        read.Add(second.Descriptor);
        _net.Far.Select(second.Descriptor + 1, read, null, null, null).Value.ShouldBe(1);
        read.Contains(first.Descriptor).ShouldBeFalse();
        read.Contains(second.Descriptor).ShouldBeTrue();
        second.Receive(new byte[1]);
        _net.ServerProcess.WhenBlocked = static call => call.Interrupt(restart: true);
        _net.Far.Select(second.Descriptor + 1, read, null, null, null).Error.ShouldBe(Errno.EINTR);
        _net.Far.Select(second.Descriptor + 1, read, null, null, TimeSpan.FromMilliseconds(5)).Value.ShouldBe(0);
        _net.Clock.Now.ShouldBe(15 * StackClock.Millisecond);
        read.Add(40);
        _net.Far.Select(41, read, null, null, null).Error.ShouldBe(Errno.EBADF);
    }

    [Fact]
    public async Task An_async_receive_completes_when_the_datagram_is_there()
    {
        using Socket server = TwoHosts.Bound(_net.Far, InetAddress.AnyIPv4(7));
        using Socket client = TwoHosts.Udp(_net.Near);
        byte[] buffer = new byte[10];
        ValueTask<int> waiting = server.ReceiveAsync(buffer);
        waiting.IsCompleted.ShouldBeFalse();
        client.SendTo("async"u8, TwoHosts.FarAddress(7));
        _net.Run(TimeSpan.FromSeconds(1));
        (await waiting).ShouldBe(5);
        Encoding.ASCII.GetString(buffer, 0, 5).ShouldBe("async");
        using var cancel = new CancellationTokenSource();
        ValueTask<PollEvents> cancelled = _net.Far.WhenReadyAsync(server.Descriptor, PollEvents.POLLIN, cancel.Token);
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(async () => await cancelled);
    }

    /// <summary>ASYNC-16, ASYNC-17, ASYNC-19, ASYNC-26.</summary>
    [Fact]
    public void SIGIO_needs_an_owner_and_O_ASYNC_and_F_SETSIG_tells_more()
    {
        using Socket server = TwoHosts.Bound(_net.Far, InetAddress.AnyIPv4(7));
        List<SignalInfo> signals = _net.ServerProcess.Signals;
        Arrive();
        server.Fcntl(FileControl.F_SETOWN, 200);
        Arrive();
        signals.ShouldBeEmpty();
        server.Fcntl(FileControl.F_SETFL, FileControl.O_ASYNC);
        Arrive();
        signals.ShouldBe([new SignalInfo(Signal.SIGIO, 128, 0, PollEvents.None, 0)]);
        server.Fcntl(FileControl.F_SETSIG, 40);
        Arrive();
        signals[1].ShouldBe(new SignalInfo((Signal)40, 1, server.Descriptor, PollEvents.POLLIN | PollEvents.POLLRDNORM, 0));
        _net.ServerProcess.HasSignalRoom = false;
        Arrive();
        signals[2].Signal.ShouldBe(Signal.SIGIO);
        TwoHosts.ErrnoOf(() => server.Fcntl(FileControl.F_SETOWN, 99)).ShouldBe(Errno.ESRCH);
        server.Fcntl(FileControl.F_GETOWN).ShouldBe(200);

        void Arrive()
        {
            using Socket client = TwoHosts.Udp(_net.Near);
            client.SendTo("x"u8, TwoHosts.FarAddress(7));
            _net.Run(TimeSpan.FromMilliseconds(20));
        }
    }

    /// <summary>Two threads of an embedding program, each blocking in plain style, over two hosts in one loop on real time.</summary>
    [Fact]
    public void Two_real_threads_talk_over_two_hosts_of_one_loop()
    {
        var loop = new StackLoop(new TimeProviderClock(TimeProvider.System));
        StackHost host;
        using (loop.Enter()) host = new StackHost(loop, "host", new SeededRandom(1));
        var server = new StackSocketSystem(host, new SimpleProcessContext(1));
        var client = new StackSocketSystem(host, new SimpleProcessContext(2));
        using Socket echo = TwoHosts.Bound(server, InetAddress.LoopbackIPv4(7)), ask = TwoHosts.Udp(client);
        ask.Connect(InetAddress.LoopbackIPv4(7));
        const int Rounds = 2000;
        var thread = new Thread(() =>
        {
            byte[] buffer = new byte[16];
            for (int i = 0; i < Rounds; i++)
            {
                int count = echo.ReceiveFrom(buffer, out InetAddress from);
                echo.SendTo(buffer.AsSpan(0, count), from);
            }
        });
        thread.Start();
        byte[] answer = new byte[16];
        for (int i = 0; i < Rounds; i++)
        {
            ask.Send(BitConverter.GetBytes(i));
            ask.Receive(answer).ShouldBe(4);
            BitConverter.ToInt32(answer).ShouldBe(i);
        }
        thread.Join();
    }
}
