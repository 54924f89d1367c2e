namespace Slipway.Cli.Tests;

/// <summary>What is said to words that mean nothing.</summary>
public class WordTests
{
    [Fact]
    public void Without_a_command_the_commands_are_listed_and_the_call_counts_as_wrong()
    {
        CliRun run = CliRun.Of();
        run.ExitCode.ShouldBe(ExitCode.WrongWords);
        run.Output.ShouldBeEmpty();
        foreach (string command in Commands) run.Error.ShouldContain($"  {command} ");
    }

    [Fact]
    public void Help_is_a_result_and_goes_to_standard_output()
    {
        CliRun run = CliRun.Of("--help");
        run.ExitCode.ShouldBe(ExitCode.Done);
        run.Error.ShouldBeEmpty();
        foreach (string command in Commands) run.Output.ShouldContain($"  {command} ");
    }

    [Theory]
    [InlineData("launch")]
    [InlineData("--launch")]
    [InlineData("lab")]
    [InlineData("lab", "no-such-file.yaml")]
    [InlineData("lab", "x.yaml", "--seed", "odd")]
    [InlineData("lab", "x.yaml", "--until", "later")]
    [InlineData("lab", "x.yaml", "--pcap-link", "client.eth0")]
    [InlineData("up")]
    [InlineData("up", "--tun", "sw0")]
    [InlineData("up", "--address", "10.77.0.2/24")]
    [InlineData("up", "--tun", "sw0", "--tap", "sw1", "--address", "10.77.0.2/24")]
    [InlineData("up", "--tun", "sw0", "--address", "10.77.0.2")]
    [InlineData("up", "--tun", "sw0", "--address", "10.77.0.2/33")]
    [InlineData("up", "--tun", "sw0", "--address", "224.0.0.1/4")]
    [InlineData("up", "--tun", "sw0", "--address", "10.77.0.2/24", "--address", "10.77.0.2/16")]
    [InlineData("up", "--tun", "sw0", "--address", "10.77.0.2/24", "--peer", "10.77.0.2/24")]
    [InlineData("up", "--tun", "sw0", "--address", "10.77.0.2/24", "--service", "echo,finger")]
    [InlineData("up", "--tun", "sw0", "--address", "10.77.0.2/24", "--http", "/no/such/directory")]
    [InlineData("up", "--tun", "sw0", "--address", "10.77.0.2/24", "--http-read-only")]
    [InlineData("up", "--tun", "sw0", "--address", "10.77.0.2/24", "--mtu", "67")]
    [InlineData("up", "--tun", "sw0", "--address", "fd77::2/64", "--mtu", "1279")]
    [InlineData("up", "--tun", "sw0", "--address", "10.77.0.2/24", "--delay", "long")]
    [InlineData("up", "--tun", "sw0", "--address", "10.77.0.2/24", "--loss", "2")]
    [InlineData("up", "--tun", "sw0", "--address", "10.77.0.2/24", "--rate", "fast")]
    [InlineData("up", "--tun", "sw0", "--address", "10.77.0.2/24", "--offload", "perhaps")]
    [InlineData("up", "--tun", "sw0", "--address", "10.77.0.2/24", "--congestion", "vegas")]
    [InlineData("bench")]
    [InlineData("bench", "pigeons")]
    [InlineData("bench", "udp", "--seconds", "0")]
    [InlineData("bench", "udp", "--seconds", "soon")]
    [InlineData("options", "now")]
    [InlineData("options", "--system", "windows")]
    [InlineData("options", "--system")]
    [InlineData("options", "--compare", "--system", "linux")]
    public void A_wrong_word_is_told_in_one_line(params string[] words) =>
        CliRun.Of(words).ShouldBeRefused().ShouldStartWith("slipway: ");

    [Fact]
    public void A_refused_choice_lists_what_is_allowed()
    {
        string line = CliRun.Of("options", "--system", "windows").ShouldBeRefused();
        line.ShouldContain("'windows'");
        line.ShouldContain("'linux'");
        line.ShouldContain("'slipway'");
    }

    [Fact]
    public void A_directory_that_is_not_there_is_named() =>
        CliRun.Of("up", "--tun", "sw0", "--address", "10.77.0.2/24", "--http", "/no/such/directory").ShouldBeRefused().ShouldContain("'/no/such/directory' is no directory");

    [Fact]
    public void An_unknown_service_lists_the_known_ones() =>
        CliRun.Of("up", "--tun", "sw0", "--address", "10.77.0.2/24", "--service", "finger").ShouldBeRefused().ShouldContain("echo, discard, daytime, chargen, ruptime");

    private static readonly string[] Commands = ["lab", "up", "conform", "bench", "options", "findsvc", "ping", "traceroute", "ruptime", "ruptimed"];
}
