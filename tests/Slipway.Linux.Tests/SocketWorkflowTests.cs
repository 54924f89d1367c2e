using Slipway.Linux.Tests.Processes;
using Slipway.Sockets;

namespace Slipway.Linux.Tests;

/// <summary>How the classic programs use sockets, on the machine's kernel. The same on both systems is the conformance scenarios' matter.</summary>
public sealed class SocketWorkflowTests
{
    private static readonly LinuxSystem s_system = LinuxSystem.Current;

    [Fact]
    [Trait("Row", "P-140")]
    [Trait("Row", "P-142")]
    [Trait("Row", "P-143")]
    public void A_stream_is_accepted_as_another_socket_and_its_ends_know_both_addresses()
    {
        using Socket listener = Listening(1), client = Open(SocketType.Stream);
        client.Connect(listener.LocalAddress); // which binds an ephemeral port
        using Socket accepted = listener.Accept(out InetAddress from);
        accepted.Descriptor.ShouldNotBe(listener.Descriptor);
        client.LocalAddress.Port.ShouldNotBe((ushort)0);
        (from, accepted.RemoteAddress, accepted.LocalAddress, client.RemoteAddress).ShouldBe((client.LocalAddress, client.LocalAddress, listener.LocalAddress, listener.LocalAddress));
        client.Send("echo"u8);
        byte[] room = new byte[10];
        accepted.Send(room.AsSpan(0, accepted.Receive(room)));
        client.Receive(room).ShouldBe(4);
        using Socket second = Open(SocketType.Stream);
        second.Connect(listener.LocalAddress); // the listener still listens
        second.LocalAddress.ShouldNotBe(client.LocalAddress);
    }

    [Fact]
    [Trait("Row", "P-141")]
    public void A_datagram_needs_no_bind_of_the_client_and_is_received_as_it_was_sent()
    {
        using Socket server = Open(SocketType.Datagram), client = Open(SocketType.Datagram);
        server.Bind(InetAddress.LoopbackIPv4());
        client.SendTo("first"u8, server.LocalAddress);
        client.SendTo("second"u8, server.LocalAddress);
        byte[] room = new byte[100];
        server.ReceiveFrom(room, out InetAddress from).ShouldBe(5);
        server.ReceiveFrom(room, out _).ShouldBe(6);
        from.Port.ShouldBe(client.LocalAddress.Port);
    }

    [RootFact]
    [Trait("Row", "P-143")]
    [Trait("Row", "P-148")]
    public void Low_ports_and_raw_sockets_are_for_the_privileged()
    {
        using var process = new LinuxProcess();
        process.RunAsUser(1234, static () =>
        {
            using Socket socket = Open(SocketType.Stream);
            Should.Throw<SocketCallException>(() => socket.Bind(InetAddress.LoopbackIPv4(79))).Errno.ShouldBe(Errno.EACCES);
            s_system.Socket(AddressFamily.Inet, SocketType.Raw, 1).Error.ShouldBe(Errno.EPERM);
        });
    }

    [Fact]
    [Trait("Row", "P-148")]
    public void A_socket_can_be_read_and_written_like_a_file()
    {
        s_system.SocketPair(AddressFamily.Unix, SocketType.Stream | SocketType.CloseOnExec, 0, out int near, out int far).ShouldBe(Errno.None);
        using FileDescriptor first = FileDescriptor.Adopt(near), second = FileDescriptor.Adopt(far);
        first.Write("abc"u8).ShouldBe(3);
        second.Read(new byte[10]).ShouldBe(3);
    }

    [Fact]
    [Trait("Row", "P-144")]
    public void One_more_connection_than_the_backlog_is_completed_without_accept()
    {
        const int Backlog = 2;
        using Socket listener = Listening(Backlog);
        var clients = new List<Socket>();
        for (int i = 0; i < Backlog + 2; i++)
        {
            Socket client = Open(SocketType.Stream);
            client.NonBlocking = true;
            Errno error = s_system.Connect(client.Descriptor, Bytes(listener.LocalAddress));
            error.ShouldBe(Errno.EINPROGRESS);
            clients.Add(client);
        }
        // On loopback the handshake is over when connect returns, but for the one whose SYN was dropped: it is still under way, not refused.
        clients.Select(static client => (client.Poll(PollEvents.POLLOUT, TimeSpan.Zero) & PollEvents.POLLOUT) != 0).ShouldBe([true, true, true, false]);
        clients[^1].GetOption(SocketLevel.SOL_SOCKET, SocketOptionName.SO_ERROR).ShouldBe(0);
        foreach (Socket client in clients) client.Dispose();
    }

    [Fact]
    [Trait("Row", "P-145")]
    public void Send_takes_a_copy_and_promises_nothing()
    {
        using Socket listener = Listening(1), client = Open(SocketType.Stream);
        client.Connect(listener.LocalAddress);
        using Socket accepted = listener.Accept();
        byte[] data = "before"u8.ToArray();
        client.Send(data).ShouldBe(6);
        data.AsSpan().Clear();
        byte[] room = new byte[6];
        accepted.Receive(room).ShouldBe(6);
        room.ShouldBe("before"u8.ToArray());
        client.Send(data).ShouldBe(6);
        accepted.Dispose(); // unread
        Should.Throw<SocketCallException>(() => client.Receive(room)).Errno.ShouldBe(Errno.ECONNRESET);
    }

    [Fact]
    [Trait("Row", "P-146")]
    public void Ports_and_addresses_are_in_the_order_of_the_network()
        => Bytes(InetAddress.LoopbackIPv4(0x1234))[2..8].ShouldBe([0x12, 0x34, 127, 0, 0, 1]);

