using Slipway.Stack;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>SipHash-2-4 against the vectors of its authors: the key and the message are the bytes 0, 1, 2, …</summary>
public sealed class SipKeyTests
{
    private static readonly SipKey Key = new(0x0706_0504_0302_0100, 0x0F0E_0D0C_0B0A_0908);

    [Theory]
    [InlineData(0, 0x726F_DB47_DD0E_0E31ul)]
    [InlineData(1, 0x93F5_F579_9A93_2462ul)]
    [InlineData(2, 0x3F2A_CC7F_57C2_9BDBul)]
    [InlineData(3, 0xB8AD_50C6_F649_AF94ul)]
    [InlineData(4, 0x7127_512F_72F2_7CCEul)]
    [InlineData(5, 0x0E3E_A96B_5304_A7D0ul)]
    public void It_gives_the_published_hashes(int words, ulong expected)
    {
        ulong[] message = [.. Enumerable.Range(0, words).Select(static word => 0x0706_0504_0302_0100ul + (ulong)word * 0x0808_0808_0808_0808)];

        Key.Hash(message).ShouldBe(expected);
    }

    [Fact]
    public void Pairs_of_addresses_are_words()
    {
        Key.Hash(0x0706_0504_0302_0100, 0x0F0E_0D0C_0B0A_0908).ShouldBe(0x3F2A_CC7F_57C2_9BDBul);
        Key.Hash(IpAddress.Parse("7.6.5.4"), IpAddress.Parse("3.2.1.0"), 0x0F0E_0D0C_0B0A_0908).ShouldBe(0x3F2A_CC7F_57C2_9BDBul);
        Key.Hash(
            new IpAddress(0x0706_0504_0302_0100, 0x0F0E_0D0C_0B0A_0908), new IpAddress(0x1716_1514_1312_1110, 0x1F1E_1D1C_1B1A_1918), 0x2726_2524_2322_2120)
            .ShouldBe(0x0E3E_A96B_5304_A7D0ul);
    }
}
