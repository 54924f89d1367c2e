using System.Text.Json;
using Slipway.Sockets;

namespace Slipway.Cli.Tests;

/// <summary>The table of socket options, read from live sockets.</summary>
public class OptionTests
{
    [Fact]
    public void Each_line_has_the_promised_fields_in_order_and_each_option_its_line()
    {
        CliRun run = CliRun.Of("options", "--json", "--system", "linux");
        run.ExitCode.ShouldBe(ExitCode.Done);
        run.Error.ShouldBeEmpty();
        JsonElement[] rows = Rows(run);
        rows.Select(Name).ShouldBe(SocketOptions.All.Select(static option => option.Name));
        foreach (JsonElement row in rows)
            row.EnumerateObject().Select(static field => field.Name).ShouldBe(["level", "name", "number", "type", "linux", "slipway", "settable"]);
    }

    [Theory]
    [InlineData("SO_TYPE", "2", false)]
    [InlineData("SO_REUSEADDR", "0", true)]
    [InlineData("IP_MTU_DISCOVER", "1", true)]
    [InlineData("IP_MTU", "ENOTCONN", false)]
    [InlineData("IPV6_V6ONLY", "0", true)]
    [InlineData("SO_LINGER", "off, 0 s", true)]
    public void The_kernel_says_what_its_manual_pages_say(string name, string value, bool isSettable)
    {
        JsonElement row = Rows(CliRun.Of("options", "--json", "--system", "linux")).Single(row => Name(row) == name);
        row.GetProperty("linux").GetString().ShouldBe(value);
        row.GetProperty("settable").GetBoolean().ShouldBe(isSettable);
    }

    [Fact]
    public void A_virtual_host_agrees_with_the_kernel_except_where_something_explains_it()
    {
        CliRun run = CliRun.Of("options", "--compare");
        run.Error.ShouldBeEmpty();
        run.ExitCode.ShouldBe(ExitCode.Done);
        run.Output.ShouldNotContain("NOT EXPLAINED");
    }

    [Fact]
    public void Both_systems_stand_side_by_side()
    {
        JsonElement row = Rows(CliRun.Of("options", "--json")).Single(static row => Name(row) == "IP_MULTICAST_TTL");
        row.GetProperty("linux").GetString().ShouldBe("1");
        row.GetProperty("slipway").GetString().ShouldBe("1");
        row.GetProperty("settable").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public void Where_only_the_stack_is_asked_the_kernel_has_no_value() =>
        Rows(CliRun.Of("options", "--json", "--system", "slipway")).ShouldAllBe(static row => row.GetProperty("linux").ValueKind == JsonValueKind.Null);

    [Fact]
    public void For_readers_the_same_rows_stand_in_a_table()
    {
        CliRun run = CliRun.Of("options", "--system", "linux");
        run.ExitCode.ShouldBe(ExitCode.Done);
        run.Output.ShouldContain("SO_REUSEADDR");
        run.Lines.Length.ShouldBeGreaterThan(SocketOptions.All.Count);
    }

    private static JsonElement[] Rows(CliRun run) => [.. run.Lines.Select(static line => JsonDocument.Parse(line).RootElement)];

    private static string Name(JsonElement row) => row.GetProperty("name").GetString()!;
}
