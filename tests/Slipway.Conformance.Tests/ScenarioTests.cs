namespace Slipway.Conformance.Tests;

/// <summary>Every scenario on both systems: red on the kernel means that the scenario is wrong, red on the stack that the stack is.</summary>
public sealed class ScenarioTests
{
    public static TheoryData<string> OnKernel => Names(static s => s.Attribute.NotOnKernel is null);

    public static TheoryData<string> OnStack => Names(static s => s.Attribute.NotOnStack is null);

    [KernelTheory]
    [MemberData(nameof(OnKernel))]
    public void The_kernel_judges(string scenario) => Check(new KernelRunner(), scenario);

    [Theory]
    [MemberData(nameof(OnStack))]
    public void The_stack_does_as_the_kernel(string scenario) => Check(new StackRunner(), scenario);

    [Fact]
    public void A_scenario_that_expects_the_wrong_errno_fails_on_the_stack()
    {
        Should.Throw<ExpectationException>(static () => Expect.Fails(Sockets.Errno.EINVAL, Sockets.Errno.EBADF))
            .Message.ShouldContain("EBADF, expected EINVAL");
    }

    private static void Check(IScenarioRunner runner, string name)
    {
        Scenario scenario = ScenarioCatalog.Find(name).ShouldNotBeNull();
        ScenarioResult result = runner.Run(scenario);
        result.Outcome.ShouldBe(Outcome.Pass, $"{string.Join(", ", scenario.Rows)} on the {runner.Name}: {result.Reason}");
    }

    private static TheoryData<string> Names(Func<Scenario, bool> runs)
    {
        var names = new TheoryData<string>();
        foreach (Scenario scenario in ScenarioCatalog.All)
            if (runs(scenario)) names.Add(scenario.Name);
        return names;
    }
}

/// <summary>A theory that needs the machine's kernel as judge.</summary>
public sealed class KernelTheoryAttribute : TheoryAttribute
{
    public KernelTheoryAttribute() => Skip = KernelRunner.Obstacle;
}
