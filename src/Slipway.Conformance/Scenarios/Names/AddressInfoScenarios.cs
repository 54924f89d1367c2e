using System.Globalization;
using System.Runtime.CompilerServices;
using Slipway.Sockets;
using static Slipway.Sockets.AddressInfoError;
using static Slipway.Sockets.AddressInfoFlags;

namespace Slipway.Conformance;

/// <summary>getaddrinfo over files (section NAME). What is expected is what glibc gave for the same files; an entry is written <c>address/type/protocol</c>.</summary>
public static class AddressInfoScenarios
{
    private static readonly AddressInfoHints s_none = new();
    private static readonly AddressInfoHints s_stream = new() { SocketType = SocketType.Stream };
    private static readonly AddressInfoHints s_stream4 = s_stream with { Family = AddressFamily.Inet };
    private static readonly AddressInfoHints s_stream6 = s_stream with { Family = AddressFamily.Inet6 };

    /// <summary>The structure of 48 bytes is a record here: all its fields are there.</summary>
    [Scenario("NAME-14", "NAME-38")]
    public static void Entries(HostProcess host)
    {
        AddressInfo entry = Look(host, "127.0.0.1", "80", s_stream).OrThrow()[0];
        Expect.Equal(new AddressInfo(AddressInfoFlags.None, AddressFamily.Inet, SocketType.Stream, IpProtocol.Tcp, InetAddress.LoopbackIPv4(80), null), entry);
        Expect.Equal(StructureLayout.AddrInfoSize, StructureLayout.AiNextOffset + 8);
        // An entry is the program's own: it stays what it is while others are dropped.
        AddressInfo? second = Look(host, "localhost", "80", s_stream).OrThrow()[1];
        Expect.Equal(InetAddress.LoopbackIPv4(80), second.Address);
    }

    /// <summary>Host or service must be given.</summary>
    [Scenario("NAME-13")]
    public static void NothingGiven(HostProcess host) => Fails(EAI_NONAME, Look(host, null, null, s_none));

    /// <summary>Without a type every address comes for stream, datagram and raw; with a service's name, for the protocols that have it.</summary>
    [Scenario("NAME-15", "NAME-16")]
    public static void TypesAndProtocols(HostProcess host)
    {
        Gives("127.0.0.1:80/1/6 127.0.0.1:80/2/17 127.0.0.1:80/3/0", Look(host, "127.0.0.1", "80", s_none));
        Gives("127.0.0.1:4001/1/6", Look(host, "127.0.0.1", "onlytcp", s_none));
        Gives("127.0.0.1:4000/1/6 127.0.0.1:4000/2/17", Look(host, "127.0.0.1", "ruptime", s_none));
        Gives("127.0.0.1:4000/1/6", Look(host, "127.0.0.1", "rup", s_none));
        Gives("127.0.0.1:80/5/132", Look(host, "127.0.0.1", "80", new AddressInfoHints { SocketType = SocketType.SequencedPacket }));
        AddressInfoResult withoutHints = Look(host, "localhost", "80", null);
        Gives("[::1]:80/1/6 [::1]:80/2/17 [::1]:80/3/0 127.0.0.1:80/1/6 127.0.0.1:80/2/17 127.0.0.1:80/3/0", withoutHints);
        Expect.Equal(AI_V4MAPPED | AI_ADDRCONFIG, withoutHints.Entries[0].Flags);
    }

    /// <summary>No host: loopback to connect to, the wildcard to bind to; a host makes AI_PASSIVE moot.</summary>
    [Scenario("NAME-17", "NAME-18")]
    public static void NoHost(HostProcess host)
    {
        Gives("[::1]:80/1/6 127.0.0.1:80/1/6", Look(host, null, "80", s_stream));
        Gives("0.0.0.0:80/1/6 [::]:80/1/6", Look(host, null, "80", s_stream with { Flags = AI_PASSIVE }));
        Gives("127.0.0.1:80/1/6", Look(host, "127.0.0.1", "80", s_stream4 with { Flags = AI_PASSIVE }));
    }

