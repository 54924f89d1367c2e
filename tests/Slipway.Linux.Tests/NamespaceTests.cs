using System.Text;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Linux.Tests;

/// <summary>Hosts on the kernel, each in a network namespace.</summary>
public sealed class NamespaceTests
{
    [RootFact]
    public void A_setting_is_written_inside_the_namespace_alone_and_refuses_what_is_no_value()
    {
        const string Path = "/proc/sys/net/ipv4/ip_default_ttl";
        string? outside = LinuxFiles.Instance.ReadText(Path);
        using var network = NetworkNamespace.Create();
        network.Run(static () =>
        {
            LinuxFiles.Instance.WriteText(Path, "9").ShouldBeTrue();
            LinuxFiles.Instance.ReadText(Path).ShouldBe("9\n");
            LinuxFiles.Instance.WriteText(Path, "256").ShouldBeFalse();
            LinuxFiles.Instance.WriteText(Path, "many").ShouldBeFalse();
            LinuxFiles.Instance.ReadText(Path).ShouldBe("9\n");
            LinuxFiles.Instance.WriteText(Path + "s", "9").ShouldBeFalse();
        });
        LinuxFiles.Instance.ReadText(Path).ShouldBe(outside);
    }

    [RootFact]
    public void A_new_namespace_has_its_own_loopback_and_nothing_else()
    {
        using var network = NetworkNamespace.Create();
        NetworkInterfaceInfo loopback = network.GetInterfaces().ShouldHaveSingleItem();
        loopback.Name.ShouldBe("lo");
        loopback.IsUp.ShouldBeTrue();
        loopback.Addresses.ShouldBe([new InterfaceAddress(InetAddress.LoopbackIPv4(), 8), new InterfaceAddress(InetAddress.LoopbackIPv6(), 128)]);

        // The port is taken in one namespace and free in the other.
        using Socket inside = LinuxSystem.In(network).Open(AddressFamily.Inet, SocketType.Datagram);
        inside.Bind(InetAddress.LoopbackIPv4());
        using var other = NetworkNamespace.Create();
        using Socket elsewhere = LinuxSystem.In(other).Open(AddressFamily.Inet, SocketType.Datagram);
        elsewhere.Bind(inside.LocalAddress);
        using Socket again = LinuxSystem.In(network).Open(AddressFamily.Inet, SocketType.Datagram);
        Should.Throw<SocketCallException>(() => again.Bind(inside.LocalAddress)).Errno.ShouldBe(Errno.EADDRINUSE);
    }

    [RootFact]
    public void A_thread_is_back_where_it_was_after_a_visit_and_visits_nest()
    {
        using NetworkNamespace first = NetworkNamespace.Create(), second = NetworkNamespace.Create();
        string before = Where();
        using (first.Enter())
        {
            string outer = Where();
            outer.ShouldNotBe(before);
            second.Run(() => Where().ShouldNotBe(outer));
            Where().ShouldBe(outer);
            using (NetworkNamespace.Initial.Enter()) Where().ShouldBe(before);
            Where().ShouldBe(outer);
        }
        Where().ShouldBe(before);
        Should.Throw<InvalidOperationException>(() => first.Run(static () => throw new InvalidOperationException()));
        Where().ShouldBe(before);

        static string Where() => File.ResolveLinkTarget("/proc/thread-self/ns/net", returnFinalTarget: false)!.Name;
    }

    [RootFact]
    public void Two_hosts_on_a_link_reach_each_other_over_both_families()
    {
        using var network = new LinuxNetwork();
        LinuxHost first = network.AddHost("first"), second = network.AddHost("second");
        network.Connect(first, ["10.0.0.1/24", "fd00::1/64"], second, ["10.0.0.2/24", "fd00::2/64"], mtu: 1400).ShouldBe(("eth0", "eth0"));
        NetworkInterfaceInfo link = second.Sockets.GetInterfaces().Single(static candidate => candidate.Name == "eth0");
        link.Mtu.ShouldBe(1400);
        link.IsUp.ShouldBeTrue();
        link.Addresses.ShouldContain(new InterfaceAddress(new InetAddress("10.0.0.2", 0), 24));
        link.Addresses.ShouldContain(new InterfaceAddress(new InetAddress("fd00::2", 0), 64));
        Exchange(first, second, new InetAddress("10.0.0.2", 7));
        Exchange(first, second, new InetAddress("fd00::2", 7));
    }

