using System.Collections.Concurrent;
using System.Globalization;
using Slipway.Linux.Tests.Processes;
using Slipway.Sockets;

namespace Slipway.Linux.Tests;

/// <summary>What <see cref="SignalQueueTests"/> plays in a process of its own.</summary>
public static class SignalQueueScenarios
{
    private const Signal RealTime = (Signal)40;

    /// <summary>Ten thousand signals with values while they are taken, then as many as the kernel will hold back.</summary>
    public static string TenThousandValues(HostProcess process)
    {
        ArgumentNullException.ThrowIfNull(process);
        const int Count = 10_000;
        int next = 0, wrong = 0;
        using var done = new ManualResetEventSlim();
        LinuxSignals.Handle(RealTime, info =>
        {
            if (info.Value != next || info.SenderId != process.Id) wrong++;
            if (++next == Count) done.Set();
        }, SignalOptions.None).ShouldBe(Errno.None);
        for (int i = 0; i < Count;)
        {
            Errno sent = LinuxSignals.Queue(process.Id, RealTime, i);
            if (sent == Errno.None) i++;
            else if (sent != Errno.EAGAIN) return sent.ToString(); // the queue is full: the other thread empties it
        }
        done.Wait();
        return $"{next} taken, {wrong} out of order";
    }

    public static string HeldSignals(HostProcess process)
    {
        ArgumentNullException.ThrowIfNull(process);
        var order = new ConcurrentQueue<string>();
        using var last = new SemaphoreSlim(0);
        foreach (Signal signal in (Signal[])[Signal.SIGUSR1, Signal.SIGUSR2, RealTime])
            LinuxSignals.Handle(signal, info => { order.Enqueue($"{Name(info.Signal)}:{info.Value}"); last.Release(); }, SignalOptions.None);
        string refused = $"{LinuxSignals.Hold(Signal.SIGKILL)} {LinuxSignals.Hold(Signal.SIGTERM)} {LinuxSignals.Wait([Signal.SIGUSR1], out _, TimeSpan.Zero)}";
        LinuxSignals.Hold(Signal.SIGUSR1, Signal.SIGUSR2, RealTime).ShouldBe(Errno.None);
        for (int i = 0; i < 3; i++)
        {
            LinuxSignals.Queue(process.Id, Signal.SIGUSR1, i).ShouldBe(Errno.None);
            LinuxSignals.Queue(process.Id, RealTime, i).ShouldBe(Errno.None);
        }
        string pending = string.Join(' ', LinuxSignals.Pending.Select(Name));
        Errno nothing = LinuxSignals.Wait([Signal.SIGUSR2], out _, TimeSpan.Zero);
        LinuxSignals.Wait([RealTime], out SignalInfo first).ShouldBe(Errno.None);
        bool ran = !order.IsEmpty;
        LinuxSignals.Release(Signal.SIGUSR1, Signal.SIGUSR2, RealTime).ShouldBe(Errno.None);
        for (int i = 0; i < 3; i++) last.Wait();
        return $"{refused}; pending {pending}; {nothing}; taken {first.Value}; ran {ran}; {string.Join(' ', order)}; held {LinuxSignals.Held.Count}";

        static string Name(Signal signal) => signal == RealTime ? "real-time" : signal.ToString();
    }

    /// <summary>A signal that is there before the wait is not missed; pause ends by a handler only.</summary>
    public static string SuspendAndPause(HostProcess process)
    {
        ArgumentNullException.ThrowIfNull(process);
        int handled = 0;
        LinuxSignals.Handle(Signal.SIGUSR1, _ => handled++, SignalOptions.Restart);
        LinuxSignals.Hold(Signal.SIGUSR1);
        process.Signals.Send(process.Id, Signal.SIGUSR1);
        Errno suspended = LinuxSignals.Suspend(Signal.SIGUSR1);
        process.Signals.Send(process.Id, Signal.SIGUSR1);
        string held = string.Join(' ', LinuxSignals.Pending);
        LinuxSignals.Suspend(Signal.SIGUSR1);
        LinuxSignals.Release(Signal.SIGUSR1);
        Errno paused = Errno.None;
        ProcessThread thread = process.StartThread("pausing", () => paused = LinuxSignals.Pause());
        thread.WaitUntilBlocked();
        process.Signals.Send(process.Id, Signal.SIGUSR1);
        thread.Join();
        return $"{suspended} {held} {paused} {handled}";
    }