    [Fact]
    [Trait("Row", "P-147")]
    public void Shutdown_of_both_directions_is_no_close()
    {
        using Socket listener = Listening(1), client = Open(SocketType.Stream);
        client.Connect(listener.LocalAddress);
        using Socket accepted = listener.Accept(), copy = client.Duplicate();
        client.Shutdown(ShutdownHow.Both);
        // It acts on every copy at once, and the descriptors stay.
        accepted.Receive(new byte[1]).ShouldBe(0);
        Should.Throw<SocketCallException>(() => copy.Send("x"u8, MessageFlags.MSG_NOSIGNAL)).Errno.ShouldBe(Errno.EPIPE);
        client.LocalAddress.Port.ShouldNotBe((ushort)0);
    }

    [Fact]
    [Trait("Row", "P-157")]
    public void Of_a_hundred_sockets_the_one_that_is_ready_is_told()
    {
        Socket[] sockets = [.. Enumerable.Range(0, 100).Select(static _ => Open(SocketType.Datagram))];
        foreach (Socket socket in sockets) socket.Bind(InetAddress.LoopbackIPv4());
        using var watched = new Epoll();
        var readable = new DescriptorSet();
        foreach (Socket socket in sockets) watched.Watch(socket.Descriptor, PollEvents.POLLIN);
        foreach (Socket socket in sockets) readable.Add(socket.Descriptor);
        sockets[0].SendTo("x"u8, sockets[57].LocalAddress);
        PollEntry[] ready = new PollEntry[100];
        watched.Wait(ready).ShouldBe(1);
        (ready[0].Descriptor, ready[0].Returned).ShouldBe((sockets[57].Descriptor, PollEvents.POLLIN));
        s_system.Select(sockets.Max(static socket => socket.Descriptor) + 1, readable, null, null, TimeSpan.Zero).ShouldBe(1);
        readable.Contains(sockets[57].Descriptor).ShouldBeTrue();
        Should.Throw<ArgumentOutOfRangeException>(() => readable.Add(DescriptorSet.Size));
        watched.Forget(sockets[57].Descriptor);
        watched.Wait(ready, TimeSpan.Zero).ShouldBe(0);
        Should.Throw<LinuxCallException>(() => watched.Forget(sockets[57].Descriptor)).Errno.ShouldBe(Errno.ENOENT);
        foreach (Socket socket in sockets) socket.Dispose();
    }

    [Fact]
    [Trait("Row", "P-158")]
    public void A_stream_is_ready_from_its_low_water_mark_on()
    {
        using Socket listener = Listening(1), client = Open(SocketType.Stream);
        client.Connect(listener.LocalAddress);
        using Socket accepted = listener.Accept();
        accepted.SetOption(SocketLevel.SOL_SOCKET, SocketOptionName.SO_RCVLOWAT, 10);
        client.Send("12345"u8);
        accepted.Poll(PollEvents.POLLIN, TimeSpan.Zero).ShouldBe(PollEvents.None);
        client.Send("67890"u8);
        accepted.Poll(PollEvents.POLLIN).ShouldBe(PollEvents.POLLIN);
    }

    [Fact]
    [Trait("Row", "P-154")]
    public void A_ring_finishes_calls_by_itself_and_lets_go_of_those_it_cannot()
    {
        using Socket server = Open(SocketType.Datagram), client = Open(SocketType.Datagram);
        server.Bind(InetAddress.LoopbackIPv4());
        byte[] room = new byte[10];
        using (var ring = new IoRing(2))
        {
            ring.TryQueueReceive(server.Descriptor, room, tag: 5).ShouldBeTrue();
            ring.Submit();
            ring.TryTake(out _).ShouldBeFalse();
            client.SendTo("ring"u8, server.LocalAddress);
            ring.SubmitAndWait();
            ring.TryTake(out IoRingCompletion done).ShouldBeTrue();
            (done.Tag, done.Result.Value, System.Text.Encoding.ASCII.GetString(room, 0, 4)).ShouldBe((5L, 4, "ring"));
            ring.TryQueueReceive(987_654, room, tag: 6).ShouldBeTrue();
            ring.SubmitAndWait();
            ring.TryTake(out done).ShouldBeTrue();
            (done.Tag, done.Result.Error).ShouldBe((6L, Errno.EBADF));
            for (int i = 0; i < 2; i++) ring.TryQueueReceive(server.Descriptor, new byte[1], tag: 10 + i).ShouldBeTrue();
            ring.TryQueueReceive(server.Descriptor, new byte[1], tag: 20).ShouldBeFalse(); // full until it is submitted
            ring.Submit();
        }
        // The requests that were under way have gone with the ring: the datagram is there for others.
        client.SendTo("after"u8, server.LocalAddress);
        server.Receive(room).ShouldBe(5);
    }

    [Fact]
    [Trait("Row", "P-159")]
    public void Data_and_the_end_of_a_stream_send_the_same_signal()
        => IsolatedRoles.Result(SignalQueueScenarios.StreamSignals).ShouldBe("data 1 end 1");

    [Fact]
    [Trait("Row", "P-SIG-016")]
    public void Reads_of_a_file_on_a_disk_are_not_interrupted()
        => IsolatedRoles.Result(SignalQueueScenarios.FileReadsUnderSignals).ShouldBe("0 interrupted, handled True");

    private static Socket Open(SocketType type) => s_system.Open(AddressFamily.Inet, type | SocketType.CloseOnExec);

    private static Socket Listening(int backlog)
    {
        Socket listener = Open(SocketType.Stream);
        listener.Bind(InetAddress.LoopbackIPv4());
        listener.Listen(backlog);
        return listener;
    }

    private static byte[] Bytes(InetAddress address)
    {
        byte[] room = new byte[InetAddress.IPv6StructureLength];
        return room[..address.Write(room)];
    }
}
