using Slipway.Bench;

namespace Slipway.Cli.Tests;

/// <summary>That every row of the bench runs, on both systems. How fast is for the bench itself to say.</summary>
[Collection(MeasuringGroup.Name)]
public class BenchTests
{
    [Fact]
    public void Every_row_is_measured()
    {
        BenchResult[] rows = [.. UdpBenches.Run(Shortest)];
        rows.Select(static row => row.Name).ShouldBe(UdpBenches.Names);
        rows.ShouldAllBe(static row => row.Slipway > 0 && row.Unit.EndsWith("/s", StringComparison.Ordinal));
        rows.Single(static row => row.Name == "udp.rate64").Kernel.ShouldNotBeNull().ShouldBeGreaterThan(0);
        rows.Single(static row => row.Name == "udp.roundtrip").Ratio.ShouldNotBeNull().ShouldBeGreaterThan(0);
        rows.Single(static row => row.Name == "timers.arm").Kernel.ShouldBeNull();
    }

    [Fact]
    public void Processes_and_pipes_are_measured_beside_C_and_dotnet()
    {
        BenchResult[] rows = [.. IpcBenches.Run(Shortest)];
        rows.Select(static row => row.Name).ShouldBe(IpcBenches.Names);
        rows.ShouldAllBe(static row => row.Slipway > 0);
        rows.Single(static row => row.Name == "ipc.spawn.dotnet").Kernel.ShouldNotBeNull().ShouldBeGreaterThan(0);
        // Without a C compiler the other two have nothing beside them, and the command says so.
        bool skipped = IpcBenches.Explanation.Contains("skipped", StringComparison.Ordinal);
        rows.Where(static row => row.Name != "ipc.spawn.dotnet").ShouldAllBe(row => row.Kernel == null == skipped);
    }

    [NamespaceTheory]
    [InlineData("tcp.bulk", "tcp.bulk", "tcp.bulk.mtu1500", "tcp.bulk.threads")]
    [InlineData("tcp.pingpong", "tcp.pingpong.async", "tcp.pingpong.threads")]
    [InlineData("tcp.connections", "tcp.connections")]
    [InlineData("tcp.wan", "tcp.wan", "tcp.wan.loss")]
    public void The_kernels_side_of_TCP_is_measured_alone(string wanted, params string[] names)
    {
        BenchResult[] rows = [.. TcpBenches.Run(Shortest with { KernelOnly = true, Rows = [wanted] })];
        rows.Select(static row => row.Name).ShouldBe(names);
        rows.ShouldAllBe(static row => row.Slipway == null && row.Ratio == null && row.Kernel > 0);
    }

    [Theory]
    [InlineData("tcp.bulk", "tcp.bulk", "tcp.bulk.mtu1500", "tcp.bulk.threads")]
    [InlineData("tcp.pingpong", "tcp.pingpong.async", "tcp.pingpong.threads")]
    [InlineData("tcp.connections", "tcp.connections")]
    [InlineData("tcp.wan", "tcp.wan", "tcp.wan.loss")]
    public void Both_sides_of_TCP_are_measured(string wanted, params string[] names)
    {
        BenchResult[] rows = [.. TcpBenches.Run(Shortest with { Rows = [wanted] })];
        rows.Select(static row => row.Name).ShouldBe(names);
        rows.ShouldAllBe(static row => row.Slipway > 0);
    }

    [DeviceTheory]
    [InlineData("tcp.tun.in", "tcp.tun.in", "tcp.tun.in.plain")]
    [InlineData("tcp.tun.out", "tcp.tun.out", "tcp.tun.out.plain")]
    public void Streams_between_the_stack_and_the_kernel_are_measured(string wanted, params string[] names)
    {
        BenchResult[] rows = [.. TcpBenches.Run(Shortest with { Rows = [wanted] })];
        rows.Select(static row => row.Name).ShouldBe(names);
        rows.ShouldAllBe(static row => row.Slipway > 0 && row.Kernel == null);
    }

    [Fact]
    public void Idle_connections_are_told_in_tenths()
    {
        BenchResult[] rows = [.. TcpBenches.Run(Shortest with { Rows = ["tcp.memory"] })];
        rows.Length.ShouldBe(11);
        rows[0].Name.ShouldBe("tcp.memory.idle");
        rows[0].Unit.ShouldBe("bytes an end");
        rows[1..].ShouldAllBe(static row => row.Unit == "connections/s" && row.Slipway > 0);
        rows[^1].Name.ShouldBe("tcp.memory.idle.opened10");
    }

    private static readonly BenchOptions Shortest = new()
    {
        Rounds = 1,
        Round = TimeSpan.FromMilliseconds(1),
        WarmUp = TimeSpan.FromMilliseconds(1),
        IdleConnections = 300,
        WideAreaSettling = TimeSpan.FromMilliseconds(1),
        WideAreaTime = TimeSpan.FromMilliseconds(1),
    };

    [Fact]
    public void A_refused_word_lists_what_can_be_measured() => CliRun.Of("bench", "pigeons").ShouldBeRefused().ShouldContain("'udp'");
}