    /// <summary>While a handler runs, its signal is kept once; with Overlap each runs beside the other.</summary>
    public static string SameSignalWhileItsHandlerRuns(HostProcess process)
    {
        ArgumentNullException.ThrowIfNull(process);
        return $"{Depth(process, SignalOptions.None, Signal.SIGUSR1, 2)}; {Depth(process, SignalOptions.Overlap, Signal.SIGUSR1, 3)}";
    }

    /// <summary>The same for a signal of another kind.</summary>
    public static string OtherSignalWhileAHandlerRuns(HostProcess process)
    {
        ArgumentNullException.ThrowIfNull(process);
        return $"{Depth(process, SignalOptions.None, Signal.SIGUSR2, 2)}; {Depth(process, SignalOptions.Overlap, Signal.SIGUSR2, 2)}";
    }

    public static string OneShot(HostProcess process)
    {
        ArgumentNullException.ThrowIfNull(process);
        int urgent = 0;
        using var ran = new SemaphoreSlim(0);
        LinuxSignals.Handle(Signal.SIGURG, _ => urgent++, SignalOptions.OneShot);
        LinuxSignals.Handle(RealTime, _ => ran.Release(), SignalOptions.None);
        for (int i = 0; i < 2; i++)
        {
            process.Signals.Send(process.Id, Signal.SIGURG); // its default is to be ignored
            process.Signals.Send(process.Id, RealTime);      // a higher number: taken after it
            ran.Wait();
        }
        LinuxSignals.Handle(Signal.SIGUSR1, static _ => { }, SignalOptions.OneShot);
        LinuxSignals.Raise(Signal.SIGUSR1);
        Console.WriteLine($"{urgent}");
        LinuxSignals.Raise(Signal.SIGUSR1); // its default is to end the process
        process.Sleep(TimeSpan.FromHours(1));
        return "not reached";
    }

    public static string AbortsThroughItsHandler(HostProcess process)
    {
        ArgumentNullException.ThrowIfNull(process);
        ResourceLimits.Set(ResourceKind.RLIMIT_CORE, new ResourceLimit(0));
        LinuxSignals.Handle(Signal.SIGABRT, static _ => Console.WriteLine("last words"), SignalOptions.None);
        LinuxSignals.Hold(Signal.SIGABRT);
        LinuxSignals.Abort();
        return "not reached";
    }

    public static string AbortsThoughIgnored(HostProcess process)
    {
        ArgumentNullException.ThrowIfNull(process);
        process.Signals.Ignore(Signal.SIGABRT);
        LinuxSignals.Abort();
        return "not reached";
    }

