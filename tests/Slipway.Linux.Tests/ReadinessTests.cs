using Slipway.Sockets;

namespace Slipway.Linux.Tests;

/// <summary>Asynchronous waits on the kernel's descriptors.</summary>
public sealed class ReadinessTests
{
    private static readonly LinuxSystem s_system = LinuxSystem.Current;

    [Fact]
    public async Task What_is_ready_completes_at_once_and_without_allocation()
    {
        using Socket server = CallTests.BoundDatagramSocket(), client = CallTests.BoundDatagramSocket();
        byte[] data = new byte[16];
        InetAddress target = server.LocalAddress;
        for (int round = 0; round < 3; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            ValueTask<int> sending = client.SendToAsync(data, target);
            ValueTask<PollEvents> ready = s_system.WhenReadyAsync(server.Descriptor, PollEvents.POLLIN);
            ValueTask<int> receiving = server.ReceiveAsync(data);
            bool all = sending.IsCompletedSuccessfully && ready.IsCompletedSuccessfully && receiving.IsCompletedSuccessfully;
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            all.ShouldBeTrue();
            (await sending).ShouldBe(16);
            (await ready).ShouldBe(PollEvents.POLLIN);
            (await receiving).ShouldBe(16);
            if (round > 0) allocated.ShouldBe(0);
        }
    }

    [Fact]
    public async Task A_wait_ends_when_data_comes_and_the_descriptor_can_be_waited_for_again()
    {
        using Socket server = CallTests.BoundDatagramSocket(), client = CallTests.BoundDatagramSocket();
        byte[] room = new byte[16];
        for (byte round = 0; round < 5; round++)
        {
            ValueTask<int> receiving = server.ReceiveAsync(room);
            receiving.IsCompleted.ShouldBeFalse();
            client.SendTo([round], server.LocalAddress);
            (await receiving).ShouldBe(1);
            room[0].ShouldBe(round);
        }
    }

    [Fact]
    public async Task Several_waiters_of_one_descriptor_and_of_its_duplicate_all_learn_of_it()
    {
        s_system.SocketPair(AddressFamily.Unix, SocketType.Stream, 0, out int first, out int second).ShouldBe(Errno.None);
        using var near = new Socket(s_system, first);
        using var far = new Socket(s_system, second);
        using Socket copy = near.Duplicate();
        ValueTask<PollEvents> urgent = s_system.WhenReadyAsync(first, PollEvents.POLLPRI);
        ValueTask<PollEvents> reader = s_system.WhenReadyAsync(first, PollEvents.POLLIN);
        ValueTask<PollEvents> other = s_system.WhenReadyAsync(copy.Descriptor, PollEvents.POLLIN);
        far.Send("x"u8);
        (await reader).ShouldBe(PollEvents.POLLIN);
        (await other).ShouldBe(PollEvents.POLLIN);
        urgent.IsCompleted.ShouldBeFalse(); // wants something else, and stays armed for it
        far.Dispose();
        ((await urgent) & PollEvents.POLLHUP).ShouldBe(PollEvents.POLLHUP);
    }

    [Fact]
    public async Task Closing_the_descriptor_ends_its_waits_and_the_number_can_serve_again()
    {
        Socket socket = CallTests.BoundDatagramSocket();
        ValueTask<PollEvents> waiting = s_system.WhenReadyAsync(socket.Descriptor, PollEvents.POLLIN);
        ValueTask<int> receiving = socket.ReceiveAsync(new byte[1]);
        int number = socket.Descriptor;
        socket.Dispose();
        (await waiting).ShouldBe(PollEvents.POLLNVAL);
        (await Should.ThrowAsync<SocketCallException>(async () => await receiving)).Errno.ShouldBe(Errno.EBADF);

        using Socket server = CallTests.BoundDatagramSocket(), client = CallTests.BoundDatagramSocket();
        s_system.Fcntl(server.Descriptor, FileControl.F_DUPFD, number).Succeeded.ShouldBeTrue();
        ValueTask<PollEvents> again = s_system.WhenReadyAsync(server.Descriptor, PollEvents.POLLIN);
        client.SendTo("x"u8, server.LocalAddress);
        (await again).ShouldBe(PollEvents.POLLIN);
    }

    [Fact]
    public async Task A_duplicate_put_onto_a_number_ends_the_waits_for_what_was_there()
    {
        using Socket quiet = CallTests.BoundDatagramSocket(), other = CallTests.BoundDatagramSocket(), client = CallTests.BoundDatagramSocket();
        ValueTask<PollEvents> waiting = s_system.WhenReadyAsync(quiet.Descriptor, PollEvents.POLLIN);
        s_system.Duplicate3(other.Descriptor, quiet.Descriptor, 12345).ShouldBe(Errno.EINVAL);
        waiting.IsCompleted.ShouldBeFalse();
        s_system.Duplicate2(other.Descriptor, quiet.Descriptor).ShouldBe(quiet.Descriptor);
        (await waiting).ShouldBe(PollEvents.POLLNVAL);
        ValueTask<PollEvents> again = s_system.WhenReadyAsync(quiet.Descriptor, PollEvents.POLLIN);
        client.SendTo("x"u8, other.LocalAddress);
        (await again).ShouldBe(PollEvents.POLLIN);
    }

    [Fact]
    public async Task A_cancelled_wait_throws_and_the_next_one_works()
    {
        using Socket server = CallTests.BoundDatagramSocket(), client = CallTests.BoundDatagramSocket();
        using var source = new CancellationTokenSource();
        ValueTask<int> receiving = server.ReceiveAsync(new byte[1], cancellationToken: source.Token);
        receiving.IsCompleted.ShouldBeFalse();
        await source.CancelAsync();
        (await Should.ThrowAsync<OperationCanceledException>(async () => await receiving)).CancellationToken.ShouldBe(source.Token);
        s_system.WhenReadyAsync(server.Descriptor, PollEvents.POLLIN, source.Token).IsCanceled.ShouldBeTrue();
        ValueTask<int> again = server.ReceiveAsync(new byte[1]);
        client.SendTo("x"u8, server.LocalAddress);
        (await again).ShouldBe(1);
    }

    [Fact]
    public async Task What_cannot_be_waited_for_says_so()
    {
        (await s_system.WhenReadyAsync(-1, PollEvents.POLLIN)).ShouldBe(PollEvents.POLLNVAL);
        (await s_system.WhenReadyAsync(1_000_000, PollEvents.POLLIN)).ShouldBe(PollEvents.POLLNVAL);
    }

    [Fact]
    public async Task Streams_connect_and_accept_without_blocking_a_thread()
    {
        using Socket listener = s_system.Open(AddressFamily.Inet, SocketType.Stream);
        listener.Bind(InetAddress.LoopbackIPv4());
        listener.Listen();
        using Socket client = s_system.Open(AddressFamily.Inet, SocketType.Stream);
        ValueTask<Socket> accepting = listener.AcceptAsync();
        accepting.IsCompleted.ShouldBeFalse();
        await client.ConnectAsync(listener.LocalAddress);
        using Socket peer = await accepting;
        byte[] room = new byte[4];
        ValueTask<int> receiving = peer.ReceiveAsync(room);
        await client.SendAsync("ping"u8.ToArray());
        (await receiving).ShouldBe(4);
    }
}
