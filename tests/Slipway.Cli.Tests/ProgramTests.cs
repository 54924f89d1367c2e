namespace Slipway.Cli.Tests;

/// <summary>The classic programs on the machine: their words, messages and exit codes are their own.</summary>
public class ProgramTests
{
    [Fact]
    public void Findsvc_prints_the_ways_to_a_service_by_number()
    {
        CliRun run = CliRun.Of("findsvc", "127.0.0.1", "4711");
        run.ExitCode.ShouldBe(0);
        run.Output.ShouldContain("flags canon family inet type datagram protocol UDP\n");
        run.Output.ShouldContain("address 127.0.0.1 port 4711\n");
    }

    [Fact]
    public void Findsvc_without_its_two_words_says_how_it_is_used()
    {
        CliRun run = CliRun.Of("findsvc");
        run.ExitCode.ShouldBe(1);
        run.Error.ShouldBe("usage: findsvc nodename service\n");
    }

    [Fact]
    public void Words_that_look_like_options_reach_the_program()
    {
        CliRun run = CliRun.Of("findsvc", "127.0.0.1", "--no-such-service");
        run.ExitCode.ShouldBe(1);
        run.Error.ShouldStartWith("getaddrinfo error: ");
    }
}
