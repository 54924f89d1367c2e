using System.Buffers.Binary;
using Slipway.Sockets;

namespace Slipway.Linux.Tests;

/// <summary>The DNS resolver over the kernel's sockets: without blocking, over TCP, with several servers.</summary>
public sealed class ResolverTests
{
    private static readonly AddressInfoHints s_stream4 = new() { Family = AddressFamily.Inet, SocketType = SocketType.Stream };

    private static readonly InetAddress s_first = new("127.0.0.1", DnsServer.Port);
    private static readonly InetAddress s_second = new("127.0.0.2", DnsServer.Port);

    [RootFact]
    [Trait("Row", "NAME-33")]
    public async Task A_server_that_keeps_silent_costs_its_timeout_and_the_next_one_is_asked()
    {
        using var network = NetworkNamespace.Create();
        LinuxSystem system = LinuxSystem.In(network);
        using Socket silent = Bound(system, s_first);
        using var server = new DnsServer(system, Zone(), s_second);
        using var stop = new CancellationTokenSource();
        Task serving = server.ServeAsync(stop.Token);
        var time = new ManualTime();

        Task<AddressInfoResult> asked = Resolver(system, "nameserver 127.0.0.1\nnameserver 127.0.0.2\noptions timeout:7\n", time)
            .GetAddressInfoAsync("host.lab", "80", s_stream4).AsTask();
        silent.Receive(new byte[512]).ShouldBeGreaterThan(12); // the question is on its way
        time.Advance(TimeSpan.FromSeconds(6.999));
        asked.IsCompleted.ShouldBeFalse();
        time.Advance(TimeSpan.FromSeconds(0.001));
        (await asked).OrThrow().ShouldHaveSingleItem().Address.ShouldBe(new InetAddress("10.0.0.1", 80));

        await stop.CancelAsync();
        await serving;
    }

    [RootFact]
    [Trait("Row", "NAME-33")]
    public async Task When_no_server_answers_the_caller_may_try_again_and_a_cancelled_call_ends_at_once()
    {
        using var network = NetworkNamespace.Create();
        LinuxSystem system = LinuxSystem.In(network);
        using Socket silent = Bound(system, s_first);
        var time = new ManualTime();
        NameService resolver = Resolver(system, "nameserver 127.0.0.1\noptions attempts:1 timeout:3\n", time);

        Task<AddressInfoResult> asked = resolver.GetAddressInfoAsync("host.lab", "80", s_stream4).AsTask();
        time.Advance(TimeSpan.FromSeconds(3));
        (await asked).Error.ShouldBe(AddressInfoError.EAI_AGAIN);

        using var cancel = new CancellationTokenSource();
        Task<AddressInfoResult> cancelled = resolver.GetAddressInfoAsync("host.lab", "80", s_stream4, cancel.Token).AsTask();
        cancelled.IsCompleted.ShouldBeFalse();
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => cancelled);
    }

    [RootTheory]
    [Trait("Row", "NAME-33")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_answer_that_is_cut_is_asked_for_again_over_TCP(bool blocking)
    {
        DnsZone zone = Zone();
        for (uint i = 1; i <= 60; i++) zone.Add("many.lab", InetAddress.IPv4(0x0A010000 + i, 0));
        using var network = NetworkNamespace.Create();
        LinuxSystem system = LinuxSystem.In(network);
        using var server = new DnsServer(system, zone, s_first);
        using var stop = new CancellationTokenSource();
        Task serving = server.ServeAsync(stop.Token);
        using Socket listener = system.Open(AddressFamily.Inet, SocketType.Stream);
        listener.Bind(s_first);
        listener.Listen();
        Task answering = Task.Run(() => AnswerOverTcp(listener, zone));

        NameService resolver = Resolver(system, "nameserver 127.0.0.1\n", TimeProvider.System);
        AddressInfoResult found = blocking ? resolver.GetAddressInfo("many.lab", "80", s_stream4) : await resolver.GetAddressInfoAsync("many.lab", "80", s_stream4);
        found.OrThrow().Count.ShouldBe(60);
        await answering;

        // Without a server for TCP there is no answer, rather than a part of one.
        listener.Dispose();
        resolver.GetAddressInfo("many.lab", "80", s_stream4).Error.ShouldBe(AddressInfoError.EAI_AGAIN);
        await stop.CancelAsync();
        await serving;
    }

    [RootFact]
    [Trait("Row", "NAME-33")]
    public async Task Options_of_resolv_conf_are_followed()
    {
        using var network = NetworkNamespace.Create();
        LinuxSystem system = LinuxSystem.In(network);
        using var server = new DnsServer(system, Zone(), s_second);
        using var stop = new CancellationTokenSource();
        Task serving = server.ServeAsync(stop.Token);

        // Comments, a line that makes no sense, the last search list, and ndots: host is tried below lab before it is tried as it is.
        const string Configuration = "; comment\n# comment\nnameserver nonsense\nnameserver 127.0.0.2\nsearch wrong\ndomain lab\noptions ndots:3 rotate attempts:1\n";
        NameService resolver = Resolver(system, Configuration, TimeProvider.System);
        resolver.GetHostByName("host").Entry!.Name.ShouldBe("host.lab");
        resolver.GetHostByName("host.lab").Entry!.Name.ShouldBe("host.lab");
        resolver.GetHostByName("host.").Error.ShouldBe(HostError.HOST_NOT_FOUND);
        resolver.GetHostByAddress(new InetAddress("10.0.0.1", 0)).Entry!.Name.ShouldBe("host.lab");

        // The switch: with files alone, or where a miss in the files is the end, DNS is never asked.
        foreach (string line in (string[])["hosts: files", "hosts: files [NOTFOUND=return] dns", "hosts: mdns [UNAVAIL=return] dns"])
            Resolver(system, Configuration, TimeProvider.System, line).GetHostByName("host").Error.ShouldBe(HostError.HOST_NOT_FOUND, line);
        Resolver(system, Configuration, TimeProvider.System, "hosts: mdns files[!SUCCESS=continue]dns").GetHostByName("host").Error.ShouldBe(HostError.None);

        await stop.CancelAsync();
        await serving;
    }

    private static void AnswerOverTcp(Socket listener, DnsZone zone)
    {
        using Socket peer = listener.Accept();
        byte[] query = new byte[514], response = new byte[4096];
        int length = peer.Receive(query);
        int answer = zone.Answer(query.AsSpan(2, length - 2), response.AsSpan(2));
        BinaryPrimitives.WriteUInt16BigEndian(response, (ushort)answer);
        // In two pieces, the first of one byte: a stream has no borders.
        peer.Send(response.AsSpan(0, 1));
        peer.Send(response.AsSpan(1, answer + 1));
    }

    private static DnsZone Zone()
    {
        var zone = new DnsZone();
        zone.Add("host.lab", new InetAddress("10.0.0.1", 0));
        return zone;
    }

    private static Socket Bound(LinuxSystem system, InetAddress address)
    {
        Socket socket = system.Open(AddressFamily.Inet, SocketType.Datagram);
        socket.Bind(address);
        return socket;
    }

    private static NameService Resolver(LinuxSystem system, string configuration, TimeProvider time, string hosts = "hosts: files dns")
    {
        uint next = 0x1234;
        return new NameService(system, new ResolverFiles(configuration, hosts), "vm", time, () => next++);
    }

    private sealed class ResolverFiles(string configuration, string hosts) : HostFiles
    {
        public override string? ReadText(string path) => path switch
        {
            "/etc/resolv.conf" => configuration,
            "/etc/nsswitch.conf" => hosts,
            _ => null,
        };
    }
}