    [RootFact]
    public void A_router_joins_two_networks_of_different_mtu()
    {
        using var network = new LinuxNetwork();
        LinuxHost near = network.AddHost("near"), router = network.AddHost("router"), far = network.AddHost("far");
        network.Connect(near, ["10.0.1.1/24", "fd01::1/64"], router, ["10.0.1.254/24", "fd01::fe/64"]);
        network.Connect(router, ["10.0.2.254/24", "fd02::fe/64"], far, ["10.0.2.1/24", "fd02::1/64"], mtu: 1280).ShouldBe(("eth1", "eth0"));
        router.EnableForwarding();
        foreach (string gateway in new[] { "10.0.1.254", "fd01::fe" }) near.AddDefaultRoute(IpAddress.Parse(gateway));
        foreach (string gateway in new[] { "10.0.2.254", "fd02::fe" }) far.AddDefaultRoute(IpAddress.Parse(gateway));
        Exchange(near, far, new InetAddress("10.0.2.1", 7));
        Exchange(near, far, new InetAddress("fd02::1", 7));
    }

    [RootFact]
    public void Links_addresses_routes_and_sysctls_change_at_run_time()
    {
        using NetworkNamespace first = NetworkNamespace.Create(), second = NetworkNamespace.Create();
        MacAddress.TryParse("02:00:00:00:00:01", out MacAddress mac).ShouldBeTrue();
        first.AddVeth(new VethEnd("left", mac), second, new VethEnd("right"));
        Should.Throw<SocketCallException>(() => first.AddVeth(new VethEnd("left"), second, new VethEnd("other"))).Errno.ShouldBe(Errno.EEXIST);
        first.SetUp("left");
        second.SetUp("right");
        first.WaitUntilRunning("left");
        first.AddAddress("left", IpPrefix.Parse("10.9.0.1/24"));
        Should.Throw<SocketCallException>(() => first.AddAddress("left", IpPrefix.Parse("10.9.0.1/24"))).Errno.ShouldBe(Errno.EEXIST);
        first.SetMtu("left", 1300);
        first.GetInterfaces().Single(static candidate => candidate.Name == "left").Mtu.ShouldBe(1300);

        IpPrefix elsewhere = IpPrefix.Parse("192.0.2.0/24");
        ConnectsTo(first, "192.0.2.1").ShouldBe(Errno.ENETUNREACH);
        first.AddRoute(elsewhere, IpAddress.Parse("10.9.0.2"), metric: 5);
        ConnectsTo(first, "192.0.2.1").ShouldBe(Errno.None);
        first.RemoveRoute(elsewhere, IpAddress.Parse("10.9.0.2"), metric: 5);
        ConnectsTo(first, "192.0.2.1").ShouldBe(Errno.ENETUNREACH);
        first.RemoveAddress("left", IpPrefix.Parse("10.9.0.1/24"));
        ConnectsTo(first, "10.9.0.2").ShouldBe(Errno.ENETUNREACH);

        first.WriteSysctl("net.ipv4.ip_default_ttl", "7");
        first.ReadSysctl("net.ipv4.ip_default_ttl").ShouldBe("7");
        second.ReadSysctl("net.ipv4.ip_default_ttl").ShouldBe("64");
        Should.Throw<ArgumentException>(() => first.ReadSysctl("kernel.hostname"));

        first.SetDown("left");
        first.GetInterfaces().Single(static candidate => candidate.Name == "left").IsUp.ShouldBeFalse();
        first.RemoveLink("left");
        second.GetInterfaces().ShouldHaveSingleItem().Name.ShouldBe("lo"); // the other end went along
        Should.Throw<SocketCallException>(() => first.SetUp("left")).Errno.ShouldBe(Errno.ENODEV);
    }

    private static void Exchange(LinuxHost client, LinuxHost server, InetAddress address)
    {
        using Socket echo = server.Sockets.Open(address.Family, SocketType.Datagram), asking = client.Sockets.Open(address.Family, SocketType.Datagram);
        echo.Bind(address);
        asking.SendTo(Encoding.ASCII.GetBytes("are you there"), address);
        byte[] room = new byte[64];
        int count = echo.ReceiveFrom(room, out InetAddress from);
        echo.SendTo(room.AsSpan(0, count), from);
        asking.ReceiveFrom(room, out InetAddress answering).ShouldBe(count);
        answering.ShouldBe(address);
    }

    private static Errno ConnectsTo(NetworkNamespace network, string address)
    {
        using Socket socket = LinuxSystem.In(network).Open(AddressFamily.Inet, SocketType.Datagram);
        Span<byte> bytes = stackalloc byte[16];
        return socket.System.Connect(socket.Descriptor, bytes[..new InetAddress(address, 9).Write(bytes)]);
    }
}
