using System.Net;
using FsCheck.Fluent;

namespace Slipway.Wire.Tests;

public class AddressTests
{
    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("255.255.255.255")]
    [InlineData("10.0.0.1")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("fe80::1")]
    [InlineData("2001:db8::1:0:0:1")]
    public void An_address_prints_as_it_is_parsed(string text) => IpAddress.Parse(text).ToString().ShouldBe(text);

    [Theory]
    [InlineData("")]
    [InlineData("10.1")] // the short forms of inet_aton are not for configuration
    [InlineData("10.0.0.256")]
    [InlineData("fe80::1%eth0")]
    [InlineData("1::2::3")]
    [InlineData("host")]
    public void Other_text_is_refused(string text)
    {
        IpAddress.TryParse(text, out _).ShouldBeFalse();
        Should.Throw<FormatException>(() => IpAddress.Parse(text)).Message.ShouldContain($"'{text}'");
    }

    [Fact]
    public void Both_families_convert_to_the_class_library_and_back()
        => Property.Holds(Any.Addresses, static sample =>
        {
            IpAddress.From(sample.Source.ToIPAddress()).ShouldBe(sample.Source);
            sample.Source.ToIPAddress().AddressFamily.ShouldBe(sample.Source.IsIPv4 ? System.Net.Sockets.AddressFamily.InterNetwork : System.Net.Sockets.AddressFamily.InterNetworkV6);
        });

    [Fact]
    public void An_IPv4_address_is_its_mapped_IPv6_address()
    {
        byte[] bytes = new byte[16];
        IpAddress.Parse("192.0.2.7").WriteIPv6(bytes);

        new IPAddress(bytes).ToString().ShouldBe("::ffff:192.0.2.7");
        IpAddress.ReadIPv6(bytes).IsIPv4.ShouldBeTrue();
        IpAddress.ReadIPv6(bytes).Length.ShouldBe(4);
    }

    [Theory]
    [InlineData("127.255.0.1", "loopback")]
    [InlineData("::1", "loopback")]
    [InlineData("::2", "")]
    [InlineData("0.0.0.0", "unspecified")]
    [InlineData("::", "unspecified")]
    [InlineData("224.0.0.1", "multicast link")]
    [InlineData("239.1.2.3", "multicast")]
    [InlineData("ff02::1", "multicast link")]
    [InlineData("ff05::1", "multicast")]
    [InlineData("255.255.255.255", "broadcast")]
    [InlineData("169.254.1.1", "local")]
    [InlineData("fe80::1", "local")]
    [InlineData("febf::1", "local")]
    [InlineData("fec0::1", "")]
    [InlineData("8.8.8.8", "")]
    public void Special_addresses_are_recognised(string text, string kinds)
    {
        IpAddress address = IpAddress.Parse(text);
        string found = string.Join(' ', new[]
        {
            address.IsLoopback ? "loopback" : "",
            address.IsUnspecified ? "unspecified" : "",
            address.IsMulticast ? "multicast" : "",
            address.IsLinkScopeMulticast ? "link" : "",
            address.IsLimitedBroadcast ? "broadcast" : "",
            address.IsLinkLocal ? "local" : "",
        }.Where(static kind => kind.Length > 0));

        found.ShouldBe(kinds);
    }

    [Fact]
    public void Masks_and_shared_prefixes_agree_bit_by_bit()
        => Property.Holds(
            from addresses in Any.Addresses
            from length in Gen.Choose(0, 128)
            from flip in Gen.Choose(0, 127)
            select (addresses.Source, length, flip),
            static sample =>
            {
                (IpAddress address, int length, int flip) = sample;
                int width = address.Length * 8;
                (length, flip) = (Math.Min(length, width), Math.Min(flip, width - 1));
                IpAddress other = Flip(address, flip, width);

                address.CommonPrefixLength(other).ShouldBe(other == address ? width : flip);
                address.SharesPrefix(other, length).ShouldBe(length <= flip);
                (address.Mask(length) == other.Mask(length)).ShouldBe(length <= flip);
                new IpPrefix(address, length).Contains(other).ShouldBe(length <= flip);
            });

    [Theory]
    [InlineData("10.1.2.3/8", "10.0.0.0/8", "10.255.255.255")]
    [InlineData("10.1.2.3/31", "10.1.2.2/31", "10.1.2.3")]
    [InlineData("10.1.2.3", "10.1.2.3/32", "10.1.2.3")]
    [InlineData("0.0.0.0/0", "0.0.0.0/0", "255.255.255.255")]
    public void A_prefix_has_a_network_and_a_broadcast_address(string text, string network, string broadcast)
    {
        IpPrefix.Parse(text).Network.ToString().ShouldBe(network);
        IpPrefix.Parse(text).DirectedBroadcast.ToString().ShouldBe(broadcast);
    }

    [Theory]
    [InlineData("10.0.0.1/33")]
    [InlineData("fd00::/129")]
    [InlineData("10.0.0.1/")]
    [InlineData("10.0.0.1/-1")]
    [InlineData("/8")]
    public void Other_prefixes_are_refused(string text)
        => Should.Throw<FormatException>(() => IpPrefix.Parse(text)).Message.ShouldContain($"'{text}'");

    [Fact]
    public void A_link_address_prints_parses_and_makes_its_interface_identifier()
    {
        MacAddress.TryParse("00:11:22:aa:bb:cc", out MacAddress mac).ShouldBeTrue();

        mac.ToString().ShouldBe("00:11:22:aa:bb:cc");
        mac.ToInterfaceIdentifier().ShouldBe(0x0211_22FF_FEAA_BBCCul);
        MacAddress.TryParse("00:11:22:aa:bb:cg", out _).ShouldBeFalse();
        MacAddress.TryParse("00-11-22-aa-bb-cc", out _).ShouldBeFalse();
        MacAddress.TryParse("00:11:22:aa:bb", out _).ShouldBeFalse();
    }

    [Fact]
    public void Groups_have_link_addresses_of_their_own()
    {
        MacAddress.ForMulticast(IpAddress.Parse("239.255.1.2")).ToString().ShouldBe("01:00:5e:7f:01:02");
        MacAddress.ForMulticast(IpAddress.Parse("ff02::1:ff00:7")).ToString().ShouldBe("33:33:ff:00:00:07");
        MacAddress.ForMulticast(IpAddress.Parse("ff02::1")).IsMulticast.ShouldBeTrue();
        MacAddress.Broadcast.IsBroadcast.ShouldBeTrue();
        new MacAddress(0x0200_0000_0001).IsMulticast.ShouldBeFalse();
    }

    [Fact]
    public void Addresses_sort_by_family_and_number()
    {
        string[] sorted = ["0.0.0.0", "9.0.0.1", "10.0.0.1", "::", "::1", "fd00::1"];

        sorted.Reverse().Select(static text => IpAddress.Parse(text)).Order().Select(static address => address.ToString()).ShouldBe(sorted);
    }

    private static IpAddress Flip(IpAddress address, int bit, int width)
    {
        int fromRight = width - 1 - bit;
        return fromRight >= 64 ? new IpAddress(address.High ^ 1UL << fromRight - 64, address.Low) : new IpAddress(address.High, address.Low ^ 1UL << fromRight);
    }
}
