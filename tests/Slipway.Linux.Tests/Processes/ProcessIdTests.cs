using Slipway.Sockets;

namespace Slipway.Linux.Tests.Processes;

/// <summary>Process groups, sessions, user ids and nice values of this process and its children.</summary>
public sealed class ProcessIdTests
{
    private const int NoSuchProcess = int.MaxValue;

    [Fact]
    [Trait("Row", "P-030")]
    [Trait("Row", "P-031")]
    public void Ids_of_this_process_and_of_a_child_are_those_of_proc()
    {
        using var input = new Channel();
        using SpawnedProcess child = (input.Reader with { NewSession = true }).Start();
        // Fields 4 to 6 of proc(5)'s stat: parent, group, session.
        int[] own = Stat(Environment.ProcessId), childs = Stat(child.Id);
        (ProcessIds.Own, ProcessIds.Parent, ProcessIds.GroupOf(), ProcessIds.SessionOf()).ShouldBe((Environment.ProcessId, own[0], own[1], own[2]));
        (ProcessIds.GroupOf(child.Id), ProcessIds.SessionOf(child.Id)).ShouldBe((child.Id, child.Id));
        childs.ShouldBe([ProcessIds.Own, child.Id, child.Id]);
        Failure(static () => ProcessIds.GroupOf(NoSuchProcess)).ShouldBe("getpgid(2147483647) ESRCH");
        Failure(static () => ProcessIds.SessionOf(NoSuchProcess)).ShouldBe("getsid(2147483647) ESRCH");

        static int[] Stat(int process) => [.. File.ReadAllText($"/proc/{process}/stat").Split(") ")[1].Split(' ')[1..4].Select(int.Parse)];
    }

    [Fact]
    [Trait("Row", "P-032")]
    public void A_child_that_runs_its_program_stays_in_its_group()
    {
        using var input = new Channel();
        using SpawnedProcess child = input.Reader.Start(), leader = (input.Reader with { NewSession = true }).Start();
        int group = ProcessIds.GroupOf(child.Id);
        Failure(() => ProcessIds.SetGroup(child.Id, 0)).ShouldBe($"setpgid({child.Id}, 0) EACCES");
        Failure(() => ProcessIds.SetGroup(0, leader.Id)).ShouldBe($"setpgid(0, {leader.Id}) EPERM");
        Failure(() => ProcessIds.SetGroup(NoSuchProcess, 0)).ShouldBe("setpgid(2147483647, 0) ESRCH");
        Failure(static () => ProcessIds.SetGroup(0, -1)).ShouldBe("setpgid(0, -1) EINVAL");
        ProcessIds.GroupOf(child.Id).ShouldBe(group);
    }

    [Fact]
    [Trait("Row", "P-031")]
    [Trait("Row", "P-033")]
    public void A_process_makes_a_group_of_its_own_and_its_leader_makes_no_session()
        => IsolatedRoles.Result(ProcessScenarios.LeadsGroup).ShouldBe("False True; setsid() EPERM");

    [Fact]
    [Trait("Row", "P-033")]
    public void A_process_that_leads_no_group_makes_a_session()
        => IsolatedRoles.Result(ProcessScenarios.LeadsSession).ShouldBe("True True True; setpgid(0, 0) EPERM");

    [RootFact]
    public void User_ids_are_the_calling_threads()
    {
        using var process = new LinuxProcess();
        ProcessIds.Users.ShouldBe(new CredentialIds(0, 0, 0));
        ProcessIds.Groups.ShouldBe(new CredentialIds(0, 0, 0));
        CredentialIds inside = default;
        process.RunAsUser(1234, () => inside = ProcessIds.Users);
        inside.ShouldBe(new CredentialIds(0, 1234, 0));
    }

    [Fact]
    [Trait("Row", "P-055")]
    public void A_nice_value_adds_up_to_19_at_most_and_children_have_it()
    {
        using Channel input = new(), output = new();
        using SpawnedProcess child = new ProcessCommand("/bin/sh", "-c", "read go; nice")
        {
            Descriptors = [ChildDescriptor.Copy(input.Theirs, 0), ChildDescriptor.Copy(output.Theirs, 1)],
        }.Start();
        int before = ProcessPriority.Get();
        ProcessPriority.Get(child.Id).ShouldBe(before);
        ProcessPriority.Add(child.Id, 5).ShouldBe(Math.Min(before + 5, 19));
        ProcessPriority.Add(child.Id, 5).ShouldBe(Math.Min(before + 10, 19));
        input.WriteLine("");
        output.ReadToEnd().ShouldBe($"{Math.Min(before + 10, 19)}\n");
        // A zombie has its value still.
        ProcessPriority.Set(child.Id, 100);
        ProcessPriority.Get(child.Id).ShouldBe(19);
        child.WaitForExit().ExitCode.ShouldBe(0);
        ProcessPriority.Get().ShouldBe(before);
        Failure(() => ProcessPriority.Get(NoSuchProcess)).ShouldBe("getpriority(2147483647) ESRCH");
        Failure(() => ProcessPriority.Set(NoSuchProcess, 1)).ShouldBe("setpriority(2147483647, 1) ESRCH");
    }

    [Fact]
    [Trait("Row", "P-055")]
    public void A_nice_value_is_that_of_all_threads()
        => IsolatedRoles.Result(ProcessScenarios.NiceThreads).ShouldBe("True True");

    [RootFact]
    [Trait("Row", "P-056")]
    public void Only_the_privileged_take_more_processor_time()
    {
        using var process = new LinuxProcess();
        using Channel input = new();
        process.RunAsUser(1234, () =>
        {
            // Another user's process cannot be touched; our own only be made nicer.
            using SpawnedProcess child = new ProcessCommand("cat") { Descriptors = [ChildDescriptor.Copy(input.Theirs, 0), ChildDescriptor.Write("/dev/null")] }.Start();
            int value = ProcessPriority.Add(child.Id, 1);
            Failure(() => ProcessPriority.Set(child.Id, value - 1)).ShouldBe($"setpriority({child.Id}, {value - 1}) EPERM");
            Failure(static () => ProcessPriority.Set(1, 19)).ShouldBe("setpriority(1, 19) EPERM");
            child.Kill(Signal.SIGKILL).ShouldBe(Errno.None);
            child.WaitForExit().Signal.ShouldBe(Signal.SIGKILL);
        });
        using SpawnedProcess privileged = input.Reader.Start();
        ProcessPriority.Set(privileged.Id, -1);
        ProcessPriority.Get(privileged.Id).ShouldBe(-1);
        ProcessPriority.Add(privileged.Id, -100).ShouldBe(-20);
    }

    internal static string Failure(Action action)
    {
        LinuxCallException failure = Should.Throw<LinuxCallException>(action);
        return $"{failure.Call} {failure.Errno}";
    }

    private static string Failure(Func<int> action) => Failure(() => { _ = action(); });
}
