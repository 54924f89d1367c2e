using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <content>What an administrator changes of an interface, by netlink and by ioctl.</content>
public sealed partial class NetworkInterface
{
    /// <summary>Flags that can be asked for and that a host does not have.</summary>
    private const int FixedFlags = InterfaceFlags.IFF_PROMISC | InterfaceFlags.IFF_ALLMULTI | InterfaceFlags.IFF_NOARP | InterfaceFlags.IFF_MULTICAST;

    /// <summary>Flags of the loopback that a user has set beside up and down.</summary>
    internal int UserFlags { get; private set; }

    /// <summary>Sets the flags that a user sets: up or down.</summary>
    /// <returns>EOPNOTSUPP: another one shall change.</returns>
    internal Errno SetFlags(int flags)
    {
        int changed = flags ^ InterfaceFlags.Of(this);
        // On the loopback they change nothing but what is told.
        if (IsLoopback) UserFlags = flags & InterfaceFlags.OfUser;
        else if ((changed & FixedFlags) != 0) return Errno.EOPNOTSUPP;
        if ((changed & InterfaceFlags.IFF_UP) != 0) SetUp((flags & InterfaceFlags.IFF_UP) != 0);
        return Errno.None;
    }

    /// <summary>Sets the MTU.</summary>
    /// <returns>EINVAL: out of range.</returns>
    internal Errno SetMtu(uint bytes)
    {
        if (bytes is < LinkDevice.MinMtu or > LinkDevice.MaxMtu) return Errno.EINVAL;
        Device.Mtu = (int)bytes;
        // RFC 8200 §5: less is no link for IPv6.
        if (IsLoopback && bytes < Wire.Ipv6Header.MinimumMtu) RemoveIPv6Addresses();
        return Errno.None;
    }

    /// <summary>Sets the Ethernet address; the neighbours are asked for anew, and who knows the old one learns the new one by and by.</summary>
    /// <returns>EOPNOTSUPP: the link has no addresses; EADDRNOTAVAIL: it is none for one device.</returns>
    internal Errno SetLinkAddress(MacAddress address)
    {
        if (address == Device.Address && IsLoopback) return Errno.None;
        if (!HasLinkAddresses) return Errno.EOPNOTSUPP;
        if (address.IsMulticast || address.Value == 0) return Errno.EADDRNOTAVAIL;
        if (address == Device.Address) return Errno.None;
        Device.Address = address;
        Neighbors.ForgetLearnt();
        Host.TouchRouting();
        Host.Netlink.Changes.LinkChanged(this);
        return Errno.None;
    }

    /// <summary>Sets what the interface tells of the length of its queue.</summary>
    internal void SetQueueLength(int packets)
    {
        if (packets == QueueLength) return;
        QueueLength = packets;
        Host.Netlink.Changes.LinkChanged(this);
    }
}
