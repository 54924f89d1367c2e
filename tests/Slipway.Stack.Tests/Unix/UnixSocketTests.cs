using Slipway.Sockets;

namespace Slipway.Stack.Tests;

/// <summary>What the kernel cannot show of local sockets: what they allocate, and that nothing in flight is lost.</summary>
public sealed class UnixSocketTests
{
    private readonly StackLoop _loop = new(new VirtualClock());
    private readonly StackHost _host;
    private readonly StackSocketSystem _system;

    public UnixSocketTests()
    {
        _host = new StackHost(_loop, "host", new SeededRandom(1));
        _system = new StackSocketSystem(_host, new SimpleProcessContext());
    }

    [Theory]
    [InlineData(SocketType.Stream)]
    [InlineData(SocketType.Datagram)]
    [InlineData(SocketType.SequencedPacket)]
    public void A_message_costs_no_allocation_once_the_queue_has_its_room(SocketType type)
    {
        (Socket a, Socket b) = _system.OpenPair(type);
        byte[] sent = new byte[1000], got = new byte[1000];
        for (int i = 0; i < 100; i++) Pass();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++) Pass();
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);

        void Pass()
        {
            a.Send(sent);
            a.Send(sent);
            b.Receive(got);
            b.Receive(got);
        }
    }

    /// <summary>Two sockets wait each in the other's queue, with a third behind them; their descriptors close. Linux finds them at the next close of a local socket; here they go at once.</summary>
    [Fact]
    public void Sockets_that_hold_each_other_in_flight_are_closed_and_what_they_hold_with_them()
    {
        (Socket a, Socket b) = _system.OpenPair(SocketType.Datagram);
        (Socket c, Socket d) = _system.OpenPair(SocketType.Stream);
        Pass(a, a.Descriptor); // a waits in b's queue
        Pass(b, b.Descriptor, c.Descriptor); // and b in a's, with c
        c.Dispose();
        a.Dispose();
        d.Poll(PollEvents.POLLHUP, TimeSpan.Zero).ShouldBe(PollEvents.None);
        b.Dispose();
        d.Poll(PollEvents.POLLHUP, TimeSpan.Zero).ShouldBe(PollEvents.POLLHUP);
        d.Dispose();
        using (_loop.Enter())
        {
            _host.Unix.InFlightOf(0).ShouldBe(0);
            _loop.Packets.Outstanding.ShouldBe(0);
        }
    }

    /// <summary>A cycle that a queue leads to which somebody can still read stays whole.</summary>
    [Fact]
    public void Sockets_in_flight_that_can_be_received_stay_open()
    {
        (Socket a, Socket b) = _system.OpenPair(SocketType.Datagram);
        (Socket c, Socket d) = _system.OpenPair(SocketType.Stream);
        Pass(d, c.Descriptor); // c waits in its own queue
        Pass(a, c.Descriptor); // and in b's
        c.Dispose();
        d.Poll(PollEvents.POLLHUP, TimeSpan.Zero).ShouldBe(PollEvents.None);
        b.Dispose(); // the way to it goes
        d.Poll(PollEvents.POLLHUP, TimeSpan.Zero).ShouldBe(PollEvents.POLLHUP);
        a.Dispose();
        d.Dispose();
        using (_loop.Enter()) _loop.Packets.Outstanding.ShouldBe(0);
    }

    /// <summary>Sockets in flight in sockets in flight, many deep: dropping the first drops them all, without growing the call stack with them.</summary>
    [Fact]
    public void A_long_chain_of_sockets_in_flight_is_dropped()
    {
        (Socket holder, Socket sender) = _system.OpenPair(SocketType.Datagram);
        for (int i = 0; i < 20_000; i++)
        {
            (Socket next, Socket nextSender) = _system.OpenPair(SocketType.Datagram);
            Pass(nextSender, holder.Descriptor);
            holder.Dispose();
            sender.Dispose();
            (holder, sender) = (next, nextSender);
        }
        holder.Dispose();
        sender.Dispose();
        using (_loop.Enter()) _loop.Packets.Outstanding.ShouldBe(0);
    }

    /// <summary>Without privilege a user has as many descriptors in flight as it may have open (unix(7), ETOOMANYREFS).</summary>
    [Fact]
    public void Descriptors_in_flight_are_limited()
    {
        var system = new StackSocketSystem(_host, new SimpleProcessContext(processId: 7, userId: 1000, descriptorLimit: 16));
        (Socket a, Socket b) = system.OpenPair(SocketType.Stream);
        for (int i = 0; i < 17; i++) Pass(a, 0);
        Should.Throw<SocketCallException>(() => Pass(a, 0)).Errno.ShouldBe(Errno.ETOOMANYREFS);
        b.Receive(new byte[1]);
        Pass(a, 0);
    }

    /// <summary>A listener in flight in the queue of a connection that waits to be accepted from it.</summary>
    [Fact]
    public void A_listener_in_flight_to_itself_is_closed()
    {
        using Socket listener = _system.Open(AddressFamily.Unix, SocketType.Stream), client = _system.Open(AddressFamily.Unix, SocketType.Stream);
        listener.Bind(UnixAddress.FromPath("/tmp/listener"));
        listener.Listen(1);
        client.Connect(listener.LocalUnixAddress);
        Pass(client, listener.Descriptor);
        listener.Dispose();
        client.Poll(PollEvents.POLLHUP, TimeSpan.Zero).ShouldBe(PollEvents.POLLHUP | PollEvents.POLLERR);
        using (_loop.Enter()) _loop.Packets.Outstanding.ShouldBe(0);
    }

    private static void Pass(Socket socket, params ReadOnlySpan<int> descriptors)
    {
        var writer = new ControlMessageWriter(new byte[64]);
        writer.TryAddDescriptors(descriptors).ShouldBeTrue();
        socket.SendMessage(new SendMessage { Buffer = "x"u8, Control = writer.Written });
    }
}
