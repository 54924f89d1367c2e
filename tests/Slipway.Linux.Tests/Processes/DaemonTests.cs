using System.Globalization;
using System.Text;
using Slipway.Sockets;

namespace Slipway.Linux.Tests.Processes;

/// <summary>Daemons: the five steps, the pid file, the log, reload and stop, and the service manager's ways.</summary>
public sealed class DaemonTests
{
    private const string Facts = "read -r pid name state parent group session rest </proc/$$/stat; ";

    [Fact]
    [Trait("Row", "EX-20")]
    [Trait("Row", "P-061")]
    [Trait("Row", "P-062")]
    public void A_daemon_is_in_a_session_without_terminal_that_it_does_not_lead()
    {
        using var terminal = PseudoTerminal.Open();
        using var output = new Channel();
        string script = $"{Facts} exec >&3; [ $session != $pid ] && [ $session = $group ] && echo member; true <{terminal.Path} && echo opened; if true 2>/dev/null </dev/tty; then echo terminal; else echo none; fi; echo $session $parent";
        int daemon = Daemon.Start(new ProcessCommand("/bin/sh", "-c", script), ChildDescriptor.Copy(output.Theirs, 3));
        string[] lines = output.ReadToEnd().Split('\n');
        lines[..3].ShouldBe(["member", "opened", "none"]);
        // The leader has ended, and so has the parent: whoever takes orphans has it.
        int[] ids = [.. lines[3].Split(' ').Select(static word => int.Parse(word, CultureInfo.InvariantCulture))];
        ids[0].ShouldNotBe(ProcessIds.SessionOf());
        ids[1].ShouldNotBe(Environment.ProcessId);
        Children.Wait(WaitTarget.Process(daemon), WaitOptions.WNOHANG, out _).ShouldBe(Errno.ECHILD);
        Children.Wait(WaitTarget.Process(ids[0]), WaitOptions.WNOHANG, out _).ShouldBe(Errno.ECHILD); // the leader was reaped
    }

    [Fact]
    [Trait("Row", "EX-20")]
    [Trait("Row", "P-064")]
    [Trait("Row", "P-065")]
    public void A_daemon_has_the_root_no_mask_and_three_times_dev_null()
    {
        using var output = new Channel();
        const string Script = "pwd >&9; umask >&9; for fd in 0 1 2; do link=$(readlink /proc/$$/fd/$fd); echo $link >&9; done; ls /proc/$$/fd >&9";
        _ = Daemon.Start(new ProcessCommand("/bin/sh", "-c", Script) { WorkingDirectory = "/tmp" }, ChildDescriptor.Copy(output.Theirs, 9));
        string[] lines = output.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        // 9 is how it tells; the shell keeps its output under 10 while ls has another.
        lines.Where(static line => line != "10").ShouldBe(["/", "0000", "/dev/null", "/dev/null", "/dev/null", "0", "1", "2", "9"]);
    }

    [Fact]
    [Trait("Row", "P-063")]
    public void Each_step_can_be_taken_by_itself()
    {
        (string plain, _) = Channel.Run(new ProcessCommand("/bin/sh", "-c", $"{Facts} [ $session = $pid ] && echo leads"));
        (string leader, _) = Channel.Run(new ProcessCommand("/bin/sh", "-c", $"{Facts} [ $session = $pid ] && echo leads") { NewSession = true });
        (plain, leader).ShouldBe(("", "leads\n"));
        // Orphaned without a session of its own; SIGHUP is ignored only while the one between ends.
        using var output = new Channel();
        int orphan = new ProcessCommand("/bin/sh", "-c", $"{Facts} echo $pid $session; kill -HUP $$; echo survived") { Descriptors = [ChildDescriptor.Copy(output.Theirs, 1)] }.StartDetached();
        output.ReadToEnd().ShouldBe($"{orphan} {ProcessIds.SessionOf()}\n");
        SpawnTests.Refused(new ProcessCommand("/no/such"), Errno.ENOENT, "execve(\"/no/such\")");
        LinuxCallException refused = Should.Throw<LinuxCallException>(static () => new ProcessCommand("/no/such").StartDetached());
        (refused.Errno, refused.Call).ShouldBe((Errno.ENOENT, "execve(\"/no/such\")"));
    }

