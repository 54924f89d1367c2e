using System.Collections.Concurrent;
using System.Globalization;
using Slipway.Sockets;

namespace Slipway.Linux.Tests;

/// <summary>What <see cref="SignalTests"/> plays in a process of its own. Each gives back what was seen.</summary>
public static class SignalScenarios
{
    public static string BlockedReceiveAndInterrupt(HostProcess process)
    {
        int handled = 0;
        process.Signals.Handle(Signal.SIGUSR1, info => handled += info.Signal == Signal.SIGUSR1 ? 1 : 100);
        CallResult result = default;
        ProcessThread thread = StartReceive(process, 0, value => result = value);
        thread.WaitUntilBlocked();
        thread.Interrupt(Signal.SIGUSR1);
        thread.Join();
        return $"{result} handled {handled}, gone {thread.Interrupt(Signal.SIGUSR1)}";
    }

    public static string BlockedReceiveAndAlarm(HostProcess process)
    {
        var handled = new ConcurrentQueue<SignalInfo>();
        process.Signals.Handle(Signal.SIGALRM, handled.Enqueue);
        CallResult result = default;
        ProcessThread thread = StartReceive(process, 0, value => result = value);
        thread.WaitUntilBlocked();
        process.Alarm(1);
        thread.Join();
        return $"{result} handled {handled.Count} code {handled.Single().Code}";
    }

    public static string BlockedReceiveOfTheFirstThread(HostProcess process)
    {
        process.Signals.Handle(Signal.SIGALRM, static _ => { });
        using Socket socket = Bound(process);
        process.Alarm(1);
        int none = 0;
        return process.Sockets.RecvFrom(socket.Descriptor, new byte[1], MessageFlags.None, default, ref none).ToString();
    }

    public static string RestartGoesOn(HostProcess process)
    {
        using var handled = new SemaphoreSlim(0);
        process.Signals.Handle(Signal.SIGUSR2, _ => handled.Release(), restart: true);
        using Socket socket = Bound(process);
        CallResult result = default;
        ProcessThread thread = process.StartThread("reader", () =>
        {
            int none = 0;
            result = process.Sockets.RecvFrom(socket.Descriptor, new byte[8], MessageFlags.None, default, ref none);
        });
        thread.WaitUntilBlocked();
        thread.Interrupt(Signal.SIGUSR2);
        process.Signals.Send(process.Id, Signal.SIGUSR2);
        handled.Wait();
        handled.Wait();
        thread.WaitUntilBlocked();
        using Socket sender = Bound(process);
        sender.SendTo("abc"u8, socket.LocalAddress);
        thread.Join();
        return result.ToString();
    }

    /// <summary>signal(7): a call with a timeout (SO_RCVTIMEO), poll and nanosleep end with EINTR even where SA_RESTART was asked for.</summary>
    public static string RestartDoesNotHoldForTimedCalls(HostProcess process)
    {
        process.Signals.Handle(Signal.SIGUSR2, static _ => { }, restart: true);
        CallResult received = default, polled = default;
        TimeSpan left = default;
        Interrupted(StartReceive(process, 3600, value => received = value));
        Interrupted(process.StartThread("poll", () => polled = process.Sockets.Poll(default, 3_600_000)));
        Interrupted(process.StartThread("sleep", () => left = process.Sleep(TimeSpan.FromHours(1))));
        // The kernel counts what is left to the latest moment of its timer, so a sleep that is ended at once may have some microseconds more left than asked for.
        return $"{received} {polled} {left > TimeSpan.FromMinutes(59) && left < TimeSpan.FromMinutes(61)}";

        static void Interrupted(ProcessThread thread)
        {
            thread.WaitUntilBlocked();
            thread.Interrupt(Signal.SIGUSR2);
            thread.Join();
        }
    }

    public static string InputSignals(HostProcess process)
    {
        using var arrived = new SemaphoreSlim(0);
        var plain = new ConcurrentQueue<SignalInfo>();
        process.Signals.Handle(Signal.SIGIO, info =>
        {
            plain.Enqueue(info);
            arrived.Release();
        });
        using Socket first = Bound(process), second = Bound(process), sender = Bound(process);
        first.Fcntl(FileControl.F_SETOWN, process.Id);
        first.Fcntl(FileControl.F_SETFL, first.Fcntl(FileControl.F_GETFL) | FileControl.O_ASYNC);
        sender.SendTo("x"u8, first.LocalAddress);
        arrived.Wait();
        SignalInfo one = plain.Single();

        // A real-time signal queues one for each arrival, with the descriptor and what is there.
        const int RealTime = 40;
        var queued = new ConcurrentQueue<SignalInfo>();
        process.Signals.Handle((Signal)RealTime, info =>
        {
            queued.Enqueue(info);
            arrived.Release();
        });
        second.Fcntl(FileControl.F_SETSIG, RealTime);
        second.Fcntl(FileControl.F_SETOWN, process.Id);
        second.Fcntl(FileControl.F_SETFL, second.Fcntl(FileControl.F_GETFL) | FileControl.O_ASYNC);
        for (int i = 0; i < 3; i++) sender.SendTo("x"u8, second.LocalAddress);
        for (int i = 0; i < 3; i++) arrived.Wait();
        bool same = queued.All(info => info.Descriptor == second.Descriptor && info.Code == 1 && (info.Band & PollEvents.POLLIN) != 0 && (int)info.Signal == RealTime);
        return $"SIGIO code {one.Code} descriptor {one.Descriptor} band {one.Band}; real-time {queued.Count} {same}";
    }

