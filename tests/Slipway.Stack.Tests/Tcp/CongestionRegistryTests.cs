using Slipway.Stack;

namespace Slipway.Stack.Tests;

public sealed class CongestionRegistryTests
{
    [Fact]
    public void The_algorithms_are_known_by_Linuxs_names()
    {
        CongestionRegistry.Format(CongestionRegistry.All).ShouldBe("reno bbr cubic"); // net.ipv4.tcp_available_congestion_control
        CongestionRegistry.Create("cubic").ShouldBeOfType<Cubic>().Name.ShouldBe("cubic");
        CongestionRegistry.Create("bbr").ShouldBeOfType<Bbr>().Name.ShouldBe("bbr");
        CongestionRegistry.Create("reno").ShouldBeOfType<Reno>().Name.ShouldBe("reno");
        CongestionRegistry.Create(CongestionRegistry.Default).ShouldBeOfType<Cubic>();
        CongestionRegistry.Create("Reno").ShouldBeNull();
        CongestionRegistry.Create("").ShouldBeNull();
        CongestionRegistry.Create("cubic ").ShouldBeNull();
        foreach (string name in CongestionRegistry.Names) name.Length.ShouldBeLessThan(CongestionRegistry.MaxNameLength);
    }

    [Theory]
    [InlineData("reno", true, "reno")]
    [InlineData(" cubic\treno\n", true, "reno cubic")]
    [InlineData("", true, "")]
    [InlineData("cubic bbr reno", true, "reno bbr cubic")]
    [InlineData("reno vegas", false, "")]
    public void A_set_is_read_from_names(string text, bool known, string expected)
    {
        CongestionRegistry.TryParse(text, out uint set).ShouldBe(known);
        CongestionRegistry.Format(set).ShouldBe(expected);
    }
}
