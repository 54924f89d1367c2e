using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>ppoll, pselect and epoll_pwait2: times finer than a millisecond, and a signal mask for the wait alone.</summary>
public static class SignalMaskScenarios
{
    private static readonly TimeSpan Forever = TimeSpan.FromHours(1);

    // How a wait for one descriptor is made in each of the three ways, and its masks.
    private delegate CallResult Wait(TimeSpan? timeout, SignalSet? mask);

    /// <summary>Half a millisecond is waited for, and not cut to nothing; a negative time is refused.</summary>
    [Scenario("ASYNC-02", "EP-009")]
    public static void TimesBelowAMillisecond(HostProcess host)
    {
        using Socket socket = host.UdpOnLoopback();
        var half = TimeSpan.FromMicroseconds(500);
        foreach (Wait wait in Waits(host, socket))
        {
            long start = host.Time.GetTimestamp();
            Expect.Equal(0, Expect.Success(wait(half, null)));
            Expect.True(host.Time.GetElapsedTime(start) >= half);
            Expect.Equal(0, Expect.Success(wait(TimeSpan.Zero, null)));
            Expect.Fails(Errno.EINVAL, wait(TimeSpan.FromTicks(-1), null));
            Expect.Fails(Errno.EINVAL, wait(TimeSpan.FromTicks(-1), SignalSet.Empty));
        }
    }

    /// <summary>A signal that is held and has come is handled in the wait whose mask lets it through: EINTR at once. Afterwards it is held again.</summary>
    [Scenario("ASYNC-02", "EP-009", OwnProcess = true)]
    public static void HeldSignalIsHandledInTheWait(HostProcess host)
    {
        using Socket socket = host.UdpOnLoopback();
        int handled = 0;
        HandledCount seen = new(host);
        foreach (Wait wait in Waits(host, socket))
        {
            Raise(host);
            Expect.Equal(0, Expect.Success(wait(TimeSpan.FromMilliseconds(1), null)));
            Expect.Equal(0, Expect.Success(wait(TimeSpan.FromMilliseconds(1), SignalSet.Of(Signal.SIGUSR1, Signal.SIGUSR2))));
            Expect.True(IsPending(host));
            Expect.Fails(Errno.EINTR, wait(Forever, SignalSet.Empty));
            Expect.Equal(++handled, seen.Value);
            Expect.True(!IsPending(host));
            Raise(host);
            Expect.True(IsPending(host));
            Expect.Equal(handled, seen.Value);
            Expect.Fails(Errno.EINTR, wait(null, SignalSet.Of(Signal.SIGUSR2)));
            Expect.Equal(++handled, seen.Value);
        }
        Expect.Success(host.Signals.SetMask(SignalSet.Empty, out SignalSet before));
        Expect.Equal(SignalSet.Of(Signal.SIGUSR1), before);
    }

    /// <summary>With a time of zero poll and select let the signal through, epoll does not.</summary>
    [Scenario("ASYNC-02", "EP-009", OwnProcess = true)]
    public static void LookAloneAndHeldSignal(HostProcess host)
    {
        using Socket socket = host.UdpOnLoopback();
        int handled = 0;
        HandledCount seen = new(host);
        Wait[] waits = Waits(host, socket);
        Raise(host);
        Expect.Equal(0, Expect.Success(waits[2](TimeSpan.Zero, SignalSet.Empty)));
        Expect.True(IsPending(host));
        foreach (Wait wait in waits[..2])
        {
            Raise(host);
            Expect.Fails(Errno.EINTR, wait(TimeSpan.Zero, SignalSet.Empty));
            Expect.Equal(++handled, seen.Value);
        }
    }

