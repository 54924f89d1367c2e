using Slipway.Sockets;

namespace Slipway.Lab.Tests;

/// <summary>Virtual processes: their order, time, ends, threads and children.</summary>
public sealed class ProcessTests : IDisposable
{
    private readonly VirtualNetwork _net = new(seed: 7);
    private readonly Host _host;
    private readonly List<string> _log = [];

    public ProcessTests() => _host = _net.AddHost("host");

    public void Dispose() => _net.Dispose();

    [Fact]
    public void A_sleep_of_an_hour_ends_after_exactly_an_hour()
    {
        _host.Start("sleeper", process =>
        {
            process.Sleep(TimeSpan.FromHours(1)).ShouldBe(TimeSpan.Zero);
            Note(process, "awake");
        });

        RunResult result = _net.Run();

        result.AllEnded.ShouldBeTrue(result.ToString());
        _log.ShouldBe(["01:00:00 sleeper awake"]);
    }

    [Fact]
    public void Processes_run_in_the_order_in_which_they_were_started_and_of_their_wake_up_times()
    {
        foreach (int seconds in (int[])[3, 1, 2])
        {
            _host.Start($"p{seconds}", process =>
            {
                Note(process, "begins");
                process.Sleep(TimeSpan.FromSeconds(seconds));
                Note(process, "ends");
            });
        }

        _net.Run();

        _log.ShouldBe(["00:00:00 p3 begins", "00:00:00 p1 begins", "00:00:00 p2 begins", "00:00:01 p1 ends", "00:00:02 p2 ends", "00:00:03 p3 ends"]);
    }

    [Fact]
    public void A_child_begins_in_the_directory_of_its_parent_with_its_umask_and_group_and_changes_only_its_own()
    {
        _host.Start("parent", parent =>
        {
            parent.Sockets.MakeDirectory("/tmp/home", 0x1FF).ShouldBe(Errno.None);
            parent.Sockets.ChangeDirectory("/tmp/home").ShouldBe(Errno.None);
            parent.Sockets.SetFileMask(0x38);
            parent.StartChild("child", static child =>
            {
                using Socket socket = child.Sockets.Open(AddressFamily.Unix, SocketType.Stream);
                socket.Bind(UnixAddress.FromPath("name"));
                child.Sockets.ChangeDirectory("/").ShouldBe(Errno.None);
                child.Sockets.SetFileMask(0).ShouldBe(0x38u);
            }).Wait();
            parent.Sockets.GetDirectory(out string directory).ShouldBe(Errno.None);
            directory.ShouldBe("/tmp/home");
            parent.Sockets.SetFileMask(0).ShouldBe(0x38u);
            parent.Sockets.Stat("name", out FileStatus status).ShouldBe(Errno.None);
            (status.Mode, status.UserId, status.GroupId).ShouldBe((0xC1C7u, 0, 50));
        }, new StartOptions { GroupId = 50 });

        _net.Run().Failed.ShouldBeEmpty();
    }

    [Fact]
    public void Equal_wake_up_times_keep_the_order_in_which_the_sleeps_began()
    {
        for (int i = 0; i < 5; i++)
        {
            _host.Start($"p{i}", process =>
            {
                process.Sleep(TimeSpan.FromSeconds(1));
                Note(process, "up");
            });
        }

        _net.Run();

        _log.ShouldBe(Enumerable.Range(0, 5).Select(i => $"00:00:01 p{i} up"));
    }

    [Fact]
    public void A_program_starts_at_the_time_it_was_given()
    {
        _host.Start("late", process => Note(process, "begins"), new StartOptions { StartTime = TimeSpan.FromSeconds(90) });

        _net.Run();

        _log.ShouldBe(["00:01:30 late begins"]);
    }

    [Fact]
    public void The_status_is_the_exit_code_that_the_program_sets()
    {
        LabProcess good = _host.Start("good", static _ => { });
        LabProcess bad = _host.Start("bad", static process => process.ExitCode = 3);
        good.HasEnded.ShouldBeFalse();
        good.ExitStatus.ShouldBeNull();

        _net.Run().Ended.ShouldBe([good, bad]);

        good.ExitStatus.ShouldBe(0);
        bad.ExitStatus.ShouldBe(3);
    }

    [Fact]
    public void An_exception_ends_the_process_and_the_run_and_names_the_process()
    {
        LabProcess broken = _host.Start("broken", static process =>
        {
            process.Sleep(TimeSpan.FromSeconds(2));
            throw new InvalidDataException("no such day");
        });
        _host.Start("other", static process => process.Sleep(TimeSpan.FromSeconds(5)));

        ProcessFailedException failure = Should.Throw<ProcessFailedException>(() => _net.Run());

        failure.Message.ShouldBe("Process host/broken (pid 1001) failed at 2 s: InvalidDataException: no such day");
        failure.InnerException.ShouldBeOfType<InvalidDataException>();
        failure.Process.ShouldBe(broken);
        broken.ExitStatus.ShouldBe(134);
        _net.Run().AllEnded.ShouldBeTrue("the others are not harmed");
    }

    [Fact]
    public void Where_failures_are_not_thrown_the_result_names_them()
    {
        using var net = new VirtualNetwork(options: new VirtualNetworkOptions { ThrowOnFailure = false });
        LabProcess broken = net.AddHost("host").Start("broken", static _ => throw new InvalidDataException("no such day"));

        RunResult result = net.Run();

        result.Failed.ShouldBe([broken]);
        result.ToString().ShouldContain("host/broken (pid 1001) ended: InvalidDataException: no such day");
    }

