using Slipway.Sockets;

namespace Slipway.Cli;

/// <summary>Differences between the systems that are as they should be, and why.</summary>
internal static class OptionExplanations
{
    // What a virtual host answers, by design, otherwise than this kernel.
    private static readonly Dictionary<string, string> ByName = new(StringComparer.Ordinal)
    {
        ["SO_COOKIE"] = "a number of its own for every socket",
        ["SO_INCOMING_CPU"] = "a virtual host has no CPUs to tell apart",
        ["TCP_TIMESTAMP"] = "a clock that each system starts for itself",
        ["TCP_INFO"] = "holds the times since things happened that never did: each system counts from its start",
        ["SO_INCOMING_NAPI_ID"] = "a virtual host has no receive queues of hardware",
    };

    /// <summary>Why the systems do not agree; null if nothing explains it.</summary>
    public static string? Find(OptionComparison row)
    {
        OptionReading linux = row.Linux!.Value, slipway = row.Slipway!.Value;
        if (!linux.HasSocket) return linux.Value is "EPERM" or "EACCES" ? "this process may not open such a socket" : "this kernel has no such socket";
        if (!slipway.HasSocket) return "a virtual host has no such socket";
        if (!row.Option.SupportedByStack) return slipway.Value is "ENOPROTOOPT" or "" && !slipway.IsSettable ? "a virtual host refuses it as unknown" : null;
        if (linux.Value == nameof(Errno.ENOPROTOOPT)) return "this kernel does not know it";
        bool sameValue = linux.Value == slipway.Value && linux.Length == slipway.Length;
        if (sameValue && !linux.IsSettable && row.Option.Privilege != SocketOptionPrivilege.None && !Environment.IsPrivilegedProcess)
            return $"this process lacks the privilege ({row.Option.Privilege})";
        if (row.Option.Default.StartsWith("net.", StringComparison.Ordinal) && linux.IsSettable == slipway.IsSettable)
            return $"follows {row.Option.Default} of the machine";
        return ByName.GetValueOrDefault(row.Option.Name);
    }
}
