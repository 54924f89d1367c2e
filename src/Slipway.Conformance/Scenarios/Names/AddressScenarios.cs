using Slipway.Sockets;
using static Slipway.Sockets.InetText;

namespace Slipway.Conformance;

/// <summary>Addresses in calls and as texts (section ADDR).</summary>
public static class AddressScenarios
{
    /// <summary>sin_zero is nobody's.</summary>
    [Scenario("ADDR-06")]
    public static void PaddingIsIgnored(HostProcess host)
    {
        using Socket receiver = host.Udp(), sender = host.Udp();
        byte[] address = InetAddress.LoopbackIPv4().ToSockAddr();
        address.AsSpan(8).Fill(0xFF);
        Expect.Success(host.Sockets.Bind(receiver.Descriptor, address));
        InetAddress bound = receiver.LocalAddress;
        bound.Write(address);
        address.AsSpan(8).Fill(0xFF);
        Expect.Success(host.Sockets.SendTo(sender.Descriptor, "x"u8, MessageFlags.None, address));
        Expect.Equal("x", receiver.ReceiveText());
        Expect.Success(host.Sockets.Connect(sender.Descriptor, address));
        Expect.Equal(bound, sender.RemoteAddress);
    }

    /// <summary>How addresses print: the leftmost longest run of zero groups, lower case, the dotted tails.</summary>
    [Scenario("ADDR-07", "ADDR-08")]
    public static void Printing(HostProcess host)
    {
        foreach ((string text, string printed) in new[]
        {
            ("2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("1:0:0:2:0:0:0:3", "1:0:0:2::3"), ("1:0:3:4:5:6:7:8", "1:0:3:4:5:6:7:8"), ("0:0:0:0:0:0:0:0", "::"),
            ("1:0:0:0:0:0:0:0", "1::"), ("0:0:0:0:0:0:0:1", "::1"), ("00ab:0:0:0:0:0:0:1", "ab::1"),
            ("::ffff:1.2.3.4", "::ffff:1.2.3.4"), ("::1.2.3.4", "::1.2.3.4"), ("::0.1.0.0", "::0.1.0.0"), ("::100", "::100"), ("64:ff9b::102:304", "64:ff9b::102:304"),
        })
        {
            byte[] bytes = new byte[16];
            Expect.Equal(1, Expect.Success(PresentationToNetwork(AddressFamily.Inet6, text, bytes)), text);
            Expect.Equal(printed, Format(AddressFamily.Inet6, bytes));
        }
        Expect.Equal("255.0.10.1", Format(AddressFamily.Inet, [255, 0, 10, 1]));
    }

    /// <summary>Text and NUL must fit; 16 and 46 always do.</summary>
    [Scenario("ADDR-09", "ADDR-10")]
    public static void RoomForText(HostProcess host)
    {
        Expect.Equal((16, 46), (IPv4TextLength, IPv6TextLength));
        Expect.Fails(Errno.ENOSPC, NetworkToPresentation(AddressFamily.Inet, [1, 2, 3, 4], new char[7]));
        Expect.Equal(7, Expect.Success(NetworkToPresentation(AddressFamily.Inet, [1, 2, 3, 4], new char[8])));
        byte[] longest = [0xAA, 0xAA, 0xAA, 0xAA, 0xAA, 0xAA, 0xAA, 0xAA, 0xAA, 0xAA, 0xAA, 0xAA, 0xAA, 0xAA, 0xAA, 0xAA];
        Expect.Fails(Errno.ENOSPC, NetworkToPresentation(AddressFamily.Inet6, longest, new char[39]));
        Expect.Equal(39, Expect.Success(NetworkToPresentation(AddressFamily.Inet6, longest, new char[40])));
    }

    /// <summary>Only the two internet families have texts.</summary>
    [Scenario("ADDR-11")]
    public static void FamiliesWithoutText(HostProcess host)
    {
        foreach (AddressFamily family in new[] { AddressFamily.Unix, AddressFamily.Unspecified })
        {
            Expect.Fails(Errno.EAFNOSUPPORT, PresentationToNetwork(family, "1.2.3.4", new byte[16]));
            Expect.Fails(Errno.EAFNOSUPPORT, NetworkToPresentation(family, new byte[16], new char[46]));
        }
    }

    /// <summary>What inet_pton takes and refuses for IPv4.</summary>
    [Scenario("ADDR-12")]
    public static void ReadingIPv4(HostProcess host)
    {
        foreach (string good in new[] { "0.0.0.0", "255.255.255.255", "1.2.3.4" })
            Expect.Equal(1, Expect.Success(PresentationToNetwork(AddressFamily.Inet, good, new byte[4])), good);
        foreach (string bad in new[] { "127.1", "256.1.1.1", "01.2.3.4", "00.0.0.0", " 1.2.3.4", "1.2.3.4 ", "0x7f.0.0.1", "", "1.2.3.", "1.2.3.4.5", ".1.2.3.4", "1..2.3" })
            Expect.Equal(0, Expect.Success(PresentationToNetwork(AddressFamily.Inet, bad, new byte[4])), $"'{bad}'");
    }

    /// <summary>What inet_pton takes and refuses for IPv6; a zone is refused.</summary>
    [Scenario("ADDR-13", "ADDR-14")]
    public static void ReadingIPv6(HostProcess host)
    {
        foreach (string good in new[] { "::", "1::", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1:2:3:4:5:6:1.2.3.4", "0000:0001::" })
            Expect.Equal(1, Expect.Success(PresentationToNetwork(AddressFamily.Inet6, good, new byte[16])), good);
        foreach (string bad in new[] { ":::", "1:", ":1", "1:::2", "1::2::3", "12345::", "g::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "::ffff:1.2.3", "[::1]", "fe80::1%lo", "" })
            Expect.Equal(0, Expect.Success(PresentationToNetwork(AddressFamily.Inet6, bad, new byte[16])), $"'{bad}'");
    }

    /// <summary>A text that is refused leaves the destination alone.</summary>
    [Scenario("ADDR-15")]
    public static void RefusalWritesNothing(HostProcess host)
    {
        byte[] destination = new byte[16];
        Array.Fill(destination, (byte)0x5A);
        PresentationToNetwork(AddressFamily.Inet, "1.2.3.400", destination);
        PresentationToNetwork(AddressFamily.Inet6, "1:2:3:4:5:6:7:g", destination);
        Expect.True(destination.AsSpan().IndexOfAnyExcept((byte)0x5A) < 0);
    }

    /// <summary>inet_aton: short forms, octal, hexadecimal, text after a blank.</summary>
    [Scenario("ADDR-16")]
    public static void TheOldReader(HostProcess host)
    {
        foreach ((string text, uint expected) in new[]
        {
            ("127.1", 0x7F00_0001u), ("010.1.1.1", 0x0801_0101u), ("2130706433", 0x7F00_0001u), ("1.2.3.4 x", 0x0102_0304u), ("0x7f.1", 0x7F00_0001u), ("1.2.772", 0x0102_0304u),
        })
        {
            Expect.True(TryParseLoose(text, out uint address), text);
            Expect.Equal(expected, address, text);
        }
        foreach (string bad in new[] { "256.1.1.1", "", "x", "1.2.3.4.5", "1.2.3.4x", "4294967296", "1.16777216" }) Expect.True(!TryParseLoose(bad, out _), $"'{bad}'");
    }

    /// <summary>Family, address and port survive the way to the class library's endpoint and back.</summary>
    [Scenario("ADDR-19")]
    public static void EndPoints(HostProcess host)
    {
        foreach (InetAddress address in new[] { new InetAddress("10.0.0.1", 80), new InetAddress("fd00::1", 443), InetAddress.IPv6([0xFE, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], 9, scopeId: 1) })
            Expect.Equal(address, InetAddress.FromIPEndPoint(address.ToIPEndPoint()));
    }
}