    /// <summary>What is ready is told, and the signal that the mask lets through stays pending; SIG_SETMASK then has it handled.</summary>
    [Scenario("ASYNC-02", "EP-009", OwnProcess = true)]
    public static void ReadyGoesBeforeHeldSignal(HostProcess host)
    {
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            int handled = 0;
            HandledCount seen = new(host);
            sender.SendText("x");
            Raise(host);
            foreach (Wait wait in Waits(host, receiver))
            {
                Expect.Equal(1, Expect.Success(wait(Forever, SignalSet.Empty)));
                Expect.Equal(1, Expect.Success(wait(TimeSpan.Zero, SignalSet.Empty)));
                Expect.True(IsPending(host));
                Expect.Equal(handled, seen.Value);
            }
            Expect.Success(host.Signals.SetMask(SignalSet.Empty, out _));
            Expect.Equal(handled + 1, seen.Value);
            Expect.True(!IsPending(host));
        }
    }

    /// <summary>A signal that comes during the wait ends it, if the mask lets it through, though it is held otherwise.</summary>
    [Scenario("ASYNC-02", "EP-009", OwnProcess = true)]
    public static void SignalDuringTheWait(HostProcess host)
    {
        using Socket socket = host.UdpOnLoopback();
        int handled = 0;
        HandledCount seen = new(host);
        foreach (Wait wait in Waits(host, socket))
        {
            ProcessThread waiter = host.StartThread("waiter", () => Expect.Fails(Errno.EINTR, wait(null, SignalSet.Empty)));
            waiter.WaitUntilBlocked();
            Raise(host);
            waiter.Join();
            Expect.Equal(++handled, seen.Value);
        }
    }

    /// <summary>A mask that holds more than before keeps a signal until the wait is over; then it is handled.</summary>
    [Scenario("ASYNC-02", "EP-009", OwnProcess = true)]
    public static void MaskThatHoldsMore(HostProcess host)
    {
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            SignalLog log = new(host, Signal.SIGUSR1);
            Expect.Success(host.Signals.SetMask(SignalSet.Of(Signal.SIGUSR1), out _));
            ProcessThread waiter = host.StartThread("waiter", () =>
            {
                Expect.Success(host.Signals.SetMask(SignalSet.Empty, out _));
                Expect.Equal(1, Expect.Success(Waits(host, receiver)[0](null, SignalSet.Of(Signal.SIGUSR1))));
            });
            waiter.WaitUntilBlocked();
            Raise(host);
            log.ExpectCount(0);
            sender.SendText("x");
            waiter.Join();
            log.Next();
        }
    }

    /// <summary>pselect tells what is ready in its sets, leaves them at an error, and refuses a number that is not open before it lets a signal through.</summary>
    [Scenario("ASYNC-02", "ASYNC-11", OwnProcess = true)]
    public static void SetsOfPselect(HostProcess host)
    {
        using Socket socket = host.UdpOnLoopback();
        int handled = 0, closed = host.Udp().Detach(), count = Math.Max(socket.Descriptor, closed) + 1;
        host.Sockets.Close(closed);
        HandledCount seen = new(host);
        DescriptorSet read = new(), write = new();
        read.Add(socket.Descriptor);
        write.Add(socket.Descriptor);
        Raise(host);
        Expect.Fails(Errno.EINTR, host.Sockets.Select(count, read, null, null, Forever, SignalSet.Empty));
        Expect.Equal(++handled, seen.Value);
        Expect.True(read.Contains(socket.Descriptor));
        Raise(host);
        Expect.Equal(1, Expect.Success(host.Sockets.Select(count, read, write, null, Forever, SignalSet.Empty)));
        Expect.Equal((false, true), (read.Contains(socket.Descriptor), write.Contains(socket.Descriptor)));
        read.Add(closed);
        Expect.Fails(Errno.EBADF, host.Sockets.Select(count, read, null, null, Forever, SignalSet.Empty));
        Expect.Fails(Errno.EINVAL, host.Sockets.Select(-1, null, null, null, Forever, SignalSet.Empty));
        Expect.True(IsPending(host));
        Expect.Equal(handled, seen.Value);
    }

    private static Wait[] Waits(HostProcess host, Socket socket)
    {
        int epoll = Expect.Success(host.Sockets.EpollCreate());
        Expect.Success(host.Sockets.EpollControl(epoll, EpollOperation.EPOLL_CTL_ADD, socket.Descriptor, new EpollEntry(EpollEvents.EPOLLIN, 1)));
        return
        [
            (timeout, mask) => host.Sockets.Poll([new PollEntry(socket.Descriptor, PollEvents.POLLIN)], timeout, mask),
            (timeout, mask) =>
            {
                DescriptorSet read = new();
                read.Add(socket.Descriptor);
                return host.Sockets.Select(socket.Descriptor + 1, read, null, null, timeout, mask);
            },
            (timeout, mask) => host.Sockets.EpollWait(epoll, new EpollEntry[1], timeout, mask),
        ];
    }

    private static void Raise(HostProcess host) => Expect.Success(host.Signals.Send(host.Id, Signal.SIGUSR1));

    private static bool IsPending(HostProcess host) => host.Signals.GetPending().Contains(Signal.SIGUSR1);

    /// <summary>Handles SIGUSR1, which is held from now on, and counts.</summary>
    private sealed class HandledCount
    {
        private int _value;

        public HandledCount(HostProcess host)
        {
            Expect.Success(host.Signals.SetMask(SignalSet.Of(Signal.SIGUSR1), out _));
            Expect.Success(host.Signals.Handle(Signal.SIGUSR1, _ => Interlocked.Increment(ref _value)));
        }

        public int Value => Volatile.Read(ref _value);
    }
}
