using System.Buffers.Binary;
using Slipway.Sockets;
using static Slipway.Sockets.AddressInfoError;

namespace Slipway.Conformance;

/// <summary>Resolving over DNS, through the host's own sockets (section NAME, NAME-33).</summary>
public static class ResolverScenarios
{
    private static readonly AddressInfoHints s_stream = new() { SocketType = SocketType.Stream };

    /// <summary>Addresses of both families, aliases, names of addresses, short names in the search domain: a server on one host, its client on the other.</summary>
    [Scenario("NAME-33", "NAME-37")]
    public static void FromAServer(HostProcess client, HostProcess server)
    {
        var zone = new DnsZone();
        zone.Add("both.lab", new InetAddress("10.0.0.2", 0));
        zone.Add("both.lab", new InetAddress("2001:db8::2", 0));
        zone.Add("four.lab", new InetAddress("10.0.0.4", 0));
        zone.AddAlias("www.lab", "four.lab");
        using var names = new DnsServer(server.Sockets, zone, new InetAddress("10.0.0.2", DnsServer.Port));
        ProcessThread serving = server.StartThread("dns", names.Serve);
        NameService resolver = Resolver(client, "nameserver 10.0.0.2\nsearch lab\n");

        Expect.Equal("10.0.0.2:80 [2001:db8::2]:80", Addresses(resolver.GetAddressInfo("both.lab", "80", s_stream)));
        AddressInfoResult alias = resolver.GetAddressInfo("www", "80", s_stream with { Flags = AddressInfoFlags.AI_CANONNAME });
        Expect.Equal("10.0.0.4:80", Addresses(alias));
        Expect.Equal("four.lab", alias.Entries[0].CanonicalName);
        Expect.Equal(EAI_NODATA, resolver.GetAddressInfo("four.lab", "80", s_stream with { Family = AddressFamily.Inet6 }).Error);
        Expect.Equal(EAI_NONAME, resolver.GetAddressInfo("nosuch.lab", "80", s_stream).Error);
        Expect.Equal("both.lab", resolver.GetNameInfo(new InetAddress("2001:db8::2", 80)).Host);
        Expect.Equal(HostError.NO_DATA, resolver.GetHostByName("four.lab", AddressFamily.Inet6).Error);

        names.Dispose();
        serving.Join();
    }

    /// <summary>Nobody listens at the server's port: the host's ICMP error ends the wait at once, and the caller may try again later.</summary>
    [Scenario("NAME-33")]
    public static void NobodyListens(HostProcess host)
        => Expect.Equal(EAI_AGAIN, Resolver(host, "nameserver 127.0.0.1\n").GetAddressInfo("x.lab", "80", s_stream).Error);

    /// <summary>Servers that fail, refuse, answer nonsense, or answer what was not asked.</summary>
    [Scenario("NAME-33")]
    public static void ServersThatFail(HostProcess host)
    {
        Expect.Equal(EAI_AGAIN, Answered(host, static message => message[3] |= 2)); // SERVFAIL
        Expect.Equal(EAI_FAIL, Answered(host, static message => message[3] |= 1)); // FORMERR
        Expect.Equal(EAI_NONAME, Answered(host, static message => message[3] |= 3)); // NXDOMAIN
        Expect.Equal(EAI_FAIL, Answered(host, static message => message[7] = 1)); // promises a record that is not there
        Expect.Equal(EAI_NODATA, Answered(host, static message => message[3] |= 0x80)); // nothing, from a server that asked others
    }

    // One query for an A record is waiting at the server when the answer is made, so that both ends can play on one thread.
    private static AddressInfoError Answered(HostProcess host, Action<byte[]> change)
    {
        using Socket server = host.Udp();
        server.Bind(InetAddress.LoopbackIPv4(DnsServer.Port));
        ProcessThread answering = host.StartThread("server", () => Answer(server, change));
        AddressInfoHints hints = s_stream with { Family = AddressFamily.Inet };
        AddressInfoError error = Resolver(host, "nameserver 127.0.0.1\noptions attempts:1\n").GetAddressInfo("x.lab", "80", hints).Error;
        answering.Join();
        return error;
    }

    private static void Answer(Socket server, Action<byte[]> change)
    {
        byte[] room = new byte[512];
        int length = server.ReceiveFrom(room, out InetAddress client);
        byte[] message = room[..length];
        message[2] |= 0x80;
        // An answer to another question comes first: it must not count.
        byte[] stranger = [.. message];
        BinaryPrimitives.WriteUInt16BigEndian(stranger, (ushort)(BinaryPrimitives.ReadUInt16BigEndian(message) + 1));
        stranger[3] |= 5;
        server.SendTo(stranger, client);
        change(message);
        server.SendTo(message, client);
    }

    private static NameService Resolver(HostProcess host, string configuration)
        => ScenarioFiles.Usual().With("/etc/nsswitch.conf", "hosts: files dns\n").With("/etc/resolv.conf", configuration).On(host);

    private static string Addresses(AddressInfoResult result) => result.Succeeded ? string.Join(' ', result.Entries.Select(static entry => entry.Address.ToString())) : result.Error.ToString();
}
