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

    // linux/if.h and linux/if_arp.h.
    private const short IffUp = 0x1, IffBroadcast = 0x2, IffLoopback = 0x8, IffPointToPoint = 0x10, IffRunning = 0x40, IffNoArp = 0x80, IffMulticast = 0x1000;
    private const ushort ArphrdEther = 1, ArphrdLoopback = 772, ArphrdNone = 0xFFFE;

    public static bool IsOne(uint request) => request is IoControl.SIOCGIFNAME or IoControl.SIOCGIFFLAGS or IoControl.SIOCGIFADDR or IoControl.SIOCGIFBRDADDR
        or IoControl.SIOCGIFNETMASK or IoControl.SIOCGIFMTU or IoControl.SIOCGIFHWADDR or IoControl.SIOCGIFINDEX;

    /// <summary>Whether a request is one of IPv4, which sockets of the internet alone take.</summary>
    public static bool IsOfIPv4(uint request) => request is IoControl.SIOCGIFADDR or IoControl.SIOCGIFBRDADDR or IoControl.SIOCGIFNETMASK;

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
                BinaryPrimitives.WriteInt16LittleEndian(answer, FlagsOf(device));
                return 0;
            case IoControl.SIOCGIFMTU:
                BinaryPrimitives.WriteInt32LittleEndian(answer, device.Mtu);
                return 0;
            case IoControl.SIOCGIFINDEX:
                BinaryPrimitives.WriteInt32LittleEndian(answer, device.Index);
                return 0;
            case IoControl.SIOCGIFHWADDR:
                answer.Clear();
                BinaryPrimitives.WriteUInt16LittleEndian(answer, device.IsLoopback ? ArphrdLoopback : device.HasLinkAddresses ? ArphrdEther : ArphrdNone);
                device.Device.Address.Write(answer[2..]);
                return 0;
        }
        if (FirstIPv4(device) is not { } local) return Errno.EADDRNOTAVAIL;
        IpAddress address = request switch
        {
            IoControl.SIOCGIFNETMASK => IpAddress.FromIPv4(local.Prefix.Length == 0 ? 0 : uint.MaxValue << (32 - local.Prefix.Length)),
            // The loopback has a broadcast route, but tells no broadcast address.
            IoControl.SIOCGIFBRDADDR => device.HasLinkAddresses ? local.Broadcast : IpAddress.AnyIPv4,
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

    /// <summary>The interface that a request names; null if there is none.</summary>
    public static NetworkInterface? Find(StackHost host, ReadOnlySpan<byte> request)
    {
        ReadOnlySpan<byte> name = request[..NameLength];
        int end = name.IndexOf((byte)0);
        return host.Interfaces.Find(Encoding.UTF8.GetString(end < 0 ? name[..(NameLength - 1)] : name[..end]));
    }

    /// <summary>An address of an interface in the API's form; a link-local one with its scope.</summary>
    public static InetAddress ToInet(LocalAddress local, NetworkInterface device)
    {
        if (local.Address.IsIPv4) return InetAddress.IPv4(local.Address.IPv4, 0);
        Span<byte> bytes = stackalloc byte[16];
        local.Address.WriteIPv6(bytes);
        return InetAddress.IPv6(bytes, 0, local.Address.IsLinkLocal ? (uint)device.Index : 0);
    }

    private static LocalAddress? FirstIPv4(NetworkInterface device)
    {
        foreach (LocalAddress local in device.Addresses)
        {
            if (local.Address.IsIPv4) return local;
        }
        return null;
    }

    private static short FlagsOf(NetworkInterface device)
    {
        int flags = device.IsUp ? IffUp | IffRunning : 0;
        if (device.IsLoopback) flags |= IffLoopback;
        else if (device.HasLinkAddresses) flags |= IffBroadcast | IffMulticast;
        else flags |= IffPointToPoint | IffNoArp | IffMulticast;
        return (short)flags;
    }

    private static void WriteName(Span<byte> request, NetworkInterface device)
    {
        request[..NameLength].Clear();
        Encoding.UTF8.GetBytes(device.Name, request[..NameLength]);
    }
}
