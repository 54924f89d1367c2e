using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Linux;

/// <summary>Hosts on the kernel, joined by links: the counterpart of a virtual network, so that what runs on one can be judged on the other.</summary>
/// <remarks>Needs CAP_SYS_ADMIN. Everything in it goes with <see cref="Dispose"/> and the last of its sockets.</remarks>
public sealed class LinuxNetwork : IDisposable
{
    private readonly List<LinuxHost> _hosts = [];

    /// <summary>The hosts in the order in which they were added.</summary>
    public IReadOnlyList<LinuxHost> Hosts => _hosts;

    /// <summary>Adds a host that has only its loopback interface.</summary>
    /// <exception cref="SocketCallException">EPERM without CAP_SYS_ADMIN.</exception>
    public LinuxHost AddHost(string name)
    {
        var host = new LinuxHost(name, NetworkNamespace.Create());
        _hosts.Add(host);
        return host;
    }

    /// <summary>Joins two hosts by a link, which is up with its carrier, and whose addresses work, when the call returns.</summary>
    /// <param name="first">One host.</param>
    /// <param name="firstAddresses">Its addresses on the link, such as <c>10.0.0.1/24</c> and <c>fd00::1/64</c>.</param>
    /// <param name="second">The other host.</param>
    /// <param name="secondAddresses">Its addresses on the link.</param>
    /// <param name="mtu">Largest IP packet in bytes.</param>
    /// <returns>The names of the two interfaces.</returns>
    /// <exception cref="TimeoutException">The link passed no IPv4 packet for three seconds.</exception>
    public (string First, string Second) Connect(
        LinuxHost first, IEnumerable<string> firstAddresses, LinuxHost second, IEnumerable<string> secondAddresses, int mtu = 1500)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(firstAddresses);
        ArgumentNullException.ThrowIfNull(second);
        ArgumentNullException.ThrowIfNull(secondAddresses);
        if (!_hosts.Contains(first) || !_hosts.Contains(second)) throw new ArgumentException("both hosts must belong to this network");
        string near = first.NextLink(), far = second.NextLink();
        first.Namespace.AddVeth(new VethEnd(near), second.Namespace, new VethEnd(far), mtu);
        first.Namespace.SetUp(near);
        second.Namespace.SetUp(far);
        first.Namespace.WaitUntilRunning(near);
        second.Namespace.WaitUntilRunning(far);
        IpPrefix? here = Assign(first, near, firstAddresses), there = Assign(second, far, secondAddresses);
        if (here is { } one && there is { } other && one.Network == other.Network)
        {
            WaitForPackets(first, second, other.Address);
            WaitForPackets(second, first, one.Address);
        }
        return (near, far);
    }

    /// <summary>Gives an interface its addresses.</summary>
    /// <returns>The first IPv4 address.</returns>
    private static IpPrefix? Assign(LinuxHost host, string name, IEnumerable<string> addresses)
    {
        IpPrefix? ipv4 = null;
        foreach (string text in addresses)
        {
            IpPrefix address = IpPrefix.Parse(text);
            host.Namespace.AddAddress(name, address);
            if (address.Address.IsIPv4) ipv4 ??= address;
        }
        return ipv4;
    }

    /// <summary>Sends datagrams until one arrives.</summary>
    /// <remarks>A veth link that says it is running still drops packets now and then until the kernel's link watcher has been round.</remarks>
    private static void WaitForPackets(LinuxHost from, LinuxHost to, IpAddress address)
    {
        using Socket receiver = to.Sockets.Open(AddressFamily.Inet, SocketType.Datagram), sender = from.Sockets.Open(AddressFamily.Inet, SocketType.Datagram);
        receiver.Bind(new InetAddress(address.ToString(), 0));
        InetAddress destination = receiver.LocalAddress;
        for (int attempt = 0; attempt < 300; attempt++)
        {
            sender.SendTo([], destination);
            if (receiver.Poll(PollEvents.POLLIN, TimeSpan.FromMilliseconds(10)) != PollEvents.None) return;
        }
        throw new TimeoutException($"no packet goes from {from.Name} to {address} of {to.Name}");
    }

    /// <summary>Lets the hosts go.</summary>
    public void Dispose()
    {
        foreach (LinuxHost host in _hosts) host.Namespace.Dispose();
        _hosts.Clear();
    }
}
