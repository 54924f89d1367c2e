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
    /// <exception cref="Sockets.SocketCallException">EPERM without CAP_SYS_ADMIN.</exception>
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
        foreach (string address in firstAddresses) first.Namespace.AddAddress(near, IpPrefix.Parse(address));
        foreach (string address in secondAddresses) second.Namespace.AddAddress(far, IpPrefix.Parse(address));
        return (near, far);
    }

    /// <summary>Lets the hosts go.</summary>
    public void Dispose()
    {
        foreach (LinuxHost host in _hosts) host.Namespace.Dispose();
        _hosts.Clear();
    }
}
