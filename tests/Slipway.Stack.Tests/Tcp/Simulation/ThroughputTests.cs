namespace Slipway.Stack.Tests;

/// <summary>The throughput of a stream over simulated links, as a table that is reviewed when it changes: <c>SLIPWAY_ACCEPT=1</c> takes the new one.</summary>
public sealed class ThroughputTests
{
    private static readonly Lazy<ThroughputTable.Row[]> Rows = new(ThroughputTable.Measure);

    [Fact]
    public void The_table_is_the_reviewed_one()
    {
        string file = Path.Combine(SourceRoot(), "tests", "Slipway.Stack.Tests", "Tcp", "Simulation", "throughput.txt");
        string text = ThroughputTable.Print(Rows.Value);
        if (Environment.GetEnvironmentVariable("SLIPWAY_ACCEPT") == "1") File.WriteAllText(file, text);
        text.ShouldBe(File.ReadAllText(file));
    }

    [Fact]
    public void A_line_of_100_megabits_and_50_ms_is_used_to_nine_tenths()
    {
        ThroughputTable.Row row = Rows.Value.Single(static row => row is { Megabits: 100, RoundTrip: 50, Loss: 0, Buffer: 0 });
        row.Achieved.ShouldBeGreaterThanOrEqualTo(90);
        row.Timeouts.ShouldBe(0);
    }

    [Fact]
    public void Without_loss_each_line_is_used_but_for_the_start()
    {
        foreach (ThroughputTable.Row row in Rows.Value.Where(static row => row.Loss == 0)) (row.Achieved / row.Allowed).ShouldBeGreaterThan(0.75, row.ToString());
    }

    [Fact]
    public void With_loss_half_of_what_the_formulas_allow_is_reached()
    {
        foreach (ThroughputTable.Row row in Rows.Value.Where(static row => row.Loss > 0)) (row.Achieved / row.Allowed).ShouldBeGreaterThan(0.5, row.ToString());
    }

    // BUF-011: no more than a window in a round trip.
    [Fact]
    public void A_fixed_buffer_bounds_the_rate()
    {
        foreach (ThroughputTable.Row row in Rows.Value.Where(static row => row.Buffer > 0)) (row.Achieved / row.Allowed).ShouldBeLessThan(1.25, row.ToString());
    }

    private static string SourceRoot()
    {
        string? directory = AppContext.BaseDirectory;
        while (directory is not null && !File.Exists(Path.Combine(directory, "Slipway.slnx"))) directory = Path.GetDirectoryName(directory);
        return directory ?? throw new InvalidOperationException("The sources are not above the tests.");
    }
}
