using System.Buffers.Binary;
using Slipway.Sockets;
using static Slipway.Sockets.FileControl;

namespace Slipway.Conformance;

/// <summary>Non-blocking calls, poll and select, owners and signals of datagram sockets (section ASYNC, FC).</summary>
public static class ReadinessScenarios
{
    // Not SIGRTMIN itself, which the .NET runtime keeps for its own threads.
    private const Signal RealTime = Signal.SIGRTMIN + 3;

    /// <summary>O_NONBLOCK by F_SETFL, by FIONBIO, by the type: then a call that would wait fails.</summary>
    [Scenario("ASYNC-01", "FC-001", "FC-002", "FC-005", "IOCTL-04")]
    public static void NonBlocking(HostProcess host)
    {
        using Socket byFlag = host.UdpOnLoopback(), byRequest = host.UdpOnLoopback();
        using Socket byType = host.Sockets.Open(AddressFamily.Inet, SocketType.Datagram | SocketType.NonBlocking);
        byFlag.Fcntl(F_SETFL, O_NONBLOCK);
        byRequest.Ioctl(IoControl.FIONBIO, [1, 0, 0, 0]);
        foreach (Socket socket in new[] { byFlag, byRequest, byType })
        {
            Expect.Equal(O_RDWR | O_NONBLOCK, socket.Fcntl(F_GETFL));
            Expect.Throws(Errno.EAGAIN, () => socket.Receive(new byte[1]));
        }
        byRequest.Ioctl(IoControl.FIONBIO, [0, 0, 0, 0]);
        Expect.Equal(O_RDWR, byRequest.Fcntl(F_GETFL));
    }

    /// <summary>F_SETFL sets all flags at once: O_NONBLOCK alone clears O_ASYNC and O_APPEND.</summary>
    [Scenario("FC-001", "FC-003", "FC-004", "ASYNC-15", "IOCTL-04")]
    public static void StatusFlags(HostProcess host)
    {
        using Socket socket = host.UdpOnLoopback();
        socket.Fcntl(F_SETFL, O_ASYNC | O_APPEND);
        Expect.Equal(O_RDWR | O_ASYNC | O_APPEND, socket.Fcntl(F_GETFL));
        socket.Fcntl(F_SETFL, O_NONBLOCK);
        Expect.Equal(O_RDWR | O_NONBLOCK, socket.Fcntl(F_GETFL));
        socket.Ioctl(IoControl.FIOASYNC, [1, 0, 0, 0]);
        Expect.Equal(O_RDWR | O_NONBLOCK | O_ASYNC, socket.Fcntl(F_GETFL));
        socket.Ioctl(IoControl.FIOASYNC, [0, 0, 0, 0]);
        Expect.Equal(O_RDWR | O_NONBLOCK, socket.Fcntl(F_GETFL));
    }

