using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>The databases of hosts, networks, protocols and services, and gethostbyname (section NAME).</summary>
public static class NameDatabaseScenarios
{
    /// <summary>A host has an official name, aliases, a family, a length of addresses, addresses.</summary>
    [Scenario("NAME-01", "NAME-50")]
    public static void HostEntries(HostProcess host)
    {
        NameService names = ScenarioFiles.Usual().On(host);
        HostEntry entry = names.GetHostByName("ALPHA").Entry!;
        Expect.Equal("alpha.example.test", entry.Name);
        Expect.Equal("alpha a1", string.Join(' ', entry.Aliases));
        Expect.Equal(AddressFamily.Inet, entry.Family);
        Expect.Equal(4, entry.AddressLength);
        Expect.Equal("10.1.1.1:0", string.Join(' ', entry.Addresses));
        Expect.Equal(16, names.GetHostByName("v6only", AddressFamily.Inet6).Entry!.AddressLength);
        Expect.Equal(HostError.HOST_NOT_FOUND, names.GetHostByName("unknown").Error);
        Expect.Equal("alpha.example.test", names.GetHostByAddress(new InetAddress("10.1.1.1", 0)).Entry?.Name);
        Expect.Equal("10.1", names.GetHostByName("10.1").Entry?.Name); // an address as text is its own name
    }

    /// <summary>gethostent: only IPv4, with <c>::1</c> shown as 127.0.0.1; stays at the end; sethostent and endhostent go back to the start.</summary>
    [Scenario("NAME-02", "NAME-03", "NAME-04")]
    public static void HostEnumeration(HostProcess host)
    {
        DatabaseCursor<HostEntry> cursor = ScenarioFiles.Usual().On(host).Hosts.GetEnumerator();
        string[] expected =
        [
            "localhost 127.0.0.1:0", "localhost 127.0.0.1:0", "alpha.example.test 10.1.1.1:0", "alpha.example.test 10.1.1.2:0", "v4only 10.1.1.9:0", "me.example.test 127.0.1.1:0",
        ];
        HostEntry first = cursor.Next()!;
        Expect.Equal(expected[0], Show(first));
        foreach (string next in expected[1..]) Expect.Equal(next, Show(cursor.Next()!));
        Expect.Equal(null, cursor.Next());
        Expect.Equal(null, cursor.Next());
        Expect.Equal(expected[0], Show(first)); // C overwrites its one static entry; here an entry stays what it was
        cursor.Reset();
        Expect.Equal(expected[0], Show(cursor.Next()!));
        cursor.Close();
        Expect.Equal(expected[0], Show(cursor.Next()!));

        static string Show(HostEntry entry) => $"{entry.Name} {entry.Addresses[0]}";
    }

    /// <summary>Networks: host order, trailing zero bytes kept, by name or alias, by the whole number only.</summary>
    [Scenario("NAME-05", "NAME-06", "NAME-07")]
    public static void Networks(HostProcess host)
    {
        NetworkDatabase networks = ScenarioFiles.Usual().On(host).Networks;
        Expect.Equal(0x0A070000u, networks.ByName("testnet")!.Number);
        Expect.Equal(AddressFamily.Inet, networks.ByName("tn")!.Family);
        Expect.Equal("loopback", networks.ByNumber(0x7F000000)?.Name);
        Expect.Equal(null, networks.ByNumber(127));
        Expect.Equal(null, networks.ByNumber(0x0000007F));
        Expect.Equal(null, networks.ByNumber(0x7F000000, AddressFamily.Inet6));
        Expect.Equal("loopback testnet bignet", string.Join(' ', networks.Select(static network => network.Name)));
        Rewinds(networks, "loopback", static network => network.Name);
    }

    /// <summary>Protocols: names match in case, aliases count.</summary>
    [Scenario("NAME-08", "NAME-09")]
    public static void Protocols(HostProcess host)
    {
        ProtocolDatabase protocols = ScenarioFiles.Usual().On(host).Protocols;
        Expect.Equal(6, protocols.ByName("tcp")?.Number);
        Expect.Equal("tcp", protocols.ByName("TCP")?.Name);
        Expect.Equal(null, protocols.ByName("Tcp"));
        Expect.Equal("udp", protocols.ByNumber(17)?.Name);
        Expect.Equal("ip", protocols.ByNumber(0)?.Name);
        Expect.Equal(null, protocols.ByName("nosuch"));
        Expect.Equal(null, protocols.ByNumber(254));
        Expect.Equal("ip tcp udp", string.Join(' ', protocols.Select(static protocol => protocol.Name)));
        Rewinds(protocols, "ip", static protocol => protocol.Name);
    }

    /// <summary>Services: by name or alias and by port, within a protocol or any; one entry a line.</summary>
    [Scenario("NAME-10", "NAME-11", "NAME-12")]
    public static void Services(HostProcess host)
    {
        ServiceDatabase services = ScenarioFiles.Usual().On(host).Services;
        Expect.Equal("tcp", services.ByName("ruptime")?.Protocol);
        Expect.Equal((ushort)4000, services.ByName("ruptime", "udp")?.Port);
        Expect.Equal("ruptime", services.ByName("rup", "tcp")?.Name);
        Expect.Equal(null, services.ByName("rup", "udp"));
        Expect.Equal(null, services.ByName("RUPTIME"));
        Expect.Equal("onlyudp", services.ByPort(4002, "udp")?.Name);
        Expect.Equal("tcp", services.ByPort(4000)?.Protocol);
        Expect.Equal("http/tcp ruptime/tcp ruptime/udp onlytcp/tcp onlyudp/udp", string.Join(' ', services.Select(static service => $"{service.Name}/{service.Protocol}")));
        Rewinds(services, "http", static service => service.Name);
    }

    private static void Rewinds<TEntry>(NameDatabase<TEntry> database, string first, Func<TEntry, string> name)
        where TEntry : class
    {
        DatabaseCursor<TEntry> cursor = database.GetEnumerator();
        while (cursor.MoveNext()) { }
        Expect.Equal(null, cursor.Next());
        cursor.Reset();
        Expect.Equal(first, name(cursor.Next()!));
    }
}
