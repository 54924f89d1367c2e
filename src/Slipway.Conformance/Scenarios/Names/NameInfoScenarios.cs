using Slipway.Sockets;
using static Slipway.Sockets.AddressInfoError;
using static Slipway.Sockets.NameInfoFlags;

namespace Slipway.Conformance;

/// <summary>getnameinfo (section NAME).</summary>
public static class NameInfoScenarios
{
    /// <summary>Host and service by name, or only one of them, or none.</summary>
    [Scenario("NAME-40")]
    public static void NamesOfAnAddress(HostProcess host)
    {
        NameService names = ScenarioFiles.Usual().On(host);
        Gives("localhost http", names.GetNameInfo(InetAddress.LoopbackIPv4(80)));
        Gives("localhost http", names.GetNameInfo(InetAddress.LoopbackIPv6(80)));
        Gives("alpha.example.test http", names.GetNameInfo(new InetAddress("fd00:1::5", 80)));
        byte[] address = InetAddress.LoopbackIPv4(80).ToSockAddr();
        Gives("localhost ", names.GetNameInfo(address, 100, 0, NameInfoFlags.None));
        Gives(" http", names.GetNameInfo(address, 0, 100, NameInfoFlags.None));
        Gives(" ", names.GetNameInfo(address, 0, 0, NameInfoFlags.None));
        Expect.Equal(EAI_NONAME, names.GetNameInfo(address, 0, 0, NI_NAMEREQD).Error);
    }

    /// <summary>Numbers instead of names, and the zone of a link-local address.</summary>
    [Scenario("NAME-41", "NAME-42", "NAME-49")]
    public static void Numeric(HostProcess host)
    {
        NameService names = ScenarioFiles.Usual().On(host);
        Gives("127.0.0.1 http", names.GetNameInfo(InetAddress.LoopbackIPv4(80), NI_NUMERICHOST));
        Gives("localhost 80", names.GetNameInfo(InetAddress.LoopbackIPv4(80), NI_NUMERICSERV));
        Gives("localhost 512", names.GetNameInfo(InetAddress.LoopbackIPv4(512)));
        Gives("localhost 0", names.GetNameInfo(InetAddress.LoopbackIPv4()));
        int loopback = host.Sockets.InterfaceIndex("lo");
        Gives("fe80::1%lo http", names.GetNameInfo(LinkLocal((uint)loopback), NI_NUMERICHOST));
        Gives("fe80::1%77 http", names.GetNameInfo(LinkLocal(77), NI_NUMERICHOST));

        static InetAddress LinkLocal(uint scope) => InetAddress.IPv6([0xFE, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], 80, scope);
    }

    /// <summary>A host's own domain can be left off.</summary>
    [Scenario("NAME-43")]
    public static void WithoutOwnDomain(HostProcess host)
    {
        ScenarioFiles files = ScenarioFiles.Usual();
        Gives("alpha http", files.On(host, "me").GetNameInfo(new InetAddress("10.1.1.1", 80), NI_NOFQDN)); // me is me.example.test in the file
        Gives("alpha http", files.On(host, "x.example.test").GetNameInfo(new InetAddress("10.1.1.1", 80), NI_NOFQDN));
        Gives("alpha.example.test http", files.On(host, "x.other.test").GetNameInfo(new InetAddress("10.1.1.1", 80), NI_NOFQDN));
        Gives("alpha.example.test http", files.On(host, "me").GetNameInfo(new InetAddress("10.1.1.1", 80)));
    }

    /// <summary>An address without a name is its own text, unless a name is required.</summary>
    [Scenario("NAME-44")]
    public static void NameRequired(HostProcess host)
    {
        NameService names = ScenarioFiles.Usual().On(host);
        var nameless = new InetAddress("10.9.9.9", 80);
        Gives("10.9.9.9 http", names.GetNameInfo(nameless));
        Expect.Equal(EAI_NONAME, names.GetNameInfo(nameless, NI_NAMEREQD).Error);
        Expect.Equal(EAI_NONAME, names.GetNameInfo(nameless, NI_NAMEREQD | NI_NUMERICHOST).Error);
    }

    /// <summary>Ports are TCP's unless NI_DGRAM says otherwise; unknown flags are refused.</summary>
    [Scenario("NAME-45", "NAME-46")]
    public static void DatagramServicesAndUnknownFlags(HostProcess host)
    {
        NameService names = ScenarioFiles.Usual().On(host);
        Gives("localhost 4002", names.GetNameInfo(InetAddress.LoopbackIPv4(4002)));
        Gives("localhost onlyudp", names.GetNameInfo(InetAddress.LoopbackIPv4(4002), NI_DGRAM));
        Expect.Equal(EAI_BADFLAGS, names.GetNameInfo(InetAddress.LoopbackIPv4(80), (NameInfoFlags)0x1000).Error);
    }

    /// <summary>Text and NUL must fit; a short or foreign address has no family.</summary>
    [Scenario("NAME-47", "NAME-48")]
    public static void RoomAndFamilies(HostProcess host)
    {
        NameService names = ScenarioFiles.Usual().On(host);
        byte[] address = InetAddress.LoopbackIPv4(80).ToSockAddr();
        Expect.Equal(EAI_OVERFLOW, names.GetNameInfo(address, 9, 100, NI_NUMERICHOST).Error);
        Gives("127.0.0.1 http", names.GetNameInfo(address, 10, 100, NI_NUMERICHOST));
        Expect.Equal(EAI_OVERFLOW, names.GetNameInfo(address, 5, 100, NameInfoFlags.None).Error);
        Expect.Equal(EAI_OVERFLOW, names.GetNameInfo(address, 100, 2, NI_NUMERICSERV).Error);
        Gives("localhost 80", names.GetNameInfo(address, 100, 3, NI_NUMERICSERV));
        Expect.Equal(EAI_FAMILY, names.GetNameInfo(address.AsSpan(0, 8), 100, 100, NameInfoFlags.None).Error);
        address[0] = 99;
        Expect.Equal(EAI_FAMILY, names.GetNameInfo(address, 100, 100, NameInfoFlags.None).Error);
    }

    private static void Gives(string expected, NameInfoResult result) => Expect.Equal(expected, result.Succeeded ? $"{result.Host} {result.Service}" : result.Error.ToString());
}
