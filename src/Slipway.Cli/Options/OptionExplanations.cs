using Slipway.Conformance;
using Slipway.Sockets;

namespace Slipway.Cli;

/// <summary>Differences between the systems that are as they should be, and why: each names its entry in docs/linux-differences.md.</summary>
internal static class OptionExplanations
{
    /// <summary>Why the systems do not agree; null if nothing explains it.</summary>
    public static LinuxDifference? Find(OptionComparison row)
    {
        OptionReading linux = row.Linux!.Value, slipway = row.Slipway!.Value;
        if (!linux.HasSocket || !slipway.HasSocket) return LinuxDifference.NoSuchSocket;
        if (!row.Option.SupportedByStack) return slipway.Value is nameof(Errno.ENOPROTOOPT) or "" && !slipway.IsSettable ? LinuxDifference.RefusedOptions : null;
        // The kernel lets root repair connections; a virtual host answers everybody as who may not.
        if (row.Option.Name == "TCP_REPAIR") return LinuxDifference.RefusedOptions;
        if (linux.Value == nameof(Errno.ENOPROTOOPT)) return LinuxDifference.UnknownToKernel;
        bool sameValue = linux.Value == slipway.Value && linux.Length == slipway.Length;
        if (sameValue && !linux.IsSettable && row.Option.Privilege != SocketOptionPrivilege.None && !Environment.IsPrivilegedProcess) return LinuxDifference.NoPrivilege;
        if (row.Option.Default.StartsWith("net.", StringComparison.Ordinal) && linux.IsSettable == slipway.IsSettable) return LinuxDifference.Settings;
        return OwnValues.Contains(row.Option.Level, row.Option.Number) ? LinuxDifference.OwnValue : null;
    }
}