    /// <summary>The official name is in the first entry alone; the flags of the hints are in all.</summary>
    [Scenario("NAME-19", "NAME-25")]
    public static void CanonicalName(HostProcess host)
    {
        IReadOnlyList<AddressInfo> entries = Look(host, "alpha", "ruptime", new AddressInfoHints { Flags = AI_CANONNAME }).OrThrow();
        Expect.Equal(2, entries.Count);
        Expect.Equal("alpha.example.test", entries[0].CanonicalName);
        Expect.Equal(null, entries[1].CanonicalName);
        foreach (AddressInfo entry in entries) Expect.Equal(AI_CANONNAME, entry.Flags);
        Expect.Equal("10.1.1.1", Look(host, "10.1.1.1", "80", s_stream4 with { Flags = AI_CANONNAME }).OrThrow()[0].CanonicalName);
        Fails(EAI_BADFLAGS, Look(host, null, "80", s_stream with { Flags = AI_CANONNAME }));
    }

    /// <summary>AI_NUMERICHOST and AI_NUMERICSERV allow no look-up.</summary>
    [Scenario("NAME-20", "NAME-24")]
    public static void NumbersOnly(HostProcess host)
    {
        Fails(EAI_NONAME, Look(host, "localhost", "80", s_stream with { Flags = AI_NUMERICHOST }));
        Gives("127.0.0.1:80/1/6", Look(host, "127.1", "80", s_stream with { Flags = AI_NUMERICHOST }));
        Fails(EAI_NONAME, Look(host, "localhost", "http", s_stream with { Flags = AI_NUMERICSERV }));
        Gives("127.0.0.1:80/1/6", Look(host, "127.0.0.1", "80", s_stream with { Flags = AI_NUMERICHOST | AI_NUMERICSERV }));
    }

    /// <summary>IPv4 as mapped IPv6: instead of IPv6, or beside it.</summary>
    [Scenario("NAME-21", "NAME-22")]
    public static void Mapped(HostProcess host)
    {
        Fails(EAI_NONAME, Look(host, "v4only", "80", s_stream6));
        Gives("[::ffff:10.1.1.9]:80/1/6", Look(host, "v4only", "80", s_stream6 with { Flags = AI_V4MAPPED }));
        Gives("10.1.1.9:80/1/6", Look(host, "v4only", "80", s_stream4 with { Flags = AI_V4MAPPED }));
        Gives("[fd00:1::5]:80/1/6", Look(host, "alpha.example.test", "80", s_stream6 with { Flags = AI_V4MAPPED }));
        Gives("[fd00:1::5]:80/1/6", Look(host, "alpha.example.test", "80", s_stream6 with { Flags = AI_ALL }));
        string[] all = [.. Look(host, "alpha.example.test", "80", s_stream6 with { Flags = AI_V4MAPPED | AI_ALL }).OrThrow().Select(Show).Order(StringComparer.Ordinal)];
        Expect.Equal("[::ffff:10.1.1.1]:80/1/6 [::ffff:10.1.1.2]:80/1/6 [fd00:1::5]:80/1/6", string.Join(' ', all));
    }

    /// <summary>With only loopback configured, AI_ADDRCONFIG leaves entries of the file alone.</summary>
    [Scenario("NAME-23")]
    public static void ConfiguredFamilies(HostProcess host)
    {
        Gives("[fd00:1::5]:80/1/6", Look(host, "v6only", "80", s_stream with { Flags = AI_ADDRCONFIG }));
        Gives("10.1.1.9:80/1/6", Look(host, "v4only", "80", s_stream with { Flags = AI_ADDRCONFIG }));
        Gives("[::1]:80/1/6 127.0.0.1:80/1/6", Look(host, "localhost", "80", s_stream with { Flags = AI_ADDRCONFIG }));
        // A family that is asked for by name must be there.
        Fails(EAI_NONAME, Look(host, "v4only", "80", s_stream4 with { Flags = AI_ADDRCONFIG }));
    }

