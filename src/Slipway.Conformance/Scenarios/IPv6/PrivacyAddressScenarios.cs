using System.Buffers.Binary;
using Slipway.Sockets;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>Addresses that a host makes of an advertised prefix (section PA): the second host sends the advertisement by a raw socket.</summary>
public static class PrivacyAddressScenarios
{
    // IFA_F_ and IFAPROT_ of linux/if_addr.h.
    private const uint Temporary = 0x01, ManagesTemporary = 0x100, StablePrivacy = 0x800;
    private const int ByRouter = 2;

    // RFC 5014.
    private const int PreferTemporary = 1, PreferPublic = 2;

    /// <summary>Public and temporary, and which of them is the source.</summary>
    [Scenario("PA-01", "PA-02")]
    public static void TemporaryAddresses(HostProcess one, HostProcess two)
    {
        Set(one, "accept_ra", "1");
        Advertise(one, two, 0x11, valid: 5000, preferred: 4000);
        RtAddress only = Made(one, 0x11).Single();
        Expect.Equal(ManagesTemporary, only.Flags & (Temporary | ManagesTemporary | StablePrivacy));
        Set(one, "use_tempaddr", "1");
        Advertise(one, two, 0x12, valid: 5000, preferred: 4000);
        RtAddress[] both = Made(one, 0x12);
        Expect.Equal(2, both.Length);
        RtAddress temporary = both.Single(static address => (address.Flags & Temporary) != 0), open = both.Single(static address => (address.Flags & Temporary) == 0);
        Expect.Equal((ByRouter, 0), (open.Origin, temporary.Origin));
        Expect.True((open.Flags & ManagesTemporary) != 0 && (temporary.Flags & ManagesTemporary) == 0);
        Expect.True(temporary.Address != open.Address);
        Expect.InRange(4990, 5000, temporary.ValidSeconds);
        Expect.InRange(3990, 4000, temporary.PreferredSeconds);
        // Preferred for five seconds it would need its successor at once.
        Advertise(one, two, 0x13, valid: 5000, preferred: 5);
        Expect.Equal(1, Made(one, 0x13).Length);

        foreach ((string setting, int preference, RtAddress chosen) in new[]
        {
            ("1", 0, open), ("2", 0, temporary), ("1", PreferTemporary, temporary), ("2", PreferPublic, open), ("1", PreferPublic, open), ("2", PreferTemporary, temporary),
        })
        {
            Set(one, "use_tempaddr", setting);
            using Socket socket = one.Udp(AddressFamily.Inet6);
            if (preference != 0) socket.SetOption(IPPROTO_IPV6, IPV6_ADDR_PREFERENCES, preference);
            socket.Connect(InetAddress.IPv6([0xFD, 0, 0, 0, 0, 0, 0, 0x12, 0, 0, 0, 0, 0, 0, 0, 9], 9));
            Expect.Equal(TextOf(chosen.Address), TextOf(socket.LocalAddress), $"{setting} {preference}");
        }
    }

    /// <summary>A secret makes the addresses.</summary>
    [Scenario("PA-03")]
    public static void StableAddresses(HostProcess one, HostProcess two)
    {
        Set(one, "accept_ra", "1");
        string path = PathOf(one, "stable_secret");
        Expect.Equal(null, one.Files.ReadText(path));
        foreach (string none in new[] { "1", "secret", "10.0.0.1" }) Expect.True(!one.Files.WriteText(path, none), none);
        Set(one, "stable_secret", "2001:db8::1");
        Expect.Equal("2001:0db8:0000:0000:0000:0000:0000:0001\n", one.Files.ReadText(path));
        Expect.Equal("2\n", one.Files.ReadText(PathOf(one, "addr_gen_mode")));
        for (int i = 0; i < 2; i++)
        {
            Advertise(one, two, 0x21, valid: 5000, preferred: 4000);
            RtAddress address = Made(one, 0x21).Single();
            Expect.True((address.Flags & StablePrivacy) != 0);
        }
        Advertise(one, two, 0x22, valid: 5000, preferred: 4000);
        Expect.True(!Bytes(Made(one, 0x22).Single().Address).AsSpan(8).SequenceEqual(Bytes(Made(one, 0x21).Single().Address).AsSpan(8)));
    }

    /// <summary>How link-local addresses are made.</summary>
    [Scenario("PA-04")]
    public static void ModesOfIdentifiers(HostProcess one, HostProcess two)
    {
        string path = PathOf(one, "addr_gen_mode");
        Expect.Equal("0\n", one.Files.ReadText(path));
        // Without a secret there is nothing to make them of.
        foreach (string none in new[] { "-1", "4", "2" }) Expect.True(!one.Files.WriteText(path, none), none);
        int before = LinkLocals(one).Length;
        Set(one, "addr_gen_mode", "1");
        Expect.Equal(before, LinkLocals(one).Length);
        Set(one, "addr_gen_mode", "3");
        RtAddress[] after = LinkLocals(one);
        Expect.Equal(before + 1, after.Length);
        Expect.Equal(1, after.Count(static address => (address.Flags & StablePrivacy) != 0));
    }

    private static string PathOf(HostProcess host, string setting)
        => $"/proc/sys/net/ipv6/conf/{host.Sockets.GetInterfaces().Single(static device => !device.IsLoopback && device.IsUp).Name}/{setting}";

    private static void Set(HostProcess host, string setting, string value) => Expect.True(host.Files.WriteText(PathOf(host, setting), value), setting);

    private static string TextOf(InetAddress address) => InetAddress.IPv6(Bytes(address), 0).ToString();

    private static byte[] Bytes(InetAddress address)
    {
        byte[] bytes = new byte[16];
        address.WriteAddress(bytes);
        return bytes;
    }

    private static RtAddress[] All(HostProcess host)
    {
        using var network = new NetlinkRoute(host.Sockets);
        return [.. network.Addresses(AddressFamily.Inet6)];
    }

    /// <summary>Addresses of fd00:0:0:NUMBER::/64.</summary>
    private static RtAddress[] Made(HostProcess host, byte number) => [.. All(host).Where(address => Bytes(address.Address) is [0xFD, 0, 0, 0, 0, 0, 0, var at, ..] && at == number)];

    private static RtAddress[] LinkLocals(HostProcess host) => [.. All(host).Where(static address => Bytes(address.Address) is [0xFE, 0x80, ..])];

    /// <summary>Sends an advertisement of a prefix, and waits until it has made an address.</summary>
    private static void Advertise(HostProcess host, HostProcess router, byte number, uint valid, uint preferred)
    {
        int link = router.Link();
        byte[] message =
        [
            134, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            1, 1, .. router.LinkAddress(link),
            3, 4, 64, 0xC0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFD, 0, 0, 0, 0, 0, 0, number, 0, 0, 0, 0, 0, 0, 0, 0,
        ];
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(28), valid);
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(32), preferred);
        using Socket raw = router.Raw((int)IpProtocol.IcmpV6, AddressFamily.Inet6);
        raw.SetOption(IPPROTO_IPV6, IPV6_MULTICAST_HOPS, 255);
        raw.SetOption(IPPROTO_IPV6, IPV6_MULTICAST_IF, link);
        raw.SendTo(message, new InetAddress("ff02::1", 0));
        for (int i = 0; i < 200 && Made(host, number).Length == 0; i++) host.Sleep(TimeSpan.FromMilliseconds(10));
        Expect.True(Made(host, number).Length > 0);
    }
}
