using System.Diagnostics;
using System.Globalization;
using Slipway.Linux;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>Our router and the kernel as a host that configures itself by it, and both as two who want the same address; over a TAP device.</summary>
public sealed class KernelAutoconfigurationTests : IDisposable
{
    private const string Device = "sw0";
    private const int DuplicateFlag = 0x08; // IFA_F_DADFAILED, in the fifth column of if_inet6

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private static readonly IpPrefix s_network = IpPrefix.Parse("2001:db8:1::/64");

    private readonly StackLoop _loop = new(new TimeProviderClock(TimeProvider.System));
    private readonly NetworkNamespace _kernel;
    private readonly RealTimeDriver? _driver;
    private readonly PortDevice? _port;
    private readonly StackHost? _host;
    private readonly NetworkInterface? _interface;

    public KernelAutoconfigurationTests()
    {
        _kernel = NetworkNamespace.Initial;
        if (TunTheoryAttribute.WhyNot is not null) return;
        _kernel = NetworkNamespace.Create();
        _driver = new RealTimeDriver(_loop);
        TunDevice device = TunDevice.Open(new TunOptions { Name = Device, Ethernet = true, Namespace = _kernel });
        device.SetUp();
        _host = new StackHost(_loop, "host", new SeededRandom(7));
        using (_loop.Enter())
        {
            _port = new PortDevice(_loop, Device, device, new MacAddress(0x0200_0000_0002u));
            _interface = _host.AddInterface(_port);
            _port.Start();
        }
    }

    [TunFact]
    public void The_kernel_takes_address_routes_MTU_and_hop_limit_from_our_router()
    {
        Do(() => _host!.Sysctl.IPv6.All.Forwarding.Set(1));
        Do(() => _interface!.AddAddress(new IpPrefix(IpAddress.Parse("2001:db8:1::1"), 64))).ShouldBe(Errno.None);
        Do(() => _interface!.SetAdvertiser(new RouterAdvertisementSettings { HopLimit = 33, Mtu = 1400, Preference = 1 }));
        Await(() => Addresses().Any(address => s_network.Contains(address.Address)));
        Await(() => Routes().Any(static route => route.StartsWith("00000000000000000000000000000000 00 ", StringComparison.Ordinal) && route.Contains("fe80000000000000000000fffe000002", StringComparison.Ordinal)));
        Routes().ShouldContain(static route => route.StartsWith("20010db8000100000000000000000000 40 ", StringComparison.Ordinal) && route.EndsWith(Device, StringComparison.Ordinal));
        _kernel.ReadSysctl($"net.ipv6.conf.{Device}.mtu").ShouldBe("1400");
        _kernel.ReadSysctl($"net.ipv6.conf.{Device}.hop_limit").ShouldBe("33");
        Ip("-6", "route", "show", "default").ShouldContain("pref high");

        // When it stops it says so, and is nobody's default router any more.
        Do(() => _interface!.SetAdvertiser(null));
        Await(() => Ip("-6", "route", "show", "default").Length == 0);
    }

    [TunFact]
    public void The_kernel_objects_to_an_address_that_it_has()
    {
        var wanted = IpAddress.Parse("fd00::5");
        _kernel.AddAddress(Device, new IpPrefix(wanted, 64));
        Do(() => _interface!.Settings.IPv6.AcceptDad.Set(1));
        Do(() => _interface!.AddAddress(new IpPrefix(wanted, 64))).ShouldBe(Errno.None);
        Await(() => Do(() => _interface!.FindAddress(wanted)!.IsDuplicate));
        Do(() => _interface!.FindAddress(wanted)!.IsTentative).ShouldBeTrue();
    }

    [TunFact]
    public void We_object_to_an_address_of_ours_that_the_kernel_wants()
    {
        var wanted = IpAddress.Parse("fd00::6");
        Do(() => _interface!.AddAddress(new IpPrefix(wanted, 64))).ShouldBe(Errno.None);
        _kernel.WriteSysctl($"net.ipv6.conf.{Device}.accept_dad", "1");
        Ip("-6", "address", "add", $"{wanted}/64", "dev", Device);
        Await(() => Addresses().Any(address => address.Address == wanted && (address.Flags & DuplicateFlag) != 0));
    }

    /// <summary>The kernel sends by us; we, who would send it on by the same link, tell it of the better hop.</summary>
    [TunFact]
    public void The_kernel_follows_our_redirect()
    {
        const string Far = "2001:db8:9::9", Better = "fe80::77";
        Do(() => _host!.Sysctl.IPv6.All.Forwarding.Set(1));
        Do(() => _host!.Routes.Add(IpPrefix.Parse("::/0"), IpAddress.Parse(Better), _interface)).ShouldBe(Errno.None);
        Do(() => _interface!.Neighbors.SetPermanent(IpAddress.Parse(Better), new MacAddress(0x0200_0000_0077))).ShouldBe(Errno.None);
        _kernel.AddAddress(Device, IpPrefix.Parse("2001:db8:1::5/64"));
        Do(() => _interface!.AddAddress(IpPrefix.Parse("2001:db8:1::1/64"))).ShouldBe(Errno.None);
        Ip("-6", "route", "add", "default", "via", "fe80::ff:fe00:2", "dev", Device);
        using Socket socket = LinuxSystem.In(_kernel).Open(AddressFamily.Inet6, SocketType.Datagram);
        socket.SetOption(SocketLevel.SOL_SOCKET, SocketOptionName.SO_BINDTODEVICE, "sw0"u8); // of a UDP socket the kernel follows redirects only on the device that it is bound to
        socket.SendTo("one"u8, new InetAddress(Far, 9));
        Await(() => Ip("-6", "route", "get", Far).Contains($"via {Better}", StringComparison.Ordinal));
    }

