using Slipway.Sockets;
using static Slipway.Sockets.EpollEvents;
using static Slipway.Sockets.EpollOperation;

namespace Slipway.Conformance;

/// <summary>epoll(7).</summary>
public static class EpollScenarios
{
    /// <summary>Which calls are refused.</summary>
    [Scenario("EP-001")]
    public static void Refusals(HostProcess host)
    {
        using var set = new Set(host);
        (Socket first, Socket second) = host.UdpPair();
        using (first)
        using (second)
        {
            SocketSystem system = host.Sockets;
            Expect.Fails(Errno.EINVAL, system.EpollCreate(5));
            Expect.Success(set.Control(EPOLL_CTL_ADD, first, EPOLLIN));
            Expect.Fails(Errno.EEXIST, set.Control(EPOLL_CTL_ADD, first, EPOLLIN));
            Expect.Fails(Errno.ENOENT, set.Control(EPOLL_CTL_MOD, second, EPOLLIN));
            Expect.Fails(Errno.ENOENT, set.Control(EPOLL_CTL_DEL, second, EPOLLIN));
            Expect.Fails(Errno.EINVAL, set.Control((EpollOperation)9, first, EPOLLIN));
            Expect.Fails(Errno.EINVAL, system.EpollControl(set.Descriptor, EPOLL_CTL_ADD, set.Descriptor, default));
            Expect.Fails(Errno.EBADF, system.EpollControl(set.Descriptor, EPOLL_CTL_ADD, 999, default));
            Expect.Fails(Errno.EBADF, system.EpollControl(999, EPOLL_CTL_ADD, first.Descriptor, default));
            Expect.Fails(Errno.EINVAL, system.EpollControl(first.Descriptor, EPOLL_CTL_ADD, second.Descriptor, default));
            var ready = new EpollEntry[4];
            Expect.Fails(Errno.EINVAL, system.EpollWait(set.Descriptor, default, TimeSpan.Zero));
            Expect.Fails(Errno.EBADF, system.EpollWait(999, ready, TimeSpan.Zero));
            Expect.Fails(Errno.EINVAL, system.EpollWait(first.Descriptor, ready, TimeSpan.Zero));
            Expect.Fails(Errno.EINVAL, system.EpollWait(set.Descriptor, ready, TimeSpan.FromSeconds(-1)));
            int length = 0;
            Expect.Fails(Errno.ENOTSOCK, system.RecvFrom(set.Descriptor, new byte[8], MessageFlags.None, default, ref length));
        }
    }

