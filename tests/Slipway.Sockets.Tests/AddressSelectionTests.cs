namespace Slipway.Sockets.Tests;

/// <summary>Destination address selection: the examples of RFC 6724 §10.2, and what gai.conf changes.</summary>
public class AddressSelectionTests
{
    private static readonly AddressSelectionPolicy Policy = AddressSelectionPolicy.Rfc6724;

    /// <summary>Destinations with their sources ("-": unreachable), as they come and as they must be sorted.</summary>
    [Theory]
    [Trait("Row", "NAME-37")]
    [InlineData("198.51.100.121<169.254.13.78 2001:db8:1::1<2001:db8:1::2", "2001:db8:1::1 198.51.100.121", "matching scope")]
    [InlineData("2001:db8:1::1<fe80::1 198.51.100.121<198.51.100.117", "198.51.100.121 2001:db8:1::1", "matching scope")]
    [InlineData("10.1.2.3<10.1.2.4 2001:db8:1::1<2001:db8:1::2", "2001:db8:1::1 10.1.2.3", "higher precedence")]
    [InlineData("2001:db8:1::1<2001:db8:1::2 fe80::1<fe80::2", "fe80::1 2001:db8:1::1", "smaller scope")]
    [InlineData("2001:db8:3ffe::1<2001:db8:3f44::2 2001:db8:1::1<2001:db8:1::2", "2001:db8:1::1 2001:db8:3ffe::1", "longest matching prefix")]
    [InlineData("2002:c633:6401::1<2001:db8:1::2 2001:db8:1::1<2001:db8:1::2", "2001:db8:1::1 2002:c633:6401::1", "matching label")]
    [InlineData("2002:c633:6401::1<2002:c633:6401::2 2001:db8:1::1<2002:c633:6401::2", "2002:c633:6401::1 2001:db8:1::1", "matching label")]
    [InlineData("2001:db8:9::1<- 192.0.2.9<192.0.2.1", "192.0.2.9 2001:db8:9::1", "avoid what cannot be reached")]
    [InlineData("fd00::9<fd00::1 192.0.2.9<192.0.2.1", "192.0.2.9 fd00::9", "unique local addresses have a low precedence")]
    [InlineData("127.0.0.1<127.0.0.1 ::1<::1", "::1 127.0.0.1", "IPv6 loopback first")]
    [InlineData("192.0.2.9<192.0.2.1 192.0.2.3<192.0.2.1", "192.0.2.3 192.0.2.9", "in the source's own network the nearer address")]
    [InlineData("198.51.100.9<192.0.2.1 192.168.0.1<192.0.2.1", "198.51.100.9 192.168.0.1", "elsewhere the order stays")]
    public void Addresses_are_sorted_by_the_rules(string candidates, string expected, string because) => Sorted(candidates, Policy).ShouldBe(expected, because);

    [Fact]
    public void The_table_of_gai_conf_replaces_the_default()
    {
        const string Candidates = "2001:db8:1::1<2001:db8:1::2 10.1.2.3<10.1.2.4";
        Sorted(Candidates, AddressSelectionPolicy.Parse(null, Policy)).ShouldBe("2001:db8:1::1 10.1.2.3");
        Sorted(Candidates, AddressSelectionPolicy.Parse("precedence ::ffff:0:0/96 100 # IPv4 first\n", Policy)).ShouldBe("10.1.2.3 2001:db8:1::1");
        Sorted(Candidates, AddressSelectionPolicy.Parse("precedence nonsense 100\nprecedence ::/129 3\nlabel\n", Policy)).ShouldBe("2001:db8:1::1 10.1.2.3");
        Sorted("fd00::9<fd00::1 192.0.2.9<192.0.2.1", AddressSelectionPolicy.Glibc).ShouldBe("fd00::9 192.0.2.9");
    }

    [Fact]
    public void Scopes_are_those_of_the_address_architecture()
    {
        (string Address, int Scope)[] expected =
        [
            ("::1", 2), ("fe80::1", 2), ("fec0::1", 5), ("2001:db8::1", 14), ("ff02::1", 2), ("ff05::1", 5), ("ff0e::1", 14), ("127.0.0.1", 2), ("169.254.1.1", 2), ("10.0.0.1", 14), ("192.0.2.1", 14),
        ];
        foreach ((string address, int scope) in expected) Policy.Scope(new InetAddress(address, 0)).ShouldBe(scope, address);
    }

    private static string Sorted(string text, AddressSelectionPolicy policy)
    {
        AddressCandidate[] candidates = [.. text.Split(' ').Select(static pair => pair.Split('<')).Select(static pair => new AddressCandidate(
            new InetAddress(pair[0], 0), pair[1] == "-" ? null : new SourceAddress(new InetAddress(pair[1], 0), pair[1].Contains(':', StringComparison.Ordinal) ? 64 : 24)))];
        AddressSelection.Sort(candidates, policy);
        return string.Join(' ', candidates.Select(static candidate => candidate.Destination.ToIPEndPoint().Address.ToString()));
    }
}
