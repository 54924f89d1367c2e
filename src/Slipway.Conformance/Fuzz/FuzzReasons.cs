using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>Which differences of a call between the kernel and the stack are as they should be, and what is hidden because each system chooses it for itself.</summary>
internal static class FuzzReasons
{
    private static readonly HashSet<(int Level, int Name)> s_ownValues =
    [
        (SocketLevel.SOL_SOCKET, SocketOptionName.SO_COOKIE), (SocketLevel.SOL_SOCKET, SocketOptionName.SO_NETNS_COOKIE), (SocketLevel.SOL_SOCKET, SocketOptionName.SO_INCOMING_CPU),
        (SocketLevel.SOL_SOCKET, SocketOptionName.SO_INCOMING_NAPI_ID), (SocketLevel.SOL_SOCKET, SocketOptionName.SO_MEMINFO), (SocketLevel.SOL_SOCKET, SocketOptionName.SO_PEERPIDFD),
        (SocketLevel.IPPROTO_TCP, SocketOptionName.TCP_INFO), (SocketLevel.IPPROTO_TCP, SocketOptionName.TCP_TIMESTAMP),
    ];

    /// <summary>Whether an option's value is each system's own: its length is compared, its bytes are not.</summary>
    public static bool HidesValue(int level, int name) => s_ownValues.Contains((level, name));

    /// <summary>Whether a control message carries what is each system's own: a time.</summary>
    public static bool HidesMessage(int level, int type) => level == SocketLevel.SOL_SOCKET && type is
        SocketOptionName.SO_TIMESTAMP or SocketOptionName.SO_TIMESTAMPNS or SocketOptionName.SO_TIMESTAMPING
        or SocketOptionName.SO_TIMESTAMP_NEW or SocketOptionName.SO_TIMESTAMPNS_NEW or SocketOptionName.SO_TIMESTAMPING_NEW;

    /// <summary>Why a call's two outcomes differ, if that is as it should be.</summary>
    public static LinuxDifference? Find(FuzzCall call, FuzzOutcome kernel, FuzzOutcome stack) => call switch
    {
        GetCall get => OfOption(get.Level, get.Name, kernel, stack),
        SetCall set => OfOption(set.Level, set.Name, kernel, stack),
        SendCall { Form: > 0 } send when (send.Flags & MessageFlags.MSG_FASTOPEN) != 0 && stack.Error == Errno.EOPNOTSUPP => LinuxDifference.FastOpen,
        _ => null,
    };

    private static LinuxDifference? OfOption(int level, int name, FuzzOutcome kernel, FuzzOutcome stack)
    {
        bool isRefused = stack.Error is Errno.ENOPROTOOPT or Errno.EOPNOTSUPP;
        SocketOptionDefinition? row = SocketOptions.Find(level, name);
        if (isRefused && row is { SupportedByStack: false }) return LinuxDifference.RefusedOptions;
        if (isRefused && row is null && kernel.Error != Errno.ENOPROTOOPT) return LinuxDifference.OptionsWithoutRow;
        return null;
    }
}