    public static string Timers(HostProcess process)
    {
        ArgumentNullException.ThrowIfNull(process);
        LinuxSignals.Hold(RealTime, Signal.SIGALRM, Signal.SIGPROF, Signal.SIGVTALRM);
        using var timer = new SignalTimer(RealTime, 77);
        bool idle = timer.Setting == TimerSetting.Off;
        timer.Set(TimerSetting.Every(TimeSpan.FromMilliseconds(1)));
        LinuxSignals.Wait([RealTime], out SignalInfo first);
        int runs = 0;
        for (SignalInfo more = default; runs < 5; runs += 1 + more.Overrun) LinuxSignals.Wait([RealTime], out more);
        TimerSetting before = timer.Set(TimerSetting.Off);

        IntervalTimers.Set(IntervalTimer.Real, new TimerSetting(TimeSpan.FromHours(1)));
        TimerSetting old = IntervalTimers.Set(IntervalTimer.Real, new TimerSetting(TimeSpan.FromMicroseconds(1)));
        LinuxSignals.Wait([Signal.SIGALRM], out SignalInfo alarm);
        IntervalTimers.Set(IntervalTimer.Virtual, new TimerSetting(TimeSpan.FromMilliseconds(1)));
        IntervalTimers.Set(IntervalTimer.Profile, new TimerSetting(TimeSpan.FromMilliseconds(1)));
        int seen = 0;
        while (seen != 3) // burns the processor time that these two count
        {
            if (LinuxSignals.Wait([Signal.SIGVTALRM], out _, TimeSpan.Zero) == Errno.None) seen |= 1;
            if (LinuxSignals.Wait([Signal.SIGPROF], out _, TimeSpan.Zero) == Errno.None) seen |= 2;
        }

        using var descriptor = new TimerDescriptor();
        descriptor.Set(TimerSetting.Every(TimeSpan.FromMilliseconds(1)));
        long times = descriptor.Read();
        using var waiting = new TimerDescriptor(nonBlocking: true);
        waiting.Set(new TimerSetting(TimeSpan.FromHours(1)));
        string notYet = ProcessIdTests.Failure(() => waiting.Read());
        return $"{idle} {first.Value} code {first.Code} {before.Interval.TotalMilliseconds.ToString(CultureInfo.InvariantCulture)} ms; "
            + $"{old.Left > TimeSpan.FromMinutes(59)} {alarm.Code}; {seen}; {times > 0} {waiting.Setting.Left > TimeSpan.FromMinutes(59)} {notYet[^6..]}";
    }

    public static string AlarmsAreOneAndNotInherited(HostProcess process)
    {
        ArgumentNullException.ThrowIfNull(process);
        process.Signals.Ignore(Signal.SIGALRM);
        int none = process.Alarm(2_000_000), first = process.Alarm(1_000_000);
        (string child, _) = Channel.Run(ChildRoles.Command(ChildRoles.TellAlarm));
        return $"{none} {first > 1_900_000}, child {child.TrimEnd()}, {process.Alarm(0) is > 900_000 and <= 1_000_000} {process.Alarm(0)}";
    }

    public static string PendingIsNotInherited(HostProcess process)
    {
        ArgumentNullException.ThrowIfNull(process);
        LinuxSignals.Hold(Signal.SIGUSR2);
        process.Signals.Send(process.Id, Signal.SIGUSR2);
        string status = Channel.Shell("while read -r name value; do case $name in SigPnd:|ShdPnd:|SigBlk:) echo $value;; esac; done </proc/$$/status", static command => command with { BlockedSignals = null });
        string[] values = status.Split('\n');
        bool maskKept = (Convert.ToUInt64(values[2], 16) >> ((int)Signal.SIGUSR2 - 1) & 1) != 0;
        return $"{string.Join(' ', LinuxSignals.Pending)}; child {values[0]} {values[1]}, mask kept {maskKept}";
    }

    /// <summary>SIGCHLD, where it was blocked from the start: five ends, one signal, five children to reap.</summary>
    public static string FiveEndsOneSignal(HostProcess process)
    {
        ArgumentNullException.ThrowIfNull(process);
        LinuxSignals.Hold(Signal.SIGCHLD).ShouldBe(Errno.None);
        var children = new List<SpawnedProcess>();
        for (int code = 10; code < 15; code++) children.Add(new ProcessCommand("/bin/sh", "-c", $"exit {code}").Start());
        foreach (SpawnedProcess child in children) child.Wait(WaitOptions.WNOWAIT, out _);
        LinuxSignals.Wait([Signal.SIGCHLD], out SignalInfo info).ShouldBe(Errno.None);
        Errno more = LinuxSignals.Wait([Signal.SIGCHLD], out _, TimeSpan.Zero);
        bool told = children.Exists(child => child.Id == info.SenderId && child.WaitForExit().ExitCode == info.ChildStatus) && info.Code == 1;
        return $"{told} {more}; {1 + Children.ReapEnded(WaitTarget.Any).Count} reaped";
    }

