using Slipway.Stack;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>RFC 4987 section 3.6, in Linux's layout.</summary>
public sealed class SynCookiesTests
{
    private const long Minute = 60_000_000_000;
    private const uint Sequence = 0xFFFF_FF00;
    private static readonly TcpTuple Ends = new(IpAddress.Parse("10.0.0.1"), 80, IpAddress.Parse("10.0.0.2"), 40_000);
    private static readonly TcpTuple EndsIPv6 = new(IpAddress.Parse("fd00::1"), 80, IpAddress.Parse("fd00::2"), 40_000);
    private readonly SynCookies _cookies = new(new SipKey(1, 2), new SipKey(3, 4));

    [Theory]
    [InlineData(100, 536)] // smaller offers are rare enough to be rounded up
    [InlineData(536, 536)]
    [InlineData(1299, 536)]
    [InlineData(1300, 1300)]
    [InlineData(1452, 1440)]
    [InlineData(1460, 1460)]
    [InlineData(65_495, 1460)]
    public void The_segment_size_comes_back_rounded_down(int offered, int expected)
    {
        ushort size = (ushort)offered;
        uint cookie = _cookies.Create(Ends, Sequence, ref size, 7 * Minute);

        size.ShouldBe((ushort)expected);
        _cookies.Check(Ends, Sequence, cookie, 7 * Minute).ShouldBe((ushort)expected);
    }

    [Theory]
    [InlineData(1219, 1220)]
    [InlineData(1220, 1220)]
    [InlineData(1439, 1420)]
    [InlineData(1440, 1440)]
    [InlineData(8940, 8940)]
    public void IPv6_has_sizes_of_its_own(int offered, int expected)
    {
        ushort size = (ushort)offered;
        uint cookie = _cookies.Create(EndsIPv6, Sequence, ref size, 0);
        _cookies.Check(EndsIPv6, Sequence, cookie, 0).ShouldBe((ushort)expected);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(59, true)]
    [InlineData(60, true)]
    [InlineData(119, true)]
    [InlineData(120, false)] // made in minute 10, seen in minute 12
    [InlineData(256 * 60, false)] // the upper bits agree again, but the hash is over the full count
    public void A_cookie_is_good_in_its_minute_and_the_next(int secondsLater, bool good)
    {
        ushort size = 1460;
        uint cookie = _cookies.Create(Ends, Sequence, ref size, 10 * Minute);

        ushort seen = _cookies.Check(Ends, Sequence, cookie, 10 * Minute + secondsLater * 1_000_000_000L);

        seen.ShouldBe(good ? size : (ushort)0);
    }

    [Fact]
    public void A_cookie_from_the_future_is_refused()
    {
        ushort size = 1460;
        uint cookie = _cookies.Create(Ends, Sequence, ref size, 11 * Minute);
        _cookies.Check(Ends, Sequence, cookie, 10 * Minute).ShouldBe((ushort)0);
    }

    [Fact]
    public void Whoever_changes_anything_is_refused()
    {
        ushort size = 1460;
        uint cookie = _cookies.Create(Ends, Sequence, ref size, 0);

        _cookies.Check(Ends with { RemotePort = 40_001 }, Sequence, cookie, 0).ShouldBe((ushort)0);
        _cookies.Check(Ends with { LocalPort = 81 }, Sequence, cookie, 0).ShouldBe((ushort)0);
        _cookies.Check(Ends with { Remote = IpAddress.Parse("10.0.0.3") }, Sequence, cookie, 0).ShouldBe((ushort)0);
        _cookies.Check(Ends, Sequence + 100, cookie, 0).ShouldBe((ushort)0);
        new SynCookies(new SipKey(1, 2), new SipKey(3, 5)).Check(Ends, Sequence, cookie, 0).ShouldBe((ushort)0);
    }

    [Fact]
    public void Of_a_million_guesses_hardly_one_is_good()
    {
        // Eight of 2^32 numbers are: for a random guess one chance in 537 million.
        var random = new SeededRandom(3);
        int good = 0;
        for (int i = 0; i < 1_000_000; i++)
            if (_cookies.Check(Ends, Sequence, random.NextUInt32(), 10 * Minute) != 0) good++;
        good.ShouldBeLessThanOrEqualTo(1);
    }

    [Theory]
    [InlineData(7, true, true)]
    [InlineData(0, false, false)]
    [InlineData(14, true, false)]
    [InlineData((int)SynCookieOptions.NoWindowScale, false, true)]
    public void The_other_options_travel_in_the_timestamp(int scale, bool sack, bool ecn)
    {
        var options = new SynCookieOptions((byte)scale, sack, ecn);
        foreach (uint clock in (uint[])[0, 1, 63, 64, 1_000_000, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF])
        {
            uint stamp = options.Encode(clock);
            SynCookieOptions.Decode(stamp).ShouldBe(options);
            // Never later than the clock, or the timestamps of the connection would go back (RFC 7323 section 5.3), and not much earlier.
            (clock - stamp).ShouldBeLessThan(64u);
        }
    }
}
