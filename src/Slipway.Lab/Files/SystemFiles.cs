using System.Globalization;
using System.Text;
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
        // A virtual process has one network, whichever thread asks.
        const string OfThread = "/proc/thread-self/net/";
        if (path.StartsWith(OfThread, StringComparison.Ordinal)) path = string.Concat("/proc/net/", path.AsSpan(OfThread.Length));
        return path switch
        {
            "/proc/net/snmp" => host.Stack.Counters.FormatSnmp(),
            "/proc/net/snmp6" => host.Stack.Counters.FormatSnmp6(),
            "/proc/net/netstat" => host.Stack.Counters.FormatNetstat(),
            "/proc/net/anycast6" => FormatAnycast(host),
            _ => null,
        };
    }

    private static string FormatAnycast(Host host)
    {
        var text = new StringBuilder();
        foreach (NetworkInterface device in host.Stack.Interfaces)
        {
            foreach (AnycastAddress address in device.AnycastAddresses)
                text.Append(CultureInfo.InvariantCulture, $"{device.Index,-4} {device.Name,-15} {address.Address.High:x16}{address.Address.Low:x16} {address.Users,5}\n");
        }
        return text.ToString();
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
