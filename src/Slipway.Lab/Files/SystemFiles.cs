using Slipway.Sockets;
using Slipway.Stack;

namespace Slipway.Lab;

/// <summary>The files below /proc through which a host shows its settings and counters (proc_sys_net(5), proc_pid_net(5)).</summary>
internal static class SystemFiles
{
    private const string SysctlRoot = "/proc/sys/";

    public static string? Read(string path, Host host)
    {
        using LoopScope scope = host.Stack.Loop.Enter();
        if (path.StartsWith(SysctlRoot, StringComparison.Ordinal))
            return host.Stack.Sysctl.Get(path[SysctlRoot.Length..], out string text) == Errno.None ? text + "\n" : null;
        return path switch
        {
            "/proc/net/snmp" => host.Stack.Counters.FormatSnmp(),
            "/proc/net/snmp6" => host.Stack.Counters.FormatSnmp6(),
            "/proc/net/netstat" => host.Stack.Counters.FormatNetstat(),
            _ => null,
        };
    }

    public static bool IsBelow(string path) => path.StartsWith("/proc/", StringComparison.Ordinal);

    /// <summary>Changes a setting; counters cannot be written.</summary>
    public static bool Write(string path, string text, Host host)
    {
        if (!path.StartsWith(SysctlRoot, StringComparison.Ordinal)) return false;
        using LoopScope scope = host.Stack.Loop.Enter();
        return host.Stack.Sysctl.Set(path[SysctlRoot.Length..], text) == Errno.None;
    }
}