    /// <summary>Hints that make no sense.</summary>
    [Scenario("NAME-26", "NAME-27", "NAME-29", "NAME-39")]
    public static void BadHints(HostProcess host)
    {
        Fails(EAI_BADFLAGS, Look(host, "localhost", "80", s_stream4 with { Flags = (AddressInfoFlags)0x10000000 }));
        Fails(EAI_FAMILY, Look(host, "localhost", "80", s_stream with { Family = AddressFamily.Unix }));
        Fails(EAI_FAMILY, Look(host, "localhost", "80", s_stream with { Family = (AddressFamily)77 }));
        Fails(EAI_SOCKTYPE, Look(host, "localhost", "80", s_none with { SocketType = (SocketType)99 }));
        Fails(EAI_SOCKTYPE, Look(host, "localhost", "80", s_stream4 with { Protocol = IpProtocol.Udp }));
        // The other members of C's structure, which had to be zero, do not exist here: the hints have four properties.
        Expect.Equal(4, typeof(AddressInfoHints).GetProperties().Count(static property => property.CanWrite));
    }

    /// <summary>An address as text of the family that is not wanted.</summary>
    [Scenario("NAME-28")]
    public static void OtherFamily(HostProcess host)
    {
        Fails(EAI_ADDRFAMILY, Look(host, "127.0.0.1", "80", s_stream6));
        Fails(EAI_ADDRFAMILY, Look(host, "::1", "80", s_stream4));
        Gives("[::ffff:127.0.0.1]:80/1/6", Look(host, "127.0.0.1", "80", s_stream6 with { Flags = AI_V4MAPPED }));
    }

    /// <summary>Services: unknown, of another type, of raw sockets; numbers as strtoul reads them.</summary>
    [Scenario("NAME-30", "NAME-31")]
    public static void Services(HostProcess host)
    {
        AddressInfoHints raw = s_none with { SocketType = SocketType.Raw };
        Fails(EAI_SERVICE, Look(host, "127.0.0.1", "nosuch", s_none));
        Fails(EAI_SERVICE, Look(host, "127.0.0.1", "onlyudp", s_stream));
        Fails(EAI_SERVICE, Look(host, "127.0.0.1", "80", raw));
        Fails(EAI_SERVICE, Look(host, "127.0.0.1", "80", raw with { Protocol = IpProtocol.Icmp }));
        Fails(EAI_SERVICE, Look(host, "127.0.0.1", "80", s_none with { Protocol = (IpProtocol)99 }));
        Gives("127.0.0.1:0/3/0", Look(host, "127.0.0.1", null, raw));
        Gives("127.0.0.1:65535/1/6", Look(host, "127.0.0.1", "65535", s_stream));
        Gives("127.0.0.1:0/1/6", Look(host, "127.0.0.1", "65536", s_stream));
        Gives("127.0.0.1:80/1/6", Look(host, "127.0.0.1", " 80", s_stream));
        Gives("127.0.0.1:0/1/6", Look(host, "127.0.0.1", "", s_stream));
        Fails(EAI_SERVICE, Look(host, "127.0.0.1", "80x", s_stream));
        Fails(EAI_SERVICE, Look(host, "127.0.0.1", "-1", s_stream));
    }

    /// <summary>Hosts that are not there.</summary>
    [Scenario("NAME-32")]
    public static void UnknownHosts(HostProcess host)
    {
        foreach (string name in (ReadOnlySpan<string>)["nosuchhost.example.test", "", "no such", "256.1.1.1", "[::1]", "localhost.", new string('a', 1099)])
            Fails(EAI_NONAME, Look(host, name, "80", s_stream), name);
    }

