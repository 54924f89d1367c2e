using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

namespace Slipway.Sockets.Tests;

/// <summary>Addresses as text, against what glibc said of the same texts.</summary>
public class AddressTextTests
{
    /// <summary>A line: the text, then inet_pton as IPv4 and as IPv6, inet_ntop of the latter, inet_aton, inet_network; 0 for refused.</summary>
    [Fact]
    [Trait("Row", "ADDR-07")]
    [Trait("Row", "ADDR-12")]
    [Trait("Row", "ADDR-13")]
    [Trait("Row", "ADDR-16")]
    [Trait("Row", "ORD-06")]
    public void Tricky_texts_are_read_as_glibc_reads_them()
    {
        string[] lines = Resources.Text("address-texts").TrimEnd('\n').Split('\n');
        lines.Length.ShouldBeGreaterThan(200);
        foreach (string line in lines)
        {
            int tab = line.LastIndexOf('\t');
            Describe(line[..tab]).ShouldBe(line[(tab + 1)..], line);
        }
    }

    [Fact]
    [Trait("Row", "ADDR-07")]
    [Trait("Row", "ADDR-08")]
    public void What_is_printed_reads_back_as_the_same_address() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), static seed =>
        {
            byte[] address = new byte[16];
            for (int i = 0; i < seed.Length; i++) address[i % 16] ^= (byte)(seed[i] & (i % 3 == 0 ? 0xFF : 0)); // many zeros: the gaps are the hard part
            byte[] back = new byte[16];
            string text = InetText.Format(AddressFamily.Inet6, address);
            return text.Length < InetText.IPv6TextLength && InetText.TryParse(AddressFamily.Inet6, text, back) && back.SequenceEqual(address);
        }).QuickCheckThrowOnFailure();

    [Fact]
    [Trait("Row", "ADDR-15")]
    public void No_text_makes_the_readers_throw_or_half_write() =>
        Prop.ForAll(ArbMap.Default.ArbFor<string>(), static text =>
        {
            byte[] room = [.. Enumerable.Repeat((byte)0xCC, 16)];
            bool four = InetText.TryParse(AddressFamily.Inet, text ?? "", room);
            bool six = InetText.TryParse(AddressFamily.Inet6, text ?? "", room);
            bool loose = InetText.TryParseLoose(text ?? "", out uint address);
            InetText.ParseNetwork(text ?? "");
            if (!loose && address != 0) return false;
            return four || six || Array.TrueForAll(room, static b => b == 0xCC);
        }).QuickCheckThrowOnFailure();

    private static string Describe(string text)
    {
        byte[] four = new byte[4], six = new byte[16];
        bool isFour = InetText.TryParse(AddressFamily.Inet, text, four), isSix = InetText.TryParse(AddressFamily.Inet6, text, six);
        string loose = InetText.TryParseLoose(text, out uint address) ? address.ToString("X8", CultureInfo.InvariantCulture) : "0";
        return $"{(isFour ? Convert.ToHexString(four) : "0")} {(isSix ? Convert.ToHexString(six) : "0")} {(isSix ? InetText.Format(AddressFamily.Inet6, six) : "-")} {loose} {InetText.ParseNetwork(text):X8}";
    }
}