    /// <summary>Level, edge, once.</summary>
    [Scenario("EP-002", "EP-003", "EP-004")]
    public static void WaysOfWatching(HostProcess host)
    {
        using var set = new Set(host);
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            set.Control(EPOLL_CTL_ADD, receiver, EPOLLIN);
            set.ExpectReady("");
            sender.SendText("x");
            set.ExpectReady("EPOLLIN");
            set.ExpectReady("EPOLLIN");
            receiver.ReceiveText();
            set.ExpectReady("");
            set.Control(EPOLL_CTL_MOD, receiver, EPOLLIN | EPOLLET);
            for (int i = 0; i < 2; i++)
            {
                sender.SendText("x");
                set.ExpectReady("EPOLLIN");
                set.ExpectReady("");
            }
            set.Control(EPOLL_CTL_MOD, receiver, EPOLLIN | EPOLLET);
            set.ExpectReady("EPOLLIN");
            receiver.ReceiveText();
            receiver.ReceiveText();
            set.Control(EPOLL_CTL_MOD, receiver, EPOLLIN | EPOLLONESHOT | EPOLLWAKEUP);
            sender.SendText("x");
            set.ExpectReady("EPOLLIN");
            sender.SendText("x");
            set.ExpectReady("");
            set.Control(EPOLL_CTL_MOD, receiver, EPOLLIN | EPOLLONESHOT);
            set.ExpectReady("EPOLLIN");
            set.Control(EPOLL_CTL_MOD, receiver, EPOLLIN | EPOLLOUT);
            set.ExpectReady("EPOLLIN, EPOLLOUT");
            Expect.Success(set.Control(EPOLL_CTL_DEL, receiver, EPOLLIN));
            set.ExpectReady("");
        }
    }

    /// <summary>Exclusive entries, and what goes with them.</summary>
    [Scenario("EP-005")]
    public static void Exclusive(HostProcess host)
    {
        using var set = new Set(host);
        using Socket socket = host.UdpOnLoopback();
        Expect.Fails(Errno.EINVAL, set.Control(EPOLL_CTL_ADD, socket, EPOLLIN | EPOLLEXCLUSIVE | EPOLLONESHOT));
        Expect.Fails(Errno.EINVAL, set.Control(EPOLL_CTL_ADD, socket, EPOLLIN | EPOLLEXCLUSIVE | EPOLLRDHUP));
        Expect.Success(set.Control(EPOLL_CTL_ADD, socket, EPOLLIN | EPOLLEXCLUSIVE | EPOLLET | EPOLLWAKEUP));
        Expect.Fails(Errno.EINVAL, set.Control(EPOLL_CTL_MOD, socket, EPOLLIN));
        Expect.Fails(Errno.EINVAL, set.Control(EPOLL_CTL_MOD, socket, EPOLLIN | EPOLLEXCLUSIVE));
        Expect.Success(set.Control(EPOLL_CTL_DEL, socket, EPOLLIN));
        // Of two that wait, one is woken for one datagram; the other for the next.
        using Socket sender = host.Udp();
        using var other = new Set(host);
        set.Control(EPOLL_CTL_ADD, socket, EPOLLIN | EPOLLEXCLUSIVE | EPOLLET);
        other.Control(EPOLL_CTL_ADD, socket, EPOLLIN | EPOLLEXCLUSIVE | EPOLLET);
        int woken = 0;
        ProcessThread first = host.StartThread("first", () => Interlocked.Add(ref woken, set.Wait(TimeSpan.FromMilliseconds(300))));
        ProcessThread second = host.StartThread("second", () => Interlocked.Add(ref woken, other.Wait(TimeSpan.FromMilliseconds(300))));
        host.Sleep(TimeSpan.FromMilliseconds(100));
        sender.SendTextTo("x", socket.LocalAddress);
        first.Join();
        second.Join();
        Expect.Equal(1, woken);
    }

    /// <summary>Sets that watch sets.</summary>
    [Scenario("EP-006")]
    public static void Nested(HostProcess host)
    {
        using Set inner = new(host), outer = new(host);
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            SocketSystem system = host.Sockets;
            Expect.Success(inner.Control(EPOLL_CTL_ADD, receiver, EPOLLIN));
            Expect.Success(outer.Watch(inner, EPOLLIN));
            Expect.Fails(Errno.ELOOP, inner.Watch(outer, EPOLLIN));
            outer.ExpectReady("");
            sender.SendText("x");
            outer.ExpectReady("EPOLLIN");
            inner.ExpectReady("EPOLLIN");
            var entries = new PollEntry[] { new(outer.Descriptor, PollEvents.POLLIN | PollEvents.POLLRDNORM | PollEvents.POLLOUT) };
            Expect.Success(system.Poll(entries, 0));
            Expect.Equal(PollEvents.POLLIN | PollEvents.POLLRDNORM, entries[0].Returned);
            receiver.ReceiveText();
            outer.ExpectReady("");
            Expect.Success(system.Poll(entries, 0));
            Expect.Equal(PollEvents.None, entries[0].Returned);
        }
        foreach (bool isUpwards in (bool[])[true, false])
        {
            Set[] chain = [.. Enumerable.Range(0, 6).Select(_ => new Set(host))];
            for (int i = 0; i < 5; i++) Expect.Fails(i < 4 ? Errno.None : Errno.ELOOP, isUpwards ? chain[i + 1].Watch(chain[i], EPOLLIN) : chain[i].Watch(chain[i + 1], EPOLLIN));
            foreach (Set each in chain) each.Dispose();
        }
    }

    /// <summary>Several descriptors of one socket, and closing.</summary>
    [Scenario("EP-007")]
    public static void DescriptorsAndClosing(HostProcess host)
    {
        using var set = new Set(host);
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            Socket copy = receiver.Duplicate();
            set.Control(EPOLL_CTL_ADD, receiver, EPOLLIN);
            set.Control(EPOLL_CTL_ADD, copy, EPOLLIN);
            sender.SendText("x");
            var ready = new EpollEntry[4];
            Expect.Equal(2, Expect.Success(host.Sockets.EpollWait(set.Descriptor, ready, TimeSpan.Zero)));
            // One at a time, each gets its turn.
            Expect.Equal(1, Expect.Success(host.Sockets.EpollWait(set.Descriptor, ready.AsSpan(0, 1), TimeSpan.Zero)));
            ulong first = ready[0].Data;
            Expect.Equal(1, Expect.Success(host.Sockets.EpollWait(set.Descriptor, ready.AsSpan(0, 1), TimeSpan.Zero)));
            Expect.True(ready[0].Data != first);
            receiver.Dispose();
            // The socket is open still, and so the closed descriptor reports on.
            Expect.Equal(2, Expect.Success(host.Sockets.EpollWait(set.Descriptor, ready, TimeSpan.Zero)));
            copy.Dispose();
            Expect.Equal(0, Expect.Success(host.Sockets.EpollWait(set.Descriptor, ready, TimeSpan.Zero)));
        }
    }

    /// <summary>Ends of streams.</summary>
    [Scenario("EP-008")]
    public static void Streams(HostProcess host)
    {
        using var set = new Set(host);
        using Socket unconnected = host.Tcp();
        set.Control(EPOLL_CTL_ADD, unconnected, EPOLLIN | EPOLLOUT | EPOLLRDHUP);
        set.ExpectReady("EPOLLOUT, EPOLLHUP");
        set.Control(EPOLL_CTL_DEL, unconnected, EPOLLIN);
        using StreamPair pair = host.TcpPair();
        set.Control(EPOLL_CTL_ADD, pair.Server, EPOLLIN | EPOLLRDHUP | EPOLLET);
        set.ExpectReady("");
        pair.Client.Shutdown(ShutdownHow.Send);
        Expect.Equal(1, set.Wait(TimeSpan.FromSeconds(5)));
        set.Control(EPOLL_CTL_MOD, pair.Server, EPOLLIN | EPOLLRDHUP);
        set.ExpectReady("EPOLLIN, EPOLLRDHUP");
    }

    /// <summary>Waiting.</summary>
    [Scenario("EP-009")]
    public static void Waiting(HostProcess host)
    {
        using var set = new Set(host);
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            set.Control(EPOLL_CTL_ADD, receiver, EPOLLIN);
            Expect.Equal(0, set.Wait(TimeSpan.FromMilliseconds(1.5)));
            ProcessThread later = host.StartThread("later", () =>
            {
                host.Sleep(TimeSpan.FromMilliseconds(30));
                sender.SendText("x");
            });
            Expect.Equal(1, set.Wait(null));
            later.Join();
        }
    }

    /// <summary>Busy polling of a set.</summary>
    [Scenario("EP-010")]
    public static void BusyPolling(HostProcess host)
    {
        using var set = new Set(host);
        SocketSystem system = host.Sockets;
        byte[] parameters = new byte[8];
        Expect.Success(system.Ioctl(set.Descriptor, IoControl.EPIOCGPARAMS, parameters));
        Expect.Bytes(new byte[8], parameters);
        foreach (byte[] bad in (byte[][])[[1, 0, 0, 0, 2, 0, 2, 0], [1, 0, 0, 0, 2, 0, 1, 1], [0, 0, 0, 128, 2, 0, 1, 0]]) Expect.Fails(Errno.EINVAL, system.Ioctl(set.Descriptor, IoControl.EPIOCSPARAMS, bad));
        Expect.Success(system.Ioctl(set.Descriptor, IoControl.EPIOCSPARAMS, new byte[] { 1, 0, 0, 0, 65, 0, 1, 0 }));
        Expect.Success(system.Ioctl(set.Descriptor, IoControl.EPIOCGPARAMS, parameters));
        Expect.Bytes([1, 0, 0, 0, 65, 0, 1, 0], parameters);
        Expect.Fails(Errno.EINVAL, system.Ioctl(set.Descriptor, IoControl.FIONREAD, parameters));
    }

    /// <summary>A set and the host that it is of.</summary>
    private sealed class Set(HostProcess host) : IDisposable
    {
        public int Descriptor { get; } = Expect.Success(host.Sockets.EpollCreate(FileControl.O_CLOEXEC));

        public Errno Control(EpollOperation operation, Socket socket, EpollEvents events)
            => host.Sockets.EpollControl(Descriptor, operation, socket.Descriptor, new EpollEntry(events, (ulong)socket.Descriptor));

        public Errno Watch(Set other, EpollEvents events) => host.Sockets.EpollControl(Descriptor, EPOLL_CTL_ADD, other.Descriptor, new EpollEntry(events, 0));

        public int Wait(TimeSpan? timeout) => Expect.Success(host.Sockets.EpollWait(Descriptor, new EpollEntry[4], timeout));

        /// <summary>One entry has these events now, or for an empty text none has any.</summary>
        public void ExpectReady(string events)
        {
            var ready = new EpollEntry[4];
            int count = Expect.Success(host.Sockets.EpollWait(Descriptor, ready, TimeSpan.Zero));
            Expect.Equal(events, count == 0 ? "" : ready[0].Events.ToString());
            Expect.Equal(events.Length == 0 ? 0 : 1, count);
        }

        public void Dispose() => host.Sockets.Close(Descriptor);
    }
}
