using System.Buffers.Binary;
using System.Text;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>struct arpreq: SIOCGARP, SIOCSARP, SIOCDARP (arp(7); Linux arp_ioctl).</summary>
internal static class ArpRequests
{
    private const int Length = 68, HardwareAt = 16, FlagsAt = 32, MaskAt = 36, NameAt = 52, NameLength = 16;
    private const int FlagComplete = 2, FlagPermanent = 4, FlagPublish = 8, FlagMask = 0x20, FlagNoPublish = 0x40;

    public static CallResult Serve(StackHost host, uint request, Span<byte> argument)
    {
        if (argument.Length < Length) return Errno.EFAULT;
        if (SockAddr.FamilyOf(argument) != AddressFamily.Inet) return Errno.EPFNOSUPPORT;
        int flags = BinaryPrimitives.ReadInt32LittleEndian(argument[FlagsAt..]);
        if ((flags & FlagPublish) == 0 && (flags & (FlagMask | FlagNoPublish)) != 0) return Errno.EINVAL;
        IpAddress address = SockAddr.IPv4Of(argument);
        Errno error = FindDevice(host, argument[NameAt..Length], address, request != IoControl.SIOCGARP, out NetworkInterface? device);
        if (error != Errno.None) return error;
        // Hosts answer for nobody else.
        if ((flags & FlagPublish) != 0 && request != IoControl.SIOCGARP) return Errno.EOPNOTSUPP;
        return request switch
        {
            IoControl.SIOCGARP => Get(device!, address, argument),
            IoControl.SIOCSARP => Set(device!, address, argument, flags),
            _ => device!.Neighbors.Remove(address) == Errno.None ? Errno.None : Errno.ENXIO,
        };
    }

    private static CallResult Get(NetworkInterface device, IpAddress address, Span<byte> argument)
    {
        if (!device.Neighbors.TryGet(address, out NeighborEntry? entry)) return Errno.ENXIO;
        Span<byte> hardware = argument[HardwareAt..FlagsAt];
        hardware.Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(hardware, InterfaceFlags.HardwareOf(device));
        if (entry.IsValid) entry.LinkAddress.Write(hardware[2..]);
        int flags = entry.State == NeighborState.Permanent ? FlagPermanent | FlagComplete : entry.IsValid ? FlagComplete : 0;
        BinaryPrimitives.WriteInt32LittleEndian(argument[FlagsAt..], flags);
        BinaryPrimitives.WriteUInt32LittleEndian(argument[(MaskAt + 4)..], uint.MaxValue);
        return 0;
    }

    private static CallResult Set(NetworkInterface device, IpAddress address, ReadOnlySpan<byte> argument, int flags)
    {
        ReadOnlySpan<byte> hardware = argument[HardwareAt..FlagsAt];
        if (BinaryPrimitives.ReadUInt16LittleEndian(hardware) != InterfaceFlags.HardwareOf(device)) return Errno.EINVAL;
        if (!device.HasLinkAddresses || address.IsMulticast || address.IsUnspecified) return Errno.EINVAL;
        bool isPermanent = (flags & FlagPermanent) != 0, isComplete = isPermanent || (flags & FlagComplete) != 0;
        if (!isComplete && !(device.Neighbors.TryGet(address, out NeighborEntry? known) && known.IsValid)) return Errno.EINVAL;
        if (device.Neighbors.GetOrAdd(address) is not { } entry) return Errno.ENOBUFS;
        entry.Update(isComplete ? MacAddress.Read(hardware[2..]) : null, isPermanent ? NeighborState.Permanent : NeighborState.Stale, mayOverride: true, isAdministrative: true);
        return 0;
    }

    /// <summary>The interface that is named; for a change without a name, the one that the way to the neighbour goes by.</summary>
    private static Errno FindDevice(StackHost host, ReadOnlySpan<byte> name, IpAddress address, bool mayLookUp, out NetworkInterface? device)
    {
        int end = name.IndexOf((byte)0);
        string text = Encoding.UTF8.GetString(end < 0 ? name[..(NameLength - 1)] : name[..end]);
        device = text.Length > 0 ? host.Interfaces.Find(text) : null;
        if (text.Length > 0 || !mayLookUp) return device is null ? Errno.ENODEV : Errno.None;
        Errno error = host.Ip.Route(new FlowKey(address), out RouteDecision decision);
        device = error == Errno.None ? decision.Interface : null;
        return error;
    }
}