    [Fact]
    [Trait("Row", "P-060")]
    [Trait("Row", "P-067")]
    public void A_daemon_tells_when_it_is_ready_refuses_a_second_reloads_and_stops()
    {
        using var directory = new TemporaryDirectory();
        using var log = new LogSocket(directory.Path);
        string file = Path.Combine(directory.Path, "serve.pid");
        ProcessCommand command = ChildRoles.Command(ChildRoles.ServeAsDaemon, file, log.Path);
        command.Run().ExitCode.ShouldBe(0);
        log.Next().ShouldBe("<30>serve: ready");
        int daemon = PidFile.Owner(file).ShouldNotBeNull();
        File.ReadAllText(file).ShouldBe($"{daemon}\n");

        using var error = new Channel();
        using (SpawnedProcess second = (command with { Descriptors = [ChildDescriptor.Copy(error.Theirs, 2)] }).Start())
        {
            error.ReadToEnd().ShouldBe($"lock of \"{file}\", which process {daemon} has: EAGAIN (Resource temporarily unavailable)\n");
            second.WaitForExit().ExitCode.ShouldBe(1);
        }

        LinuxSignals.Send(SignalTarget.Process(daemon), Signal.SIGHUP).ShouldBe(Errno.None);
        string reloaded = log.Next();
        LinuxSignals.Send(SignalTarget.Process(daemon), Signal.SIGTERM).ShouldBe(Errno.None);
        (reloaded, log.Next(), log.Next()).ShouldBe(("<29>serve: reloaded", "<30>serve: stopping", "<30>serve: stopped"));
        (File.Exists(file), PidFile.Owner(file)).ShouldBe((false, null));
    }

    [Fact]
    [Trait("Row", "P-060")]
    public void A_daemon_that_ends_too_early_is_a_failure_to_who_started_it()
    {
        using var error = new Channel();
        using SpawnedProcess starter = (ChildRoles.Command(ChildRoles.EndAsDaemon) with { Descriptors = [ChildDescriptor.Copy(error.Theirs, 2)] }).Start();
        error.ReadToEnd().ShouldBe("the daemon ended before it was ready\n");
        starter.WaitForExit().ExitCode.ShouldBe(1);
    }

    [Fact]
    [Trait("Row", "P-067")]
    public void A_pid_file_that_a_dead_process_left_is_taken()
    {
        using var directory = new TemporaryDirectory();
        string path = Path.Combine(directory.Path, "x.pid");
        File.WriteAllText(path, "123456789\n");
        PidFile.Owner(path).ShouldBeNull();
        using (PidFile.Create(path))
        {
            File.ReadAllText(path).ShouldBe($"{Environment.ProcessId}\n");
            PidFile.Owner(path).ShouldBe(Environment.ProcessId);
            Should.Throw<LinuxCallException>(() => PidFile.Create(path)).Errno.ShouldBe(Errno.EAGAIN);
        }
        File.Exists(path).ShouldBeFalse();
        Should.Throw<LinuxCallException>(static () => PidFile.Create("/no/such/directory/x.pid")).Errno.ShouldBe(Errno.ENOENT);
    }