    [Fact]
    public void Output_is_kept_whole_and_told_line_by_line()
    {
        var lines = new List<string>();
        using var net = new VirtualNetwork(options: new VirtualNetworkOptions
        {
            Output = line => lines.Add($"{line.Process.FullName}{(line.IsError ? "!" : ":")} {line.Text} @{line.Time.TotalSeconds}"),
        });
        LabProcess writer = net.AddHost("host").Start("writer", static process =>
        {
            process.Out.Write("one ");
            process.Error.WriteLine("oops");
            process.Sleep(TimeSpan.FromSeconds(1));
            process.Out.Write("line\nand ");
            process.Out.Write(2);
        });

        net.Run();

        writer.Output.ShouldBe("one line\nand 2");
        writer.ErrorOutput.ShouldBe("oops\n");
        lines.ShouldBe(["host/writer! oops @0", "host/writer: one line @1", "host/writer: and 2 @1"]);
    }

    [Fact]
    public void Threads_share_the_process_and_are_joined()
    {
        _host.Start("main", process =>
        {
            ProcessThread first = process.StartThread("first", () => { process.Sleep(TimeSpan.FromSeconds(2)); Note(process, "first"); });
            ProcessThread second = process.StartThread("second", () => { process.Sleep(TimeSpan.FromSeconds(1)); Note(process, "second"); });
            first.Join();
            second.Join();
            Note(process, "joined");
        });

        _net.Run();

        _log.ShouldBe(["00:00:01 main second", "00:00:02 main first", "00:00:02 main joined"]);
    }

    [Fact]
    public void The_end_of_the_main_thread_ends_the_others()
    {
        bool unwound = false;
        LabProcess process = _host.Start("main", process => process.StartThread("endless", () =>
        {
            try
            {
                process.Sleep(TimeSpan.FromDays(1));
            }
            finally
            {
                unwound = true;
            }
        }).WaitUntilBlocked());

        _net.Run();

        process.ExitStatus.ShouldBe(0);
        unwound.ShouldBeTrue();
        _net.Now.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void An_exception_of_a_thread_is_thrown_where_it_is_joined()
    {
        LabProcess process = _host.Start("main", process =>
        {
            ProcessThread thread = process.StartThread("broken", static () => throw new InvalidDataException("x"));
            Should.Throw<InvalidDataException>(thread.Join);
        });

        _net.Run();

        process.Failure.ShouldBeNull();
    }

    [Fact]
    public void An_exception_of_a_thread_that_nobody_joins_is_not_lost()
    {
        _host.Start("main", static process =>
        {
            process.StartThread("broken", static () => throw new InvalidDataException("x"));
            process.Sleep(TimeSpan.FromSeconds(1));
        });

        Should.Throw<ProcessFailedException>(() => _net.Run()).InnerException.ShouldBeOfType<InvalidDataException>();
    }

    [Fact]
    public void A_child_has_its_own_pid_its_parents_group_and_environment_and_a_status()
    {
        LabProcess parent = _host.Start(
            "parent",
            process =>
            {
                ChildProcess child = process.StartChild("child", inner =>
                {
                    inner.ParentId.ShouldBe(process.Id);
                    inner.ProcessGroup.ShouldBe(process.Id);
                    inner.Environment["LANG"].ShouldBe("C");
                    inner.Environment["LANG"] = "changed";
                    inner.Arguments.ShouldBe(["-v"]);
                    inner.Sleep(TimeSpan.FromSeconds(3));
                    inner.ExitCode = 5;
                });
                child.Id.ShouldNotBe(process.Id);
                child.Wait().ShouldBe(5);
                process.Environment["LANG"].ShouldBe("C");
                Note(process, "child seen");
            },
            new StartOptions { Arguments = ["-v"], Environment = [new("LANG", "C")] });

        _net.Run();

        parent.ParentId.ShouldBe(0);
        _log.ShouldBe(["00:00:03 parent child seen"]);
    }

    [Fact]
    public void What_nobody_can_wake_is_reported_with_process_thread_and_call()
    {
        _host.Start("parent", static process =>
        {
            ProcessThread thread = process.StartThread("stuck", () => process.StartChild("child", static child => child.StartThread("t", () => child.Sleep(TimeSpan.FromDays(36500))).Join()).Wait());
            thread.Join();
        });

        RunResult result = _net.RunFor(TimeSpan.FromSeconds(10));

        result.End.ShouldBe(RunEnd.TimeReached);
        result.Waiting.Select(static waiting => waiting.ToString()).ShouldBe([
            "host/parent (pid 1001) thread main waits: join of thread stuck",
            "host/parent (pid 1001) thread stuck waits: wait for child",
            "host/child (pid 1002) thread main waits: join of thread t",
            "host/child (pid 1002) thread t waits: sleep"]);
        result.Time.ShouldBe(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void The_call_of_another_processs_sleep_is_refused()
    {
        LabProcess other = _host.Start("other", static process => process.Sleep(TimeSpan.FromSeconds(1)));
        _host.Start("main", process => Should.Throw<InvalidOperationException>(() => other.Sleep(TimeSpan.FromSeconds(1))).Message.ShouldContain("'host/other'"));

        _net.Run().AllEnded.ShouldBeTrue();
        Should.Throw<InvalidOperationException>(() => other.Sleep(TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void The_network_cannot_be_run_from_within()
    {
        _host.Start("main", _ => Should.Throw<InvalidOperationException>(() => _net.Run()));

        _net.Run().AllEnded.ShouldBeTrue();
    }

    private void Note(HostProcess process, string what) => _log.Add($"{_net.Now} {process.ProgramName} {what}");
}
