namespace Slipway.Wire.Tests;

public class NeighborDiscoveryTests
{
    private static readonly IpAddress From = IpAddress.Parse("fe80::1"), To = IpAddress.Parse("fe80::2");
    private static readonly MacAddress Mac = new(0x0200_0000_0001);

    [Fact]
    public void A_router_advertisement_is_read_as_it_was_built()
    {
        byte[] message = new byte[200];
        var builder = new NeighborOptionsBuilder(message.AsSpan(RouterAdvertisementHeader.Length));
        var prefix = new PrefixInformation(IpPrefix.Parse("2001:db8:1::/64"), IsOnLink: true, IsAutonomous: false, uint.MaxValue, 3600);
        builder.AddLinkAddress(NeighborOptionKind.SourceLinkAddress, Mac);
        builder.AddMtu(1400);
        builder.AddPrefix(prefix);
        builder.AddRecursiveDnsServers(600, [From, To]);
        message = message[..(RouterAdvertisementHeader.Length + builder.Length)];
        var header = new RouterAdvertisementHeader(64, 1800) { IsManaged = true, HasOtherConfiguration = true, Preference = -1, ReachableTime = 30000, RetransmitTimer = 1000 };
        header.Write(message, From, To);

        RouterAdvertisementView.TryParse(message, out RouterAdvertisementView view, out _).ShouldBeTrue();

        view.ToHeader().ShouldBe(header);
        view.Options.TryGetLinkAddress(NeighborOptionKind.SourceLinkAddress, out MacAddress mac).ShouldBeTrue();
        mac.ShouldBe(Mac);
        view.Options.TryFind(NeighborOptionKind.Mtu, out NeighborOption option).ShouldBeTrue();
        option.TryGetMtu(out uint mtu).ShouldBeTrue();
        mtu.ShouldBe(1400u);
        view.Options.TryFind(NeighborOptionKind.PrefixInformation, out option).ShouldBeTrue();
        option.TryGetPrefix(out PrefixInformation read).ShouldBeTrue();
        read.ShouldBe(prefix);
        view.Options.TryFind(NeighborOptionKind.RecursiveDnsServer, out option).ShouldBeTrue();
        option.TryGetRecursiveDnsServers(out uint lifetime, out ReadOnlySpan<byte> servers).ShouldBeTrue();
        lifetime.ShouldBe(600u);
        IpAddress.ReadIPv6(servers[16..]).ShouldBe(To);
        Icmpv6View.TryParse(message, out Icmpv6View icmp, out _).ShouldBeTrue();
        icmp.HasValidChecksum(From, To).ShouldBeTrue();
    }

    [Fact]
    public void A_redirect_is_read_as_it_was_built()
    {
        byte[] quoted = new byte[50];
        new Ipv6Header(From, To, IpProtocolNumber.Udp) { PayloadLength = 10 }.Write(quoted);
        byte[] message = new byte[200];
        var builder = new NeighborOptionsBuilder(message.AsSpan(RedirectHeader.Length));
        builder.AddLinkAddress(NeighborOptionKind.TargetLinkAddress, Mac);
        builder.AddRedirectedHeader(quoted);
        message = message[..(RedirectHeader.Length + builder.Length)];
        new RedirectHeader(To, From).Write(message, From, To);

        RedirectView.TryParse(message, out RedirectView view, out _).ShouldBeTrue();

        view.ToHeader().ShouldBe(new RedirectHeader(To, From));
        view.Options.TryFind(NeighborOptionKind.RedirectedHeader, out NeighborOption option).ShouldBeTrue();
        option.TryGetRedirectedHeader(out ReadOnlySpan<byte> packet).ShouldBeTrue();
        packet.SequenceEqual(quoted.AsSpan(0, 48)).ShouldBeTrue("cut to a multiple of eight");
    }

    [Theory]
    [InlineData("", WireError.None)]
    [InlineData("0101020000000001", WireError.None)]
    [InlineData("0100020000000001", WireError.BadOption)] // a length of 0
    [InlineData("0102020000000001", WireError.BadOption)] // beyond the message
    [InlineData("01", WireError.BadOption)]
    [InlineData("0102020000000001" + "0000000000000000", WireError.BadOption)] // no Ethernet address
    [InlineData("6302020000000001" + "0000000000000000", WireError.None)] // unknown kinds are skipped
    public void Options_are_refused_as_a_whole(string hex, WireError expected)
    {
        byte[] message = [135, 0, 0, 0, 0, 0, 0, 0, .. new byte[16], .. Convert.FromHexString(hex)];

        NeighborSolicitationView.TryParse(message, out _, out WireError error).ShouldBe(expected == WireError.None);
        error.ShouldBe(expected);
    }

    [Theory]
    [InlineData(23, 135, 0, WireError.Truncated)]
    [InlineData(24, 136, 0, WireError.BadType)]
    [InlineData(24, 135, 1, WireError.BadType)]
    [InlineData(24, 135, 0, WireError.None)]
    public void Messages_are_refused_for_their_length_type_and_code(int length, byte type, byte code, WireError expected)
    {
        byte[] message = new byte[length];
        (message[0], message[1]) = (type, code);

        NeighborSolicitationView.TryParse(message, out _, out WireError error).ShouldBe(expected == WireError.None);
        error.ShouldBe(expected);
    }

    [Fact]
    public void Of_two_options_of_a_kind_the_first_counts()
    {
        NeighborOptionsView.TryParse(Convert.FromHexString("0501000000000500" + "0501000000000600"), out NeighborOptionsView options, out _).ShouldBeTrue();

        options.TryFind(NeighborOptionKind.Mtu, out NeighborOption option).ShouldBeTrue();
        option.TryGetMtu(out uint mtu).ShouldBeTrue();
        mtu.ShouldBe(1280u);
    }

    [Fact]
    public void An_option_that_does_not_fit_is_not_built()
        => Should.Throw<InvalidOperationException>(static () => new NeighborOptionsBuilder(new byte[7]).AddMtu(1500));
}
