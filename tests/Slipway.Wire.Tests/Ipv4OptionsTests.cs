namespace Slipway.Wire.Tests;

public class Ipv4OptionsTests
{
    // Asked of Linux 6.18: an echo request with these options was sent, and the answer was an echo reply, or an ICMP parameter
    // problem whose pointer, less the 20 bytes of the header, stands here; -1 where there was none.
    [Theory]
    [InlineData("01010101", -1)]
    [InlineData("00000000", -1)]
    [InlineData("00ff0203", -1)]
    [InlineData("07000000", 0)]
    [InlineData("07010000", 0)]
    [InlineData("070b0400", 0)]
    [InlineData("07020400", 1)]
    [InlineData("07030400", -1)]
    [InlineData("07030300", 2)]
    [InlineData("07030500", -1)]
    [InlineData("0707040000000000", -1)]
    [InlineData("0707030000000000", 2)]
    [InlineData("0707050000000000", 2)]
    [InlineData("0707060000000000", 2)]
    [InlineData("0707070000000000", 2)]
    [InlineData("0707080000000000", -1)]
    [InlineData("0707ff0000000000", -1)]
    [InlineData("07070400000000070704000000000100", 7)]
    [InlineData("44000000", 0)]
    [InlineData("44020000", 1)]
    [InlineData("44030500", 1)]
    [InlineData("44040500", -1)]
    [InlineData("44040400", 2)]
    [InlineData("4408050000000000", -1)]
    [InlineData("4408060000000000", 2)]
    [InlineData("4408090000000000", -1)]
    [InlineData("440809f000000000", 3)]
    [InlineData("440809f100000000", 3)]
    [InlineData("440809f300000000", -1)]
    [InlineData("4408050100000000", 2)]
    [InlineData("440c05010000000000000000", -1)]
    [InlineData("440c05030000000000000000", -1)]
    [InlineData("440c06030000000000000000", 2)]
    [InlineData("440c09010000000000000000", 2)]
    [InlineData("4408050200000000", -1)]
    [InlineData("4408050500000000", -1)]
    [InlineData("44080500000000004408050000000000", 8)]
    [InlineData("83030400", -1)]
    [InlineData("83030300", 2)]
    [InlineData("8307030000000000", 2)]
    [InlineData("8307040000000000", -1)]
    [InlineData("8307040a09000100", -1)]
    [InlineData("8307ff0a09000100", -1)]
    [InlineData("83070a0a09000100", -1)]
    [InlineData("83070400000000890704000000000000", 7)]
    [InlineData("89040000", 2)]
    [InlineData("83020000", 1)]
    [InlineData("94040000", -1)]
    [InlineData("94030000", 1)]
    [InlineData("94040001", -1)]
    [InlineData("9406000000000000", -1)]
    [InlineData("94020000", 1)]
    [InlineData("0194040000010101", -1)]
    [InlineData("8606000000000000", 1)]
    [InlineData("860600000000860600000000", 1)]
    [InlineData("88040000", -1)]
    [InlineData("820b00000000000000000000", -1)]
    [InlineData("ff000000", 0)]
    [InlineData("ff010000", 0)]
    [InlineData("ff020000", -1)]
    [InlineData("ff050000", 0)]
    [InlineData("1f000000", 0)]
    [InlineData("860a00000001010400000000", 2)]
    [InlineData("8607000000010100", 1)]
    public void Options_are_refused_where_Linux_refuses_them(string hex, int fault)
    {
        bool isValid = Ipv4OptionsView.TryParse(Convert.FromHexString(hex), out _, out WireError error, out int offset);

        isValid.ShouldBe(fault < 0);
        error.ShouldBe(fault < 0 ? WireError.None : WireError.BadOption);
        offset.ShouldBe(Math.Max(fault, 0));
    }

