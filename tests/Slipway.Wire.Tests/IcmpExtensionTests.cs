namespace Slipway.Wire.Tests;

/// <summary>Extensions behind ICMP errors (RFC 4884): read object by object, and refused where a length is wrong.</summary>
public class IcmpExtensionTests
{
    /// <summary>An MPLS label stack (RFC 4950) and an interface's index (RFC 5837), with their checksum.</summary>
    private static byte[] Two
    {
        get
        {
            byte[] bytes = [0x20, 0, 0, 0, 0, 8, 1, 1, 0x12, 0x34, 0x51, 0xFE, 0, 8, 2, 8, 0, 0, 0, 7];
            ushort sum = InternetChecksum.Compute(bytes);
            (bytes[2], bytes[3]) = ((byte)(sum >> 8), (byte)sum);
            return bytes;
        }
    }

    [Fact]
    public void Objects_come_in_order()
    {
        IcmpExtensionsView.TryParse(Two, out IcmpExtensionsView view, out _).ShouldBeTrue();
        view.HasValidChecksum.ShouldBeTrue();
        var seen = new List<string>();
        foreach (IcmpExtensionObject one in view) seen.Add($"{one.Class}.{one.SubType} {Convert.ToHexString(one.Data)}");
        seen.ShouldBe(["1.1 123451FE", "2.8 00000007"]);
    }

    [Fact]
    public void A_wrong_checksum_is_seen_and_none_is_right()
    {
        byte[] bytes = Two;
        bytes[8] ^= 1;
        IcmpExtensionsView.TryParse(bytes, out IcmpExtensionsView view, out _).ShouldBeTrue();
        view.HasValidChecksum.ShouldBeFalse();
        bytes.AsSpan(2, 2).Clear();
        IcmpExtensionsView.TryParse(bytes, out view, out _).ShouldBeTrue();
        view.HasValidChecksum.ShouldBeTrue();
    }

    [Theory]
    [InlineData("200000", WireError.Truncated)]
    [InlineData("10000000", WireError.BadVersion)]
    [InlineData("20000000000301", WireError.BadOption)]
    [InlineData("2000000000030101", WireError.BadOption)]
    [InlineData("2000000000090101AABBCCDD", WireError.BadOption)]
    public void What_is_no_extension_structure_is_refused(string bytes, WireError expected)
    {
        IcmpExtensionsView.TryParse(Convert.FromHexString(bytes), out _, out WireError error).ShouldBeFalse();
        error.ShouldBe(expected);
    }

    /// <summary>RFC 4884 §4: only some errors have a length, in words of four bytes or of eight.</summary>
    [Theory]
    [InlineData(3, true, 128)]
    [InlineData(11, true, 128)]
    [InlineData(12, true, 128)]
    [InlineData(4, true, 0)]
    [InlineData(1, false, 256)]
    [InlineData(3, false, 256)]
    [InlineData(2, false, 0)]
    public void The_quotation_has_the_length_that_the_error_states(byte type, bool isIPv4, int expected)
        => IcmpExtensionsView.QuotedLength([type, 0, 0, 0, 32, 32, 0, 0], isIPv4).ShouldBe(expected);
}
