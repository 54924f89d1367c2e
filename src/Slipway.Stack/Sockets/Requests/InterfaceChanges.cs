using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>The requests of ioctl that change an interface, whatever the socket's family (netdevice(7); Linux dev_ifsioc).</summary>
internal static class InterfaceChanges
{
    private const int NameLength = 16;

    public static bool IsOne(uint request) => request is IoControl.SIOCSIFFLAGS or IoControl.SIOCSIFMTU or IoControl.SIOCSIFHWADDR or IoControl.SIOCSIFTXQLEN or IoControl.SIOCSIFNAME
        or IoControl.SIOCSIFMETRIC or IoControl.SIOCSIFMAP or IoControl.SIOCETHTOOL;

    /// <param name="host">The host.</param>
    /// <param name="process">The caller.</param>
    /// <param name="isIPv4">Whether the socket is of IPv4.</param>
    /// <param name="request">The request.</param>
    /// <param name="argument">struct ifreq.</param>
    /// <returns>EPERM without CAP_NET_ADMIN, before anything is looked at; ENODEV; EINVAL: out of range; EOPNOTSUPP: hosts do not have it.</returns>
    public static CallResult Serve(StackHost host, ProcessContext process, bool isIPv4, uint request, Span<byte> argument)
    {
        if (argument.Length < InterfaceRequests.Length) return Errno.EFAULT;
        // What drivers are asked by ethtool, no driver here answers.
        if (request == IoControl.SIOCETHTOOL) return InterfaceRequests.Find(host, argument) is null ? Errno.ENODEV : Errno.EOPNOTSUPP;
        if (!process.HasCapability(Capability.NetAdmin)) return Errno.EPERM;
        if (InterfaceRequests.Find(host, argument) is not { } device) return Errno.ENODEV;
        ReadOnlySpan<byte> value = argument[NameLength..];
        int number = BinaryPrimitives.ReadInt32LittleEndian(value);
        switch (request)
        {
            case IoControl.SIOCSIFFLAGS:
                return SetFlags(device, argument, (ushort)number, isIPv4);
            case IoControl.SIOCSIFMTU:
                return device.SetMtu((uint)number);
            case IoControl.SIOCSIFTXQLEN when number >= 0:
                device.SetQueueLength(number);
                return 0;
            case IoControl.SIOCSIFTXQLEN:
                return Errno.EINVAL;
            case IoControl.SIOCSIFHWADDR:
                return (ushort)number == InterfaceFlags.HardwareOf(device) ? device.SetLinkAddress(MacAddress.Read(value[2..])) : Errno.EINVAL;
            case IoControl.SIOCSIFNAME:
                return SetName(host, device, InterfaceRequests.LabelOf(value));
            default:
                return Errno.EOPNOTSUPP;
        }
    }

    /// <summary>An alias, which sockets of IPv4 know, has one flag: without it, it goes. The upper half of the flags is not in the request.</summary>
    private static CallResult SetFlags(NetworkInterface device, ReadOnlySpan<byte> request, ushort flags, bool isIPv4)
    {
        if (!isIPv4 || !InterfaceRequests.LabelOf(request).Contains(':', StringComparison.Ordinal)) return device.SetFlags(InterfaceFlags.Of(device) & ~ushort.MaxValue | flags);
        if (InterfaceRequests.LabelledIPv4(device, request) is not { } alias) return Errno.EADDRNOTAVAIL;
        return (flags & InterfaceFlags.IFF_UP) != 0 ? Errno.None : device.RemoveAddress(alias.Address);
    }

    private static CallResult SetName(StackHost host, NetworkInterface device, string name)
    {
        if (name == device.Name) return 0;
        if (name.Length is 0 or >= NameLength || name is "." or ".." || name.AsSpan().ContainsAny(" /:")) return Errno.EINVAL;
        // The name of a device of a host is fixed.
        return host.Interfaces.Find(name) is null ? Errno.EOPNOTSUPP : Errno.EEXIST;
    }
}
