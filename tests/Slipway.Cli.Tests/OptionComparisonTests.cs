using Slipway.Conformance;
using Slipway.Sockets;

namespace Slipway.Cli.Tests;

/// <summary>When a difference between the systems is a fault, and when something explains it.</summary>
public class OptionComparisonTests
{
    private static readonly SocketOptionDefinition Option = SocketOptions.All.Single(static option => option.Name == "IP_TTL") with { Default = "64" };

    private static readonly OptionReading Answer = new("64", 4, IsSettable: true, HasSocket: true);

    [Fact]
    public void The_same_answers_are_no_difference() => Compare(Answer, Answer).Differs.ShouldBeFalse();

    [Fact]
    public void Another_default_is_a_fault()
    {
        OptionComparison row = Compare(Answer, Answer with { Value = "255" });
        row.IsFault.ShouldBeTrue();
        row.Difference.ShouldBe("linux reads 64, slipway 255");
    }

    [Fact]
    public void Another_size_is_a_fault()
    {
        OptionComparison row = Compare(Answer, Answer with { Length = 1 });
        row.IsFault.ShouldBeTrue();
        row.Difference.ShouldBe("linux gives 4 bytes, slipway 1");
    }

    [Fact]
    public void An_option_that_only_one_system_lets_be_set_is_a_fault()
    {
        OptionComparison row = Compare(Answer, Answer with { IsSettable = false });
        row.IsFault.ShouldBeTrue();
        row.SettableText.ShouldBe("linux only");
        row.IsSettable.ShouldBeFalse();
    }

    [Fact]
    public void A_default_that_follows_a_setting_of_the_machine_may_differ() =>
        Compare(Answer, Answer with { Value = "255" }, Option with { Default = "net.ipv4.ip_default_ttl" }).Explanation.ShouldBe(LinuxDifference.Settings.ToString());

    [Fact]
    public void An_option_that_a_virtual_host_lacks_must_be_refused_as_unknown()
    {
        SocketOptionDefinition lacking = Option with { SupportedByStack = false };
        Compare(Answer, new OptionReading("ENOPROTOOPT", 0, IsSettable: false, HasSocket: true), lacking).IsFault.ShouldBeFalse();
        Compare(Answer, new OptionReading("0", 4, IsSettable: false, HasSocket: true), lacking).IsFault.ShouldBeTrue();
        Compare(Answer, new OptionReading("ENOPROTOOPT", 0, IsSettable: true, HasSocket: true), lacking).IsFault.ShouldBeTrue();
    }

    private static OptionComparison Compare(OptionReading linux, OptionReading slipway, SocketOptionDefinition? option = null) => new(option ?? Option, linux, slipway);
}