    [Fact]
    public void The_log_gets_one_datagram_a_message()
    {
        using var directory = new TemporaryDirectory();
        using var socket = new LogSocket(directory.Path);
        var time = new FixedTime(new DateTimeOffset(2026, 3, 7, 9, 5, 1, 250, TimeSpan.Zero));
        using (var log = new SystemLog("my prog", LogFacility.Local0, socket.Path) { Time = time })
        {
            log.Write(LogSeverity.Error, "disk full\n").ShouldBe(Errno.None);
            socket.NextRaw().ShouldBe($"<131>Mar  7 09:05:01 my_prog[{Environment.ProcessId}]: disk full");
            log.Least = LogSeverity.Warning;
            log.Write(LogSeverity.Notice, "dropped").ShouldBe(Errno.None);
            log.Write(LogSeverity.Warning, "two\nlines").ShouldBe(Errno.None);
            socket.NextRaw().ShouldEndWith(": two lines");
            // The log's daemon restarts: the next message goes to the new one.
            socket.Restart();
            log.Write(LogSeverity.Emergency, "again").ShouldBe(Errno.None);
            socket.NextRaw().ShouldEndWith(": again");
        }
        using var modern = new SystemLog("prog", path: socket.Path) { Time = time, Format = LogFormat.Rfc5424 };
        modern.Write(LogSeverity.Information, "hello").ShouldBe(Errno.None);
        socket.NextRaw().ShouldBe($"<30>1 2026-03-07T09:05:01.250000Z {Environment.MachineName} prog {Environment.ProcessId} - - hello");
        using var nobody = new SystemLog("prog", path: Path.Combine(directory.Path, "none"));
        nobody.Write(LogSeverity.Information, "hello").ShouldBe(Errno.ENOENT);
        using var tooLong = new SystemLog("prog", path: "/" + new string('x', 200));
        tooLong.Write(LogSeverity.Information, "hello").ShouldBe(Errno.ENAMETOOLONG);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_service_tells_its_manager_how_it_does(bool isAbstract)
    {
        using var directory = new TemporaryDirectory();
        using var manager = new LogSocket(directory.Path, isAbstract);
        var environment = new Dictionary<string, string> { ["NOTIFY_SOCKET"] = manager.Name, ["WATCHDOG_USEC"] = "2000000" };
        ChildRoles.Command(ChildRoles.Notify).With(environment).Run().ExitCode.ShouldBe(0);
        manager.NextRaw().ShouldBe("READY=1\nSTATUS=all well");
        manager.NextRaw().ShouldStartWith("RELOADING=1\nMONOTONIC_USEC=");
        manager.NextRaw().ShouldBe("WATCHDOG=1");
        manager.NextRaw().ShouldBe("MAINPID=5");
        manager.NextRaw().ShouldBe("STATUS=watched every 2");
        manager.NextRaw().ShouldBe("STOPPING=1");
        new ServiceNotifier(manager.Name + "-none").Ready().ShouldBe(isAbstract ? Errno.ECONNREFUSED : Errno.ENOENT);
        ServiceNotifier.FromEnvironment.ShouldBeNull();
    }

    [Fact]
    public void A_service_takes_the_sockets_that_were_opened_for_it()
    {
        using Socket listener = Listening(out InetAddress address), other = Listening(out _);
        using var output = new Channel();
        ProcessCommand service = ChildRoles.Command(ChildRoles.TakeListeners);
        // LISTEN_PID is the service's own id, which a shell knows that becomes the service.
        ProcessCommand manager = new ProcessCommand("/bin/sh", ["-c", "LISTEN_PID=$$ exec \"$0\" \"$@\"", service.Program, .. service.Arguments])
        {
            Descriptors = [ChildDescriptor.Copy(output.Theirs, 1), ChildDescriptor.Inherit(2), ChildDescriptor.Copy(listener.Descriptor, 3), ChildDescriptor.Copy(other.Descriptor, 4)],
        }.With(new Dictionary<string, string> { ["LISTEN_FDS"] = "2", ["LISTEN_FDNAMES"] = "web:admin" });
        using SpawnedProcess child = manager.Start();
        output.ReadLine().ShouldBe("3=web:True 4=admin:True; 0 left");
        Received(address).ShouldBe("served\n");
        child.WaitForExit().ExitCode.ShouldBe(0);

        // For another process they are nobody's.
        (string none, _) = Channel.Run(service.With(new Dictionary<string, string> { ["LISTEN_PID"] = "1", ["LISTEN_FDS"] = "2" }));
        none.ShouldBe("; 0 left\n");
    }

    [Fact]
    [Trait("Row", "P-066")]
    public async Task A_program_that_knows_only_its_streams_serves_connections()
    {
        using Socket listener = Listening(out InetAddress address);
        using var stop = new CancellationTokenSource();
        var program = new ProcessCommand("/bin/sh", "-c", "read line; echo you said $line");
        Task serving = SocketServer.ServeAsync(listener, program, cancellationToken: stop.Token);
        for (int i = 0; i < 3; i++) Received(address, $"{i}\n").ShouldBe($"you said {i}\n");
        await stop.CancelAsync();
        await serving;
    }

    private static Socket Listening(out InetAddress address)
    {
        Socket listener = LinuxSystem.Current.Open(AddressFamily.Inet, SocketType.Stream | SocketType.CloseOnExec);
        listener.Bind(InetAddress.LoopbackIPv4());
        listener.Listen(5);
        address = listener.LocalAddress;
        return listener;
    }

    private static string Received(InetAddress address, string sent = "")
    {
        using Socket client = LinuxSystem.Current.Open(AddressFamily.Inet, SocketType.Stream | SocketType.CloseOnExec);
        client.Connect(address);
        if (sent.Length > 0) client.Send(Encoding.UTF8.GetBytes(sent));
        var all = new List<byte>();
        byte[] some = new byte[100];
        for (int count; (count = client.Receive(some)) > 0;) all.AddRange(some.AsSpan(0, count));
        return Encoding.UTF8.GetString([.. all]);
    }

    private sealed class FixedTime(DateTimeOffset now) : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => now;
    }
}