    public static string BrokenPipe(HostProcess process)
    {
        int handled = 0;
        string before = Broken(process, MessageFlags.None);
        process.Signals.Handle(Signal.SIGPIPE, _ => handled++);
        string after = Broken(process, MessageFlags.None) + handled.ToString(CultureInfo.InvariantCulture);
        string quiet = Broken(process, MessageFlags.MSG_NOSIGNAL) + handled.ToString(CultureInfo.InvariantCulture);
        process.Signals.Ignore(Signal.SIGPIPE);
        string ignored = Broken(process, MessageFlags.None) + handled.ToString(CultureInfo.InvariantCulture);
        return $"{before} {after} {quiet} {ignored}";
    }

    public static string BrokenPipeByDefault(HostProcess process)
    {
        process.Signals.Default(Signal.SIGPIPE);
        return Broken(process, MessageFlags.None);
    }

    public static string AlarmByDefault(HostProcess process)
    {
        process.Alarm(1);
        return process.Sleep(TimeSpan.FromHours(1)).ToString();
    }

    public static string IgnoredAndUnknown(HostProcess process)
    {
        process.Signals.Ignore(Signal.SIGUSR1);
        process.Signals.Send(process.Id, Signal.SIGUSR1);
        process.Signals.Send(process.Id, Signal.SIGURG); // ignored by default
        using var last = new SemaphoreSlim(0);
        int sender = 0;
        process.Signals.Handle(Signal.SIGPWR, info =>
        {
            sender = info.SenderId;
            last.Release();
        });
        process.Signals.Send(process.Id, Signal.SIGPWR); // a higher number: taken after the others
        last.Wait();
        Errno[] refused =
        [
            process.Signals.Handle(Signal.SIGKILL, static _ => { }), process.Signals.Handle(Signal.SIGSTOP, static _ => { }), process.Signals.Handle(Signal.SIGSEGV, static _ => { }),
            process.Signals.Handle((Signal)34, static _ => { }), process.Signals.Handle((Signal)0, static _ => { }), process.Signals.Ignore((Signal)65),
            process.Signals.Send(process.Id, (Signal)65), process.Signals.Send(int.MaxValue, Signal.SIGUSR1), process.Signals.Send(process.Id, Signal.None),
        ];
        return $"{sender == process.Id} {string.Join(' ', refused)}";
    }

    public static string TerminationHandled(HostProcess process)
    {
        using var arrived = new SemaphoreSlim(0);
        process.Signals.Handle(Signal.SIGTERM, _ => arrived.Release());
        CallResult result = default;
        ProcessThread thread = StartReceive(process, 0, value => result = value);
        thread.WaitUntilBlocked();
        process.Signals.Send(process.Id, Signal.SIGTERM);
        arrived.Wait();
        thread.Join();
        return result.ToString();
    }

    public static string Group(HostProcess process)
    {
        Errno error = process.SetProcessGroup(0);
        using Socket socket = Bound(process);
        socket.Fcntl(FileControl.F_SETOWN, -process.ProcessGroup);
        return $"{error} {process.ProcessGroup == process.Id} {socket.Fcntl(FileControl.F_GETOWN) == -process.Id} {process.ParentId != process.Id}";
    }

    private static string Broken(HostProcess process, MessageFlags flags)
    {
        process.Sockets.SocketPair(AddressFamily.Unix, SocketType.Stream, 0, out int near, out int far);
        process.Sockets.Close(far);
        CallResult result = process.Sockets.SendTo(near, "x"u8, flags, default);
        process.Sockets.Close(near);
        return result.ToString();
    }

    private static ProcessThread StartReceive(HostProcess process, int timeoutSeconds, Action<CallResult> done) => process.StartThread("receive", () =>
    {
        using Socket socket = Bound(process);
        byte[] timeout = new byte[16];
        timeout[0] = (byte)timeoutSeconds;
        timeout[1] = (byte)(timeoutSeconds >> 8);
        socket.SetOption(SocketLevel.SOL_SOCKET, SocketOptionName.SO_RCVTIMEO, timeout);
        int none = 0;
        done(process.Sockets.RecvFrom(socket.Descriptor, new byte[1], MessageFlags.None, default, ref none));
    });

    private static Socket Bound(HostProcess process)
    {
        Socket socket = process.Sockets.Open(AddressFamily.Inet, SocketType.Datagram);
        socket.Bind(InetAddress.LoopbackIPv4());
        return socket;
    }
}
