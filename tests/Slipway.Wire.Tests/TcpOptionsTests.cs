namespace Slipway.Wire.Tests;

public class TcpOptionsTests
{
    [Theory]
    [InlineData("020405b4", 1460)]
    [InlineData("01010101020405b4", 1460)] // padding is skipped
    [InlineData("020405b400020403e8", 1460)] // nothing counts after the end of the list
    [InlineData("020405b4020403e8", 1000)] // of two, the last counts
    [InlineData("020305", null)] // a wrong length
    [InlineData("020505b400", null)] // a wrong length
    [InlineData("02040000", null)] // no segment has no size
    [InlineData("020405", null)] // cut off
    [InlineData("02", null)]
    [InlineData("0200020405b4", null)] // a length below 2 ends the list
    [InlineData("fd04abcd020405b4", 1460)] // unknown kinds are skipped
    public void The_maximum_segment_size_is_read_as_Linux_reads_it(string hex, int? expected)
        => TcpOptions.Parse(Convert.FromHexString(hex), isSyn: true).MaximumSegmentSize.ShouldBe((ushort?)expected);

    [Fact]
    public void A_window_scale_above_14_counts_as_14()
        => TcpOptions.Parse([3, 3, 200], isSyn: true).WindowScale.ShouldBe((byte)14);

    [Fact]
    public void Options_of_the_handshake_count_only_on_a_SYN()
    {
        byte[] options = Convert.FromHexString("020405b4" + "030307" + "0402" + "2202" + "080a0000000100000002" + "0101");

        TcpOptions.Parse(options, isSyn: false).ShouldBe(new TcpOptions { Timestamps = new TcpTimestamps(1, 2) });
        TcpOptions.Parse(options, isSyn: true).ShouldBe(new TcpOptions
        {
            MaximumSegmentSize = 1460,
            WindowScale = 7,
            SackPermitted = true,
            FastOpen = new FastOpenCookie([]),
            Timestamps = new TcpTimestamps(1, 2),
        });
    }

    [Theory]
    [InlineData("050a0000000100000002", 1)]
    [InlineData("0512000000010000000200000003000000", 0)] // cut off
    [InlineData("050200", 0)] // no block
    [InlineData("050b000000010000000200", 0)] // not whole blocks
    public void Only_whole_SACK_blocks_are_read(string hex, int count)
        => TcpOptions.Parse(Convert.FromHexString(hex), isSyn: false).Sack.Count.ShouldBe(count);

    [Theory]
    [InlineData(0, true)]
    [InlineData(2, false)]
    [InlineData(4, true)]
    [InlineData(5, false)]
    [InlineData(16, true)]
    [InlineData(18, false)]
    public void A_fast_open_cookie_has_an_even_length_from_4_to_16_or_none(int length, bool isValid)
    {
        byte[] options = [34, (byte)(2 + length), .. new byte[length]];

        (TcpOptions.Parse(options, isSyn: true).FastOpen is not null).ShouldBe(isValid);
    }

    [Fact]
    public void The_enumerator_says_where_the_format_breaks()
    {
        var walk = new TcpOptionEnumerator([4, 2, 8, 1]);

        walk.MoveNext().ShouldBeTrue();
        walk.Kind.ShouldBe(TcpOptionKind.SackPermitted);
        walk.Data.Length.ShouldBe(0);
        walk.MoveNext().ShouldBeFalse();
        walk.IsMalformed.ShouldBeTrue();
    }

    [Fact]
    public void Options_beyond_forty_bytes_are_not_written()
        => Should.Throw<InvalidOperationException>(static () => new TcpHeader(1, 2, 3, 4, TcpFlags.Ack, 5)
        {
            Options = new TcpOptions { Timestamps = default(TcpTimestamps), Sack = new SackBlocks(default, default, default, default) },
        }.Write(new byte[100]));
}