    public static string ChildrenReapThemselves(HostProcess process)
    {
        ArgumentNullException.ThrowIfNull(process);
        using var held = new Channel();
        Children.AutoReap = true;
        bool set = Children.AutoReap;
        using SpawnedProcess first = new ProcessCommand("/bin/true").Start(), second = held.Reader.Start();
        held.WriteLine("3");
        Errno error = Children.Wait(WaitTarget.Any, WaitOptions.None, out _); // blocks until the last has ended
        Children.AutoReap = false;
        int code = new ProcessCommand("/bin/sh", "-c", "exit 5").Run().ExitCode;
        return $"{set} {error} {first.Kill(Signal.None)} {second.Kill(Signal.None)} {Children.AutoReap} {code}";
    }

    public static string PipesSendSignals(HostProcess process)
    {
        ArgumentNullException.ThrowIfNull(process);
        LinuxSignals.Hold(Signal.SIGIO, RealTime);
        using var pipe = Pipe.Create();
        pipe.Reader.SignalOwner = process.Id;
        pipe.Reader.SignalDriven = true;
        pipe.Writer.Write("x"u8);
        LinuxSignals.Wait([Signal.SIGIO], out SignalInfo plain);
        pipe.Reader.InputSignal = RealTime;
        pipe.Writer.Write("y"u8);
        LinuxSignals.Wait([RealTime], out SignalInfo detailed);
        return $"{pipe.Reader.SignalOwner == process.Id} {pipe.Reader.SignalDriven} {plain.Signal} {plain.Code}; {detailed.Descriptor == pipe.Reader.Number} {detailed.Band.HasFlag(PollEvents.POLLIN)} {(int)pipe.Reader.InputSignal}";
    }

    public static string UrgentData(HostProcess process)
    {
        ArgumentNullException.ThrowIfNull(process);
        LinuxSignals.Hold(Signal.SIGURG);
        using Socket listener = process.Sockets.Open(AddressFamily.Inet, SocketType.Stream);
        listener.Bind(InetAddress.LoopbackIPv4());
        listener.Listen(1);
        using Socket client = process.Sockets.Open(AddressFamily.Inet, SocketType.Stream);
        client.Connect(listener.LocalAddress);
        using Socket server = listener.Accept(out _);
        server.Fcntl(FileControl.F_SETOWN, process.Id);
        client.Send("!"u8, MessageFlags.MSG_OOB);
        Errno error = LinuxSignals.Wait([Signal.SIGURG], out SignalInfo info);
        return $"{error} {info.Signal}";
    }

    public static string StreamSignals(HostProcess process)
    {
        ArgumentNullException.ThrowIfNull(process);
        LinuxSignals.Hold(RealTime);
        using Socket listener = process.Sockets.Open(AddressFamily.Inet, SocketType.Stream);
        listener.Bind(InetAddress.LoopbackIPv4());
        listener.Listen(1);
        Socket client = process.Sockets.Open(AddressFamily.Inet, SocketType.Stream);
        client.Connect(listener.LocalAddress);
        using Socket server = listener.Accept(out _);
        server.Fcntl(FileControl.F_SETSIG, (int)RealTime);
        server.Fcntl(FileControl.F_SETOWN, process.Id);
        server.Fcntl(FileControl.F_SETFL, server.Fcntl(FileControl.F_GETFL) | FileControl.O_ASYNC);
        client.Send("data"u8);
        LinuxSignals.Wait([RealTime], out SignalInfo data);
        client.Dispose();
        LinuxSignals.Wait([RealTime], out SignalInfo end);
        return $"data {data.Code} end {end.Code}";
    }

