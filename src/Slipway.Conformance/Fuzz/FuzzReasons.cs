using System.Buffers.Binary;
using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>Which differences of a call between the kernel and the stack are as they should be, and what is hidden because each system chooses it for itself.</summary>
internal static class FuzzReasons
{
    /// <summary>Whether a control message carries what is each system's own: a flow label that was made, the sum of an ICMP message with an identifier of the system's, a time.</summary>
    public static bool HidesMessage(int level, int type) =>
        (level, type) is (SocketLevel.IPPROTO_IPV6, SocketOptionName.IPV6_FLOWINFO) or (SocketLevel.IPPROTO_IP, SocketOptionName.IP_CHECKSUM) || level == SocketLevel.SOL_SOCKET && type is
        SocketOptionName.SO_TIMESTAMP or SocketOptionName.SO_TIMESTAMPNS or SocketOptionName.SO_TIMESTAMPING
        or SocketOptionName.SO_TIMESTAMP_NEW or SocketOptionName.SO_TIMESTAMPNS_NEW or SocketOptionName.SO_TIMESTAMPING_NEW;

    /// <summary>Why a call's two outcomes differ, if that is as it should be.</summary>
    public static LinuxDifference? Find(FuzzCall call, FuzzOutcome kernel, FuzzOutcome stack) => call switch
    {
        GetCall get => OfOption(get.Level, get.Name, kernel, stack),
        SetCall set => OfOption(set.Level, set.Name, kernel, stack),
        IoctlCall { Request: IoControl.FIONREAD } when kernel.Succeeded && stack.Succeeded && IsLong(kernel) && IsLong(stack) => LinuxDifference.StreamWindows,
        IoctlCall { ChangesHost: true } change when kernel.Succeeded && stack.Error == Errno.EINVAL && IsRefused(change) => LinuxDifference.RefusedChanges,
        SendCall { Form: 2 } send when stack.Error == Errno.EINVAL && send.Control.Any(IsRefused) => LinuxDifference.RefusedMessages,
        _ => null,
    };

    /// <summary>Whether FIONREAD tells of more than any datagram holds.</summary>
    private static bool IsLong(FuzzOutcome outcome) => outcome.Text.Length >= 11 && outcome.Text[8] != '0' | outcome.Text[7] != '0';

    /// <summary>Control messages that Linux takes and a virtual host does not.</summary>
    private static bool IsRefused(FuzzControl message) => (message.Level, message.Type) is
        (SocketLevel.SOL_SOCKET, SocketOptionName.SO_TIMESTAMPING) or (SocketLevel.IPPROTO_IPV6, SocketOptionName.IPV6_RTHDR);

    /// <summary>Changes of an interface that Linux' loopback takes and a virtual host does not: the address of all, and an MTU that no packet of IPv4 fits.</summary>
    private static bool IsRefused(IoctlCall change)
    {
        const int ValueOffset = 16, AddressOffset = 20, LeastMtu = 68;
        return change.Request switch
        {
            IoControl.SIOCSIFADDR => BinaryPrimitives.ReadUInt32LittleEndian(change.Argument.AsSpan(AddressOffset)) == uint.MaxValue,
            IoControl.SIOCSIFMTU => BinaryPrimitives.ReadUInt32LittleEndian(change.Argument.AsSpan(ValueOffset)) is < LeastMtu or > ushort.MaxValue + 1,
            _ => false,
        };
    }

    private static LinuxDifference? OfOption(int level, int name, FuzzOutcome kernel, FuzzOutcome stack)
    {
        if (kernel.Succeeded && stack.Succeeded && level == SocketLevel.SOL_SOCKET && name is SocketOptionName.SO_RCVTIMEO or SocketOptionName.SO_SNDTIMEO or SocketOptionName.SO_RCVTIMEO_NEW or SocketOptionName.SO_SNDTIMEO_NEW)
            return LinuxDifference.ExactTimes;
        if (kernel.Succeeded && stack.Succeeded && (level, name) is (SocketLevel.IPPROTO_TCP, SocketOptionName.TCP_MAXSEG or SocketOptionName.TCP_WINDOW_CLAMP) or (SocketLevel.SOL_SOCKET, SocketOptionName.SO_RCVBUF or SocketOptionName.SO_SNDBUF))
            return LinuxDifference.StreamWindows;
        if (kernel.Succeeded && stack.Error == Errno.ENOTCONN && (level, name) is (SocketLevel.IPPROTO_IP, SocketOptionName.IP_MTU) or (SocketLevel.IPPROTO_IPV6, SocketOptionName.IPV6_MTU or SocketOptionName.IPV6_PATHMTU))
            return LinuxDifference.PresentRoute;
        // Sockets of the internet have it, the others refuse it.
        if ((level, name) is (SocketLevel.SOL_SOCKET, SocketOptionName.SO_TIMESTAMPING or SocketOptionName.SO_TIMESTAMPING_NEW) && stack.Error == Errno.ENOPROTOOPT) return LinuxDifference.RefusedOptions;
        // An acknowledgment that is due at once leaves at the next tick on Linux, and with it the mode that this tells of.
        if (kernel.Succeeded && stack.Succeeded && (level, name) is (SocketLevel.IPPROTO_TCP, SocketOptionName.TCP_QUICKACK)) return LinuxDifference.ExactTimes;
        // A time of one tick is none to Linux.
        if ((level, name) is (SocketLevel.IPPROTO_TCP, SocketOptionName.TCP_RTO_MIN_US or SocketOptionName.TCP_RTO_MAX_MS or SocketOptionName.TCP_DELACK_MAX_US)) return LinuxDifference.ExactTimes;
        if ((level, name) is (SocketLevel.IPPROTO_TCP, SocketOptionName.TCP_REPAIR) or (SocketLevel.IPPROTO_UDP, SocketOptionName.UDP_ENCAP) && !stack.Succeeded) return LinuxDifference.RefusedOptions;
        bool isRefused = stack.Error is Errno.ENOPROTOOPT or Errno.EOPNOTSUPP;
        SocketOptionDefinition? row = SocketOptions.Find(level, name);
        if (isRefused && row is { SupportedByStack: false }) return LinuxDifference.RefusedOptions;
        if (isRefused && row is null && kernel.Error != Errno.ENOPROTOOPT) return LinuxDifference.OptionsWithoutRow;
        return null;
    }
}