    /// <summary>A new datagram socket can be written; with a datagram it can be read; a closed number is invalid.</summary>
    [Scenario("ASYNC-02", "ASYNC-06", "ASYNC-11", OwnProcess = true)] // a closed number may be anybody's the moment after
    public static void PollMasks(HostProcess host)
    {
        const PollEvents All = (PollEvents)0x3FFF & ~PollEvents.POLLNVAL;
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            Expect.Equal(PollEvents.POLLOUT | PollEvents.POLLWRNORM | PollEvents.POLLWRBAND, receiver.PollNow(All));
            Expect.Equal(PollEvents.POLLOUT, receiver.PollNow(PollEvents.POLLIN | PollEvents.POLLOUT));
            sender.SendText("x");
            Expect.Equal(PollEvents.POLLIN | PollEvents.POLLRDNORM, receiver.PollNow(PollEvents.POLLIN | PollEvents.POLLRDNORM | PollEvents.POLLPRI));
        }
        int closed = host.Udp().Detach();
        host.Sockets.Close(closed);
        var entries = new PollEntry[] { new(closed, PollEvents.POLLIN), new(-5, PollEvents.POLLIN) { Returned = PollEvents.POLLIN } };
        Expect.Equal(1, Expect.Success(host.Sockets.Poll(entries, 0)));
        Expect.Equal(PollEvents.POLLNVAL, entries[0].Returned);
        Expect.Equal(PollEvents.None, entries[1].Returned);
    }

    /// <summary>poll waits for the first of several, select says which.</summary>
    [Scenario("ASYNC-02")]
    public static void WaitForOneOfSeveral(HostProcess host)
    {
        using Socket first = host.UdpOnLoopback(), second = host.UdpOnLoopback(), sender = host.Udp();
        ProcessThread waiter = host.StartThread("waiter", () =>
        {
            var entries = new PollEntry[] { new(first.Descriptor, PollEvents.POLLIN), new(second.Descriptor, PollEvents.POLLIN) };
            Expect.Equal(1, Expect.Success(host.Sockets.Poll(entries, -1)));
            Expect.Equal((PollEvents.None, PollEvents.POLLIN), (entries[0].Returned, entries[1].Returned));
        });
        waiter.WaitUntilBlocked();
        sender.SendTextTo("x", second.LocalAddress);
        waiter.Join();
        DescriptorSet read = new();
        read.Add(first.Descriptor);
        read.Add(second.Descriptor);
        Expect.Equal(1, Expect.Success(host.Sockets.Select(Math.Max(first.Descriptor, second.Descriptor) + 1, read, null, null, null)));
        Expect.Equal((false, true), (read.Contains(first.Descriptor), read.Contains(second.Descriptor)));
    }

    /// <summary>select refuses a number that is not open, and a negative count.</summary>
    [Scenario("ASYNC-11", OwnProcess = true)]
    public static void SelectErrors(HostProcess host)
    {
        int closed = host.Udp().Detach();
        host.Sockets.Close(closed);
        DescriptorSet read = new();
        read.Add(closed);
        Expect.Fails(Errno.EBADF, host.Sockets.Select(closed + 1, read, null, null, TimeSpan.Zero));
        Expect.Fails(Errno.EINVAL, host.Sockets.Select(-1, null, null, null, TimeSpan.Zero));
        Expect.Equal(0, Expect.Success(host.Sockets.Select(0, null, null, null, TimeSpan.FromMilliseconds(10))));
    }

    /// <summary>The owner is set and read in three ways each, which agree; a process is positive, a group negative, nobody 0.</summary>
    [Scenario("ASYNC-12", "ASYNC-13", "FC-006", "FC-007", "FC-008", "FC-009", "FC-030", "IOCTL-03", "IOCTL-09")]
    public static void Owner(HostProcess host)
    {
        using Socket socket = host.Udp();
        Expect.Equal((0, 0, 0), Owners(socket));
        foreach (int owner in new[] { host.Id, -host.ProcessGroup })
        {
            socket.Fcntl(F_SETOWN, owner);
            Expect.Equal((owner, owner, owner), Owners(socket));
            foreach (uint request in new[] { IoControl.FIOSETOWN, IoControl.SIOCSPGRP })
            {
                socket.Fcntl(F_SETOWN, 0);
                Expect.Equal((0, 0, 0), Owners(socket));
                socket.Ioctl(request, BitConverter.GetBytes(owner));
                Expect.Equal((owner, owner, owner), Owners(socket));
            }
        }
    }

    /// <summary>An owner that does not exist is refused and the old one stays.</summary>
    [Scenario("ASYNC-14", "FC-006")]
    public static void OwnerErrors(HostProcess host)
    {
        using Socket socket = host.Udp();
        socket.Fcntl(F_SETOWN, host.Id);
        Expect.Fails(Errno.ESRCH, socket.TryFcntl(F_SETOWN, 0x3FFFFFF));
        Expect.Fails(Errno.EINVAL, socket.TryFcntl(F_SETOWN, int.MinValue));
        Expect.Fails(Errno.ESRCH, host.Sockets.Ioctl(socket.Descriptor, IoControl.SIOCSPGRP, BitConverter.GetBytes(0x3FFFFFF)));
        Expect.Equal(host.Id, socket.Fcntl(F_GETOWN));
    }

    /// <summary>FIOSETOWN is a request of ioctl, not a command of fcntl.</summary>
    [Scenario("ASYNC-25")]
    public static void NotACommand(HostProcess host)
    {
        using Socket socket = host.Udp();
        Expect.Fails(Errno.EINVAL, socket.TryFcntl((int)IoControl.FIOSETOWN, host.Id));
    }

    /// <summary>F_SETSIG takes 0 to 64.</summary>
    [Scenario("ASYNC-19")]
    public static void SignalNumbers(HostProcess host)
    {
        using Socket socket = host.Udp();
        Expect.Equal(0, socket.Fcntl(F_GETSIG));
        socket.Fcntl(F_SETSIG, (int)Signal.SIGRTMIN);
        Expect.Equal((int)Signal.SIGRTMIN, socket.Fcntl(F_GETSIG));
        Expect.Fails(Errno.EINVAL, socket.TryFcntl(F_SETSIG, 65));
        Expect.Fails(Errno.EINVAL, socket.TryFcntl(F_SETSIG, -1));
        socket.Fcntl(F_SETSIG, 0);
        Expect.Equal(0, socket.Fcntl(F_GETSIG));
    }

    /// <summary>SIGIO needs an owner and O_ASYNC; each arrival sends one; one's own sends do not.</summary>
    [Scenario("ASYNC-16", "ASYNC-17", "ASYNC-20", "FC-003", "FC-020", OwnProcess = true)]
    public static void SignalsOfArrival(HostProcess host)
    {
        var seen = new SignalLog(host, Signal.SIGIO);
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            sender.SendText("nobody asked");
            receiver.Fcntl(F_SETOWN, host.Id);
            sender.SendText("an owner alone");
            seen.ExpectCount(0);
            receiver.Fcntl(F_SETOWN, 0);
            receiver.Fcntl(F_SETFL, O_ASYNC);
            sender.SendText("O_ASYNC alone");
            seen.ExpectCount(0);
            receiver.Fcntl(F_SETOWN, host.Id);
            sender.SendText("both");
            SignalInfo signal = seen.Next();
            Expect.Equal((Signal.SIGIO, 128, 0), (signal.Signal, signal.Code, signal.Descriptor)); // SI_KERNEL, no descriptor
            sender.SendText("again, though the first are unread");
            Expect.Equal(Signal.SIGIO, seen.Next().Signal);
            receiver.SendText("one's own");
            seen.ExpectCount(0);
        }
    }

    /// <summary>F_SETSIG: another signal, with descriptor and band.</summary>
    [Scenario("ASYNC-19", "ASYNC-20", "FC-021", OwnProcess = true)]
    public static void SignalWithDescriptor(HostProcess host)
    {
        var seen = new SignalLog(host, RealTime);
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            receiver.Fcntl(F_SETOWN, host.Id);
            receiver.Fcntl(F_SETSIG, (int)RealTime);
            receiver.Fcntl(F_SETFL, O_ASYNC);
            for (int i = 0; i < 3; i++) sender.SendText("x");
            for (int i = 0; i < 3; i++)
            {
                SignalInfo signal = seen.Next();
                Expect.Equal((RealTime, 1, receiver.Descriptor), (signal.Signal, signal.Code, signal.Descriptor));
                Expect.Equal(PollEvents.POLLIN | PollEvents.POLLRDNORM, signal.Band);
            }
            seen.ExpectCount(0);
        }
    }

    /// <summary>SIGIO that nobody handles ends the process.</summary>
    [Scenario("ASYNC-18", NotOnKernel = "a function cannot run in a child of the kernel: the row's own program showed it")]
    public static void UnhandledSignalKills(HostProcess host)
    {
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            ChildProcess child = host.StartChild("child", process =>
            {
                process.Sockets.Fcntl(receiver.Descriptor, F_SETOWN, process.Id);
                process.Sockets.Fcntl(receiver.Descriptor, F_SETFL, O_ASYNC);
                process.Sleep(TimeSpan.FromSeconds(60));
                process.ExitCode = 7;
            });
            host.Sleep(TimeSpan.FromSeconds(1));
            sender.SendText("x");
            Expect.Equal(128 + (int)Signal.SIGIO, child.Wait());
        }
    }

    /// <summary>A signal may be stale: somebody else has taken the data.</summary>
    [Scenario("ASYNC-21", OwnProcess = true)]
    public static void StaleSignal(HostProcess host)
    {
        var seen = new SignalLog(host, Signal.SIGIO);
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            receiver.Fcntl(F_SETOWN, host.Id);
            receiver.Fcntl(F_SETFL, O_ASYNC | O_NONBLOCK);
            using Socket other = receiver.Duplicate();
            sender.SendText("x");
            Expect.Equal("x", other.ReceiveText());
            seen.Next();
            Expect.Throws(Errno.EAGAIN, () => receiver.Receive(new byte[1]));
        }
    }

    /// <summary>A datagram sender that shut its own side gets EPIPE and no SIGPIPE.</summary>
    [Scenario("ASYNC-22", "SHUT-09", OwnProcess = true)]
    public static void NoPipeSignal(HostProcess host)
    {
        var seen = new SignalLog(host, Signal.SIGPIPE);
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            sender.Shutdown(ShutdownHow.Send);
            Expect.Throws(Errno.EPIPE, () => sender.SendText("x"));
            seen.ExpectCount(0);
        }
    }

    /// <summary>A signal ends a receive that has nothing, with EINTR; SA_RESTART goes on, unless a timeout is set.</summary>
    [Scenario("DATA-36", "TO-006", OwnProcess = true)]
    public static void InterruptedReceive(HostProcess host)
    {
        foreach ((bool restart, bool timeout, bool interrupted) in new[] { (false, false, true), (true, false, false), (true, true, true) })
        {
            var seen = new SignalLog(host, Signal.SIGUSR1, restart);
            (Socket sender, Socket receiver) = host.UdpPair();
            using (sender)
            using (receiver)
            {
                if (timeout) receiver.LimitReceive(TimeSpan.FromSeconds(60));
                int none = 0;
                CallResult result = default;
                ProcessThread reader = host.StartThread("reader", () => result = host.Sockets.RecvFrom(receiver.Descriptor, new byte[1], MessageFlags.None, default, ref none));
                reader.WaitUntilBlocked();
                Expect.Success(reader.Interrupt(Signal.SIGUSR1));
                seen.Next();
                if (!interrupted)
                {
                    reader.WaitUntilBlocked();
                    sender.SendText("x");
                }
                reader.Join();
                if (interrupted) Expect.Fails(Errno.EINTR, result);
                else Expect.Equal(1, Expect.Success(result));
            }
        }
    }

    /// <summary>alarm ends a blocked receive: the time-out of the classic programs.</summary>
    [Scenario("DATA-36", OwnProcess = true)]
    public static void AlarmEndsAReceive(HostProcess host)
    {
        var seen = new SignalLog(host, Signal.SIGALRM);
        using Socket socket = host.UdpOnLoopback();
        host.Alarm(1);
        Expect.Throws(Errno.EINTR, () => socket.Receive(new byte[1]));
        Expect.Equal(Signal.SIGALRM, seen.Next().Signal);
    }

    private static (int ByCommand, int ByFile, int BySocket) Owners(Socket socket)
    {
        byte[] file = new byte[4], group = new byte[4];
        socket.Ioctl(IoControl.FIOGETOWN, file);
        socket.Ioctl(IoControl.SIOCGPGRP, group);
        return (socket.Fcntl(F_GETOWN), BinaryPrimitives.ReadInt32LittleEndian(file), BinaryPrimitives.ReadInt32LittleEndian(group));
    }
}