    /// <summary>The other way round: we send by the kernel, which knows the better hop.</summary>
    [TunFact]
    public void We_follow_the_kernels_redirects()
    {
        IpAddress far = IpAddress.Parse("2001:db8:9::9"), better = IpAddress.Parse("fe80::77"), far4 = IpAddress.Parse("192.0.2.9"), better4 = IpAddress.Parse("10.0.0.77");
        _kernel.WriteSysctl("net.ipv6.conf.all.forwarding", "1");
        _kernel.WriteSysctl("net.ipv4.ip_forward", "1");
        _kernel.AddAddress(Device, IpPrefix.Parse("2001:db8:1::5/64"));
        _kernel.AddAddress(Device, IpPrefix.Parse("10.0.0.5/24"));
        foreach (string hop in (string[])[$"{better}", $"{better4}"]) Ip("neighbour", "add", hop, "lladdr", "02:00:00:00:00:77", "dev", Device, "nud", "permanent");
        Ip("-6", "route", "add", "default", "via", $"{better}", "dev", Device);
        Ip("route", "add", "default", "via", $"{better4}", "dev", Device);
        string own = $"{Addresses().Single(static address => address.Address.IsLinkLocal).Address}";
        Do(() => _interface!.AddAddress(IpPrefix.Parse("2001:db8:1::1/64"))).ShouldBe(Errno.None);
        Do(() => _interface!.AddAddress(IpPrefix.Parse("10.0.0.1/24"))).ShouldBe(Errno.None);
        Do(() => _host!.Routes.Add(IpPrefix.Parse("::/0"), IpAddress.Parse(own), _interface)).ShouldBe(Errno.None);
        Do(() => _host!.Routes.Add(IpPrefix.Parse("0.0.0.0/0"), IpAddress.Parse("10.0.0.5"), _interface)).ShouldBe(Errno.None);
        Do(() => _interface!.Neighbors.SetPermanent(better4, new MacAddress(0x0200_0000_0077))).ShouldBe(Errno.None);
        var sockets = new StackSocketSystem(_host!, new SimpleProcessContext());
        using Socket socket = sockets.Open(AddressFamily.Inet6, SocketType.Datagram), socket4 = sockets.Open(AddressFamily.Inet, SocketType.Datagram);
        Await(() => NextHopAfter(socket, far) == better);
        Await(() => NextHopAfter(socket4, far4) == better4);

        IpAddress NextHopAfter(Socket sender, IpAddress to)
        {
            sender.SendTo("one"u8, new InetAddress($"{to}", 9));
            return Do(() => _host!.Ip.Route(new FlowKey(to), out RouteDecision decision) == Errno.None ? decision.NextHop : default);
        }
    }

    public void Dispose()
    {
        _port?.Dispose();
        _driver?.Dispose();
        if (_port is not null) _kernel.Dispose();
    }

    private void Do(Action action)
    {
        using (_loop.Enter()) action();
    }

    private T Do<T>(Func<T> function)
    {
        using (_loop.Enter()) return function();
    }

    private static void Await(Func<bool> condition) => SpinWait.SpinUntil(condition, s_patience).ShouldBeTrue();

    // /proc/net shows the namespace of the process's first thread: this one's is under thread-self.
    private (IpAddress Address, int Flags)[] Addresses() =>
    [
        .. Lines("if_inet6").Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(static fields => fields[5] == Device)
            .Select(static fields => (IpAddress.ReadIPv6(Convert.FromHexString(fields[0])), int.Parse(fields[4], NumberStyles.HexNumber, CultureInfo.InvariantCulture))),
    ];

    private string[] Routes() => Lines("ipv6_route");

    private string[] Lines(string file)
    {
        string[] lines = [];
        _kernel.Run(() => lines = File.ReadAllLines($"/proc/thread-self/net/{file}"));
        return lines;
    }

    private string Ip(params string[] words)
    {
        Process? process = null;
        _kernel.Run(() => process = Process.Start(new ProcessStartInfo("ip", words) { UseShellExecute = false, RedirectStandardOutput = true }));
        using (process)
        {
            string output = process!.StandardOutput.ReadToEnd();
            process.WaitForExit();
            process.ExitCode.ShouldBe(0);
            return output;
        }
    }
}
