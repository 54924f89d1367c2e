using System.Text;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Linux;

public sealed partial class NetworkNamespace
{
    private RouteSocket Route
    {
        get
        {
            lock (_lock)
            {
                if (_route is not null) return _route;
                using Visit visit = Enter();
                return _route = new RouteSocket();
            }
        }
    }

    /// <summary>The interfaces with their addresses, in the order of their indexes.</summary>
    public IReadOnlyList<NetworkInterfaceInfo> GetInterfaces() => InterfaceTable.Read(Route);

    /// <summary>Joins two namespaces by a pair of veth devices (veth(4)), both down. Either end takes the other along when it goes.</summary>
    /// <param name="near">The end in this namespace.</param>
    /// <param name="other">The other namespace; may be this one.</param>
    /// <param name="far">The end in the other namespace.</param>
    /// <param name="mtu">Largest IP packet in bytes.</param>
    public void AddVeth(VethEnd near, NetworkNamespace other, VethEnd far, int mtu = 1500)
    {
        ArgumentNullException.ThrowIfNull(other);
        CheckName(near.Name);
        CheckName(far.Name);
        ObjectDisposedException.ThrowIf(other._file.IsClosed, other);
        using var hold = new FileDescriptor.Hold(other._file);
        Check(RouteControl.AddVeth(Route, near, far, hold.Number, mtu), $"add veth {near.Name}");
    }

    /// <summary>Removes a link.</summary>
    public void RemoveLink(string link) => Check(RouteControl.RemoveLink(Route, Index(link)), $"remove {link}");

    /// <summary>Takes a link up.</summary>
    public void SetUp(string link) => Check(RouteControl.SetUp(Route, Index(link), up: true), $"set {link} up");

    /// <summary>Takes a link down. Its routes, and its IPv6 addresses, go.</summary>
    public void SetDown(string link) => Check(RouteControl.SetUp(Route, Index(link), up: false), $"set {link} down");

    /// <summary>Sets the largest IP packet of a link, in bytes.</summary>
    public void SetMtu(string link, int mtu) => Check(RouteControl.SetMtu(Route, Index(link), mtu), $"set {link} mtu {mtu}");

    /// <summary>Sets how many packets may wait on a link until they are sent (txqueuelen).</summary>
    internal void SetQueueLength(string link, int packets) => Check(RouteControl.SetQueueLength(Route, Index(link), packets), $"set {link} txqueuelen {packets}");

    /// <summary>Gives a link an address. An IPv6 address has no duplicate address detection; on a link that carries packets it works when the call returns.</summary>
    /// <param name="link">The link.</param>
    /// <param name="address">The address with the length of its network.</param>
    /// <param name="peer">The other end of a point-to-point link; null for a network.</param>
    public void AddAddress(string link, IpPrefix address, IpAddress? peer = null)
    {
        int index = Index(link);
        Check(RouteControl.AddAddress(Route, index, address, peer), $"add address {address} to {link}");
        if (address.Address.IsIPv6 && InterfaceTable.CarriesPackets(Route, index)) WaitUntilReceives(address.Address);
    }

    /// <summary>Takes an address away.</summary>
    public void RemoveAddress(string link, IpPrefix address)
        => Check(RouteControl.RemoveAddress(Route, Index(link), address), $"remove address {address} from {link}");

    /// <summary>Adds a route to the main table.</summary>
    /// <param name="destination">The network; a length of 0 makes the default route.</param>
    /// <param name="gateway">The next hop; null for a network on the link.</param>
    /// <param name="link">The link; null lets the kernel find it from the gateway.</param>
    /// <param name="metric">The priority, smaller first; 0 for the kernel's default.</param>
    public void AddRoute(IpPrefix destination, IpAddress? gateway, string? link = null, int metric = 0)
        => Check(RouteControl.AddRoute(Route, destination, gateway, link is null ? 0 : Index(link), metric), $"add route {destination}");

    /// <summary>Removes a route that was added with the same words.</summary>
    public void RemoveRoute(IpPrefix destination, IpAddress? gateway, string? link = null, int metric = 0)
        => Check(RouteControl.RemoveRoute(Route, destination, gateway, link is null ? 0 : Index(link), metric), $"remove route {destination}");

    /// <summary>Waits until a link that is up carries packets: for veth, until the other end is up too.</summary>
    public void WaitUntilRunning(string link)
    {
        int index = Index(link);
        using Visit visit = Enter();
        using RouteSocket events = RouteSocket.Subscribe();
        // Subscribed first, looked at afterwards: no change can fall between.
        while (!InterfaceTable.CarriesPackets(Route, index)) events.WaitForEvent();
    }

    private void WaitUntilReceives(IpAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.WriteIPv6(bytes);
        using Visit visit = Enter();
        using RouteSocket events = RouteSocket.Subscribe();
        while (!InterfaceTable.Receives(Route, bytes)) events.WaitForEvent();
    }

    private unsafe int Index(string link)
    {
        CheckName(link);
        using Visit visit = Enter();
        Span<byte> name = stackalloc byte[16];
        name.Clear();
        Encoding.UTF8.GetBytes(link, name);
        fixed (byte* text = name)
        {
            int index = Libc.InterfaceIndex(text);
            return index > 0 ? index : throw new SocketCallException(Libc.LastError, $"if_nametoindex({link})");
        }
    }

    private static void CheckName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Length == 0 || Encoding.UTF8.GetByteCount(name) > 15)
            throw new ArgumentException($"'{name}' is not the name of an interface: it has 1 to 15 bytes", nameof(name));
    }

    private static void Check(Errno error, string what)
    {
        if (error != Errno.None) throw new SocketCallException(error, what);
    }
}
