namespace Slipway.Wire.Tests;

public class Ipv6ExtensionTests
{
    private const IpProtocolNumber HopByHop = IpProtocolNumber.HopByHop, Destination = IpProtocolNumber.DestinationOptions;

    [Fact]
    public void The_walk_passes_every_kind_of_header_up_to_the_upper_protocol()
    {
        byte[] payload =
        [
            60, 0, 1, 4, 0, 0, 0, 0, // hop-by-hop, padding
            43, 0, 1, 4, 0, 0, 0, 0, // destination options, padding
            44, 0, 3, 0, 0, 0, 0, 0, // routing, no segments left
            51, 0, 0, 0, 0, 0, 0, 9, // fragment, the whole packet
            17, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, // authentication, three words
            1, 2, 3, // UDP, or what there is of it
        ];
        var walker = new Ipv6ExtensionWalker(HopByHop, payload);
        var seen = new List<(IpProtocolNumber Kind, int Offset, int Length, int NextHeaderOffset)>();
        walker.NextHeaderOffset.ShouldBe(-34, "byte 6 of the fixed header");
        while (walker.MoveNext()) seen.Add((walker.Kind, walker.Offset, walker.Header.Length, walker.NextHeaderOffset));

        seen.ShouldBe([(HopByHop, 0, 8, 0), (Destination, 8, 8, 8), (IpProtocolNumber.Routing, 16, 8, 16), (IpProtocolNumber.Fragment, 24, 8, 24), (IpProtocolNumber.Authentication, 32, 12, 32)]);
        walker.Error.ShouldBe(WireError.None);
        walker.Next.ShouldBe(IpProtocolNumber.Udp);
        walker.HasFragment.ShouldBeTrue();
        walker.IsLaterFragment.ShouldBeFalse();
        walker.Payload.ToArray().ShouldBe([1, 2, 3]);
    }

    [Theory]
    [InlineData(59)] // no next header
    [InlineData(50)] // encrypted
    [InlineData(6)]
    [InlineData(255)]
    public void The_walk_ends_at_what_is_no_extension_header(byte next)
    {
        var walker = new Ipv6ExtensionWalker(Destination, [next, 0, 1, 4, 0, 0, 0, 0]);

        walker.MoveToEnd().ShouldBeTrue();
        walker.Next.ShouldBe((IpProtocolNumber)next);
        walker.Payload.Length.ShouldBe(0);
    }

    [Fact]
    public void Behind_the_header_of_a_later_fragment_is_no_header()
    {
        var walker = new Ipv6ExtensionWalker(IpProtocolNumber.Fragment, [60, 0, 0, 8, 0, 0, 0, 1, 0xFF, 0xFF, 0xFF]);

        walker.MoveToEnd().ShouldBeTrue();
        walker.IsLaterFragment.ShouldBeTrue();
        walker.Next.ShouldBe(Destination);
        walker.NextOffset.ShouldBe(8);
    }

    [Fact]
    public void Hop_by_hop_options_anywhere_but_first_are_refused()
    {
        var walker = new Ipv6ExtensionWalker(Destination, [0, 0, 1, 4, 0, 0, 0, 0, 17, 0, 1, 4, 0, 0, 0, 0]);

        walker.MoveToEnd().ShouldBeFalse();
        walker.Error.ShouldBe(WireError.BadOrder);
        walker.NextHeaderOffset.ShouldBe(0, "the byte that names the misplaced header is at fault");
    }

    [Theory]
    [InlineData("3c00010400000000" + "3c", 8)] // one byte of a header
    [InlineData("3c02010400000000", 0)] // longer than the packet
    [InlineData("", 0)]
    public void Headers_cut_off_are_refused(string hex, int reached)
    {
        var walker = new Ipv6ExtensionWalker(Destination, Convert.FromHexString(hex));

        walker.MoveToEnd().ShouldBeFalse();
        walker.Error.ShouldBe(WireError.Truncated);
        walker.NextOffset.ShouldBe(reached);
    }

    [Theory]
    [InlineData(Ipv6ExtensionWalker.MaximumHeaders, WireError.None)]
    [InlineData(Ipv6ExtensionWalker.MaximumHeaders + 1, WireError.TooManyHeaders)]
    public void The_chain_is_bounded(int count, WireError expected)
    {
        byte[] payload = new byte[count * 8];
        for (int i = 0; i < count; i++) ((byte[])[i == count - 1 ? (byte)59 : (byte)60, 0, 1, 4, 0, 0, 0, 0]).CopyTo(payload, i * 8);
        var walker = new Ipv6ExtensionWalker(Destination, payload);

        walker.MoveToEnd();

        walker.Error.ShouldBe(expected);
    }

    [Theory]
    [InlineData("3b00" + "010400000000", true)] // PadN of six
    [InlineData("3b00" + "000000000000", true)] // six times Pad1
    [InlineData("3b00" + "050200000100", true)] // router alert, PadN of two
    [InlineData("3b00" + "010400000100", false)] // padding that says something
    [InlineData("3b01" + "01050000000000" + "00000000000000", false)] // more padding than ever needed
    [InlineData("3b00" + "010500000000", false)] // an option beyond the header
    [InlineData("3b00" + "000000000005", false)] // an option without a length
    public void Option_headers_are_refused_where_Linux_drops_them(string hex, bool isValid)
    {
        Ipv6OptionsView.TryParse(Convert.FromHexString(hex), out _, out WireError error).ShouldBe(isValid);
        error.ShouldBe(isValid ? WireError.None : WireError.BadOption);
    }

    [Theory]
    [InlineData(0x05, Ipv6OptionAction.Skip, false)]
    [InlineData(0x63, Ipv6OptionAction.Discard, true)]
    [InlineData(0x80, Ipv6OptionAction.DiscardAndReport, false)]
    [InlineData(0xC2, Ipv6OptionAction.DiscardAndReportUnlessMulticast, false)]
    public void The_type_of_an_option_says_what_to_do_with_it(byte type, Ipv6OptionAction action, bool mayChange)
    {
        Ipv6OptionsView.TryParse([59, 0, 0, type, 3, 1, 2, 3], out Ipv6OptionsView options, out _).ShouldBeTrue();

        foreach (Ipv6Option option in options)
        {
            (option.Kind, option.Offset, option.Action, option.MayChange).ShouldBe(((Ipv6OptionKind)type, 3, action, mayChange));
            option.Data.ToArray().ShouldBe([1, 2, 3]);
        }
    }

    [Fact]
    public void The_builder_aligns_options_and_pads_the_header()
    {
        Span<byte> bytes = stackalloc byte[32];
        var builder = new Ipv6OptionsBuilder(bytes, IpProtocolNumber.Udp);
        builder.Add(Ipv6OptionKind.TunnelEncapsulationLimit, [4]);
        builder.Add(Ipv6OptionKind.JumboPayload, [0, 1, 0, 0], alignment: 4, remainder: 2);

        int length = builder.Finish();

        Convert.ToHexString(bytes[..length]).ShouldBe("1101" + "040104" + "00" + "C20400010000" + "01020000");
    }
}
