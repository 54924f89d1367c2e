using System.Buffers.Binary;
using System.Text;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>The ioctl requests that ask for interfaces: struct ifreq, a name of 16 bytes and 24 bytes of answer (netdevice(7)).</summary>
internal static class InterfaceRequests
{
    /// <summary>Bytes of struct ifreq.</summary>
    public const int Length = 40;

    private const int NameLength = 16;
    private const int SockAddrLength = 16;

    public static bool IsOne(uint request) => request is IoControl.SIOCGIFNAME or IoControl.SIOCGIFFLAGS or IoControl.SIOCGIFADDR or IoControl.SIOCGIFBRDADDR
        or IoControl.SIOCGIFNETMASK or IoControl.SIOCGIFMTU or IoControl.SIOCGIFHWADDR or IoControl.SIOCGIFINDEX or IoControl.SIOCGIFDSTADDR or IoControl.SIOCGIFMETRIC
        or IoControl.SIOCGIFTXQLEN or IoControl.SIOCGIFMAP;

    /// <summary>Whether a request is of IPv4 addresses: sockets of other families do not have it.</summary>
    public static bool IsOfIPv4(uint request) => request is IoControl.SIOCGIFADDR or IoControl.SIOCGIFBRDADDR or IoControl.SIOCGIFNETMASK or IoControl.SIOCGIFDSTADDR
        or IoControl.SIOCSIFADDR or IoControl.SIOCSIFBRDADDR or IoControl.SIOCSIFNETMASK or IoControl.SIOCSIFDSTADDR;

    /// <summary>Answers a request about one interface.</summary>
    /// <returns>EFAULT for too little room, ENODEV for an interface that is not there, EADDRNOTAVAIL where it has no IPv4 address.</returns>
    public static CallResult Answer(StackHost host, uint request, Span<byte> argument)
    {
        if (argument.Length < Length) return Errno.EFAULT;
        Span<byte> answer = argument[NameLength..Length];
        if (request == IoControl.SIOCGIFNAME)
        {
            if (host.Interfaces.Find(BinaryPrimitives.ReadInt32LittleEndian(answer)) is not { } named) return Errno.ENODEV;
            WriteName(argument, named);
            return 0;
        }
        if (Find(host, argument) is not { } device) return Errno.ENODEV;
        switch (request)
        {
            case IoControl.SIOCGIFFLAGS:
                BinaryPrimitives.WriteInt16LittleEndian(answer, (short)InterfaceFlags.Of(device));
                return 0;
            case IoControl.SIOCGIFMTU:
                BinaryPrimitives.WriteInt32LittleEndian(answer, device.Mtu);
                return 0;
            case IoControl.SIOCGIFINDEX:
                BinaryPrimitives.WriteInt32LittleEndian(answer, device.Index);
                return 0;
            case IoControl.SIOCGIFHWADDR:
                answer.Clear();
                BinaryPrimitives.WriteUInt16LittleEndian(answer, InterfaceFlags.HardwareOf(device));
                device.Device.Address.Write(answer[2..]);
                return 0;
        }
        if (request is IoControl.SIOCGIFMETRIC or IoControl.SIOCGIFMAP)
        {
            // There are no metrics of interfaces on Linux, and no hardware here.
            answer[..(request == IoControl.SIOCGIFMAP ? answer.Length : sizeof(int))].Clear();
            return 0;
        }
        if (request == IoControl.SIOCGIFTXQLEN)
        {
            BinaryPrimitives.WriteInt32LittleEndian(answer, device.QueueLength);
            return 0;
        }
        if (LabelledIPv4(device, argument) is not { } local) return Errno.EADDRNOTAVAIL;
        IpAddress address = request switch
        {
            IoControl.SIOCGIFNETMASK => IpAddress.FromIPv4(local.Prefix.Length == 0 ? 0 : uint.MaxValue << (32 - local.Prefix.Length)),
            // The loopback has a broadcast route, but tells no broadcast address that nobody gave it.
            IoControl.SIOCGIFBRDADDR => device.HasLinkAddresses || local.IsBroadcastGiven ? local.Broadcast : IpAddress.AnyIPv4,
            IoControl.SIOCGIFDSTADDR => local.Peer.IsUnspecified ? local.Address : local.Peer,
            _ => local.Address,
        };
        answer.Clear();
        SockAddr.Write(answer, AddressFamily.Inet, address, 0);
        return 0;
    }

    /// <summary>SIOCGIFCONF: an entry for each IPv4 address. The argument is the array itself; an empty one asks for the bytes that are needed.</summary>
    /// <returns>Bytes written, whole entries only; or needed.</returns>
    public static CallResult Configuration(StackHost host, Span<byte> array)
    {
        int length = 0;
        foreach (NetworkInterface device in host.Interfaces)
        {
            foreach (LocalAddress local in device.Addresses)
            {
                if (!local.Address.IsIPv4) continue;
                if (!array.IsEmpty)
                {
                    if (length + Length > array.Length) return length;
                    Span<byte> entry = array.Slice(length, Length);
                    entry.Clear();
                    WriteName(entry, device);
                    SockAddr.Write(entry.Slice(NameLength, SockAddrLength), AddressFamily.Inet, local.Address, 0);
                }
                length += Length;
            }
        }
        return length;
    }

    /// <summary>The interface that a request names, whatever stands behind a colon; null if there is none.</summary>
    public static NetworkInterface? Find(StackHost host, ReadOnlySpan<byte> request)
    {
        string label = LabelOf(request);
        int colon = label.IndexOf(':', StringComparison.Ordinal);
        return host.Interfaces.Find(colon < 0 ? label : label[..colon]);
    }

    /// <summary>An address of an interface in the API's form; a link-local one with its scope.</summary>
    public static InetAddress ToInet(LocalAddress local, NetworkInterface device)
    {
        if (local.Address.IsIPv4) return InetAddress.IPv4(local.Address.IPv4, 0);
        Span<byte> bytes = stackalloc byte[16];
        local.Address.WriteIPv6(bytes);
        return InetAddress.IPv6(bytes, 0, local.Address.IsLinkLocal ? (uint)device.Index : 0);
    }

    /// <summary>The first IPv4 address whose label is the name of the request: that of the interface, or an alias as eth0:1.</summary>
    public static LocalAddress? LabelledIPv4(NetworkInterface device, ReadOnlySpan<byte> request)
    {
        string label = LabelOf(request);
        foreach (LocalAddress local in device.Addresses)
        {
            if (local.Address.IsIPv4 && local.Label == label) return local;
        }
        return null;
    }

    /// <summary>The name of a request, with what stands behind a colon.</summary>
    public static string LabelOf(ReadOnlySpan<byte> request)
    {
        ReadOnlySpan<byte> name = request[..NameLength];
        int end = name.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? name[..(NameLength - 1)] : name[..end]);
    }

    private static void WriteName(Span<byte> request, NetworkInterface device)
    {
        request[..NameLength].Clear();
        Encoding.UTF8.GetBytes(device.Name, request[..NameLength]);
    }
}