    /// <summary>Every code has its text.</summary>
    [Scenario("NAME-34")]
    public static void Texts(HostProcess host)
    {
        string[] texts =
        [
            "Unknown error", "Bad value for ai_flags", "Name or service not known", "Temporary failure in name resolution", "Non-recoverable failure in name resolution",
            "No address associated with hostname", "ai_family not supported", "ai_socktype not supported", "Servname not supported for ai_socktype",
            "Address family for hostname not supported", "Memory allocation failure", "System error", "Unknown error",
        ];
        for (int code = 0; code < texts.Length; code++) Expect.Equal(texts[code], ((AddressInfoError)(-code)).Describe());
        Expect.Equal("Unknown error", ((AddressInfoError)1).Describe());
    }

    /// <summary>Case does not matter; an address may be short or hexadecimal, and have a zone.</summary>
    [Scenario("NAME-35")]
    public static void HostTexts(HostProcess host)
    {
        uint loopback = (uint)host.Sockets.InterfaceIndex("lo");
        Gives("10.1.1.1:80/1/6", Look(host, "ALPHA", "80", s_stream));
        Gives("127.0.0.1:80/1/6", Look(host, "0x7f000001", "80", s_stream));
        Expect.Equal(loopback, Look(host, "fe80::1%lo", "80", s_stream).OrThrow()[0].Address.ScopeId);
        Expect.Equal(3u, Look(host, "fe80::1%3", "80", s_stream).OrThrow()[0].Address.ScopeId);
        Fails(EAI_NONAME, Look(host, "fe80::1%nodev", "80", s_stream));
    }

    /// <summary>An IPv4 look-up takes <c>::1</c> in the file as 127.0.0.1; IPv6 comes before IPv4 where both can be reached.</summary>
    [Scenario("NAME-36", "NAME-37")]
    public static void LoopbackInTheFile(HostProcess host)
    {
        Gives("127.0.0.1:80/1/6 127.0.0.1:80/1/6", Look(host, "localhost", "80", s_stream4));
        Gives("[::1]:80/1/6", Look(host, "localhost", "80", s_stream6));
        Gives("[::1]:80/1/6 127.0.0.1:80/1/6", Look(host, "localhost", "80", s_stream));
    }

    /// <summary>What can be reached comes first, then IPv6 before IPv4; a unique local address that nobody here has ranks last (RFC 6724 §10).</summary>
    [Scenario("NAME-37")]
    public static void ReachableFirst(HostProcess host, HostProcess peer)
    {
        ScenarioFiles files = ScenarioFiles.Usual().With("/etc/hosts", "198.51.100.7 peer\n10.0.0.2 peer\nfd00::2 peer\n2001:db8:99::1 peer\n");
        AddressInfoResult found = files.On(host).GetAddressInfo("peer", "80", s_stream);
        // Scope and label fit for both that are on the link; IPv4 has the higher precedence than unique local addresses.
        Expect.Equal("10.0.0.2:80 [fd00::2]:80 [2001:db8:99::1]:80 198.51.100.7:80", string.Join(' ', found.OrThrow().Select(static entry => entry.Address.ToString())));
    }

    private static AddressInfoResult Look(HostProcess host, string? node, string? service, AddressInfoHints? hints) => ScenarioFiles.Usual().On(host).GetAddressInfo(node, service, hints);

    private static void Gives(string expected, AddressInfoResult result, [CallerArgumentExpression(nameof(result))] string? call = null)
        => Expect.Equal(expected, result.Succeeded ? string.Join(' ', result.Entries.Select(Show)) : result.Error.ToString(), call);

    private static void Fails(AddressInfoError expected, AddressInfoResult result, [CallerArgumentExpression(nameof(result))] string? call = null) => Expect.Equal(expected, result.Error, call);

    private static string Show(AddressInfo entry) => string.Create(CultureInfo.InvariantCulture, $"{entry.Address}/{(int)entry.SocketType}/{(int)entry.Protocol}");
}