    [Fact]
    public void A_record_route_is_read_as_it_was_built()
    {
        Span<byte> bytes = stackalloc byte[40];
        var builder = new Ipv4OptionsBuilder(bytes);
        builder.AddNoOperation();
        builder.AddRecordRoute(3);
        bytes = bytes[..builder.Finish()];

        Ipv4OptionsView.TryParse(bytes, out Ipv4OptionsView options, out _, out _).ShouldBeTrue();

        bytes.Length.ShouldBe(16);
        options.RecordRouteOffset.ShouldBe(1);
        options.SourceRouteOffset.ShouldBe(-1);
        Ipv4Option route = Only(options, Ipv4OptionKind.RecordRoute);
        route.RouteCount.ShouldBe(3);
        route.RecordedCount.ShouldBe(0);
        route.IsFull.ShouldBeFalse();
        route.IsCopied.ShouldBeFalse();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_source_route_is_read_as_it_was_built(bool isStrict)
    {
        Span<byte> bytes = stackalloc byte[40];
        var builder = new Ipv4OptionsBuilder(bytes);
        IpAddress first = IpAddress.Parse("192.0.2.1"), second = IpAddress.Parse("192.0.2.2");
        builder.AddSourceRoute(isStrict, [first, second]);
        bytes = bytes[..builder.Finish()];

        Ipv4OptionsView.TryParse(bytes, out Ipv4OptionsView options, out _, out _).ShouldBeTrue();

        options.IsStrictSourceRoute.ShouldBe(isStrict);
        options.SourceRouteOffset.ShouldBe(0);
        Ipv4Option route = Only(options, isStrict ? Ipv4OptionKind.StrictSourceRoute : Ipv4OptionKind.LooseSourceRoute);
        route.IsCopied.ShouldBeTrue();
        route.RouteCount.ShouldBe(2);
        route.RouteAddress(0).ShouldBe(first);
        route.RouteAddress(1).ShouldBe(second);
    }

    [Fact]
    public void Timestamps_are_read_as_they_were_built()
    {
        Span<byte> bytes = stackalloc byte[40];
        var builder = new Ipv4OptionsBuilder(bytes);
        builder.AddTimestamp([IpAddress.Parse("192.0.2.1")]);
        builder.AddRouterAlert();
        bytes = bytes[..builder.Finish()];

        Ipv4OptionsView.TryParse(bytes, out Ipv4OptionsView options, out _, out _).ShouldBeTrue();

        options.TimestampOffset.ShouldBe(0);
        options.HasRouterAlert.ShouldBeTrue();
        Ipv4Option option = Only(options, Ipv4OptionKind.Timestamp);
        option.TimestampFlags.ShouldBe(3);
        option.TimestampOverflow.ShouldBe(0);
        option.Pointer.ShouldBe(5);
    }

    [Fact]
    public void A_router_alert_of_another_value_alerts_nobody()
    {
        Ipv4OptionsView.TryParse([0x94, 4, 0, 1], out Ipv4OptionsView options, out _, out _).ShouldBeTrue();

        options.HasRouterAlert.ShouldBeFalse();
    }

    [Fact]
    public void Ten_addresses_do_not_fit_the_options()
        => Should.Throw<InvalidOperationException>(static () =>
        {
            var builder = new Ipv4OptionsBuilder(new byte[100]);
            builder.AddRecordRoute(10);
        });

    [Fact]
    public void A_recorded_route_shows_what_was_recorded()
    {
        // From a ping -R between two kernels, as its reply arrived: two addresses recorded at the destination, one on the way back.
        Ipv4View.TryParse(KernelFrames.Packet("record route reply"), out Ipv4View packet, out _).ShouldBeTrue();
        Ipv4OptionsView.TryParse(packet.Options, out Ipv4OptionsView options, out _, out _).ShouldBeTrue();

        Ipv4Option route = Only(options, Ipv4OptionKind.RecordRoute);
        var recorded = new List<string>();
        for (int i = 0; i < route.RecordedCount; i++) recorded.Add(route.RouteAddress(i).ToString());
        recorded.ShouldBe(["10.9.0.1", "10.9.0.2", "10.9.0.2"]);
        route.RouteCount.ShouldBe(9);
    }

    private static Ipv4Option Only(Ipv4OptionsView options, Ipv4OptionKind kind)
    {
        foreach (Ipv4Option option in options)
            if (option.Kind == kind) return option;
        throw new InvalidOperationException($"no option {kind}");
    }
}