    public static string FileReadsUnderSignals(HostProcess process)
    {
        ArgumentNullException.ThrowIfNull(process);
        const int Signals = 200;
        string path = Path.GetTempFileName();
        File.WriteAllBytes(path, new byte[4096]);
        int handled = 0, interrupted = 0;
        process.Signals.Handle(Signal.SIGUSR1, _ => handled++);
        bool stop = false;
        ProcessThread thread = process.StartThread("reading", () =>
        {
            using var file = FileDescriptor.Open(path, OpenFlags.O_RDONLY);
            byte[] room = new byte[4096];
            while (!Volatile.Read(ref stop))
            {
                file.Seek(0);
                if (file.TryRead(room).Error == Errno.EINTR) interrupted++;
            }
        });
        for (int i = 0; i < Signals; i++) thread.Interrupt(Signal.SIGUSR1);
        Volatile.Write(ref stop, true);
        thread.Join();
        File.Delete(path);
        return $"{interrupted} interrupted, handled {handled == Signals}";
    }

    public static string KeptByOthers(HostProcess process)
    {
        ArgumentNullException.ThrowIfNull(process);
        IEnumerable<int> refused = Enumerable.Range(0, 66).Where(static number => LinuxSignals.WhyRefused((Signal)number) is not null);
        bool same = refused.All(static number => LinuxSignals.Handle((Signal)number, static _ => { }, SignalOptions.None) == Errno.EINVAL);
        return $"{string.Join(' ', refused)}; {same}; {LinuxSignals.WhyRefused((Signal)34)}";
    }

    public static string InheritedIgnore(HostProcess process)
    {
        ArgumentNullException.ThrowIfNull(process);
        LinuxSignals.HandleUnlessIgnored(Signal.SIGUSR1, static _ => { }, out bool user);
        process.Signals.Ignore(Signal.SIGUSR1);
        LinuxSignals.HandleUnlessIgnored(Signal.SIGUSR1, static _ => { }, out bool ignored);
        // The shell starts a background job without job control with SIGINT ignored, and the job's program asks here.
        (string job, _) = Channel.Run(ChildRoles.Command(ChildRoles.HandleInterrupt) with { IgnoredSignals = [Signal.SIGINT] });
        (string plain, _) = Channel.Run(ChildRoles.Command(ChildRoles.HandleInterrupt));
        return $"{user} {ignored}; {job.TrimEnd()} {plain.TrimEnd()}";
    }

    private static string Depth(HostProcess process, SignalOptions options, Signal second, int runs)
    {
        int depth = 0, deepest = 0, count = 0;
        using var first = new SemaphoreSlim(0);
        using var go = new ManualResetEventSlim();
        using var ended = new SemaphoreSlim(0);
        void Run(SignalInfo info)
        {
            int now = Interlocked.Increment(ref depth);
            InterlockedMax(ref deepest, now);
            Interlocked.Increment(ref count);
            first.Release();
            go.Wait();
            Interlocked.Decrement(ref depth);
            ended.Release();
        }
        LinuxSignals.Handle(Signal.SIGUSR1, Run, options);
        LinuxSignals.Handle(Signal.SIGUSR2, Run, options);
        process.Signals.Send(process.Id, Signal.SIGUSR1);
        first.Wait();
        if (options == SignalOptions.None)
        {
            // Two more of the same are one more run; none begins before the first has ended.
            process.Signals.Send(process.Id, second);
            process.Signals.Send(process.Id, second);
        }
        else
        {
            for (int i = 1; i < runs; i++)
            {
                process.Signals.Send(process.Id, second);
                first.Wait(); // it has begun, beside those that have not ended
            }
        }
        go.Set();
        for (int i = 0; i < runs; i++) ended.Wait();
        return $"{count} runs, depth {deepest}";
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (int seen = Volatile.Read(ref target); seen < value; seen = Volatile.Read(ref target))
            if (Interlocked.CompareExchange(ref target, value, seen) == seen) return;
    }
}
