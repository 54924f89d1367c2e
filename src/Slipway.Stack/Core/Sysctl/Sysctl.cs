using System.Diagnostics.CodeAnalysis;
using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>
/// The sysctl tree of one host: the settings that a real machine has under /proc/sys/net, with its names, defaults and ranges. Protocol code
/// reads them by typed handles (<c>host.Sysctl.Core.RmemMax.Value</c>); programs read and write them as text by path.
/// </summary>
/// <remarks>Only what acts is here: a name that the stack does not know is ENOENT, never a value without effect. Owner of the loop only.</remarks>
public sealed class Sysctl
{
    private readonly SortedDictionary<string, SysctlEntry> _entries = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, InterfaceSysctl> _interfaces = new(StringComparer.Ordinal);

    /// <summary>Makes a tree with the kernel's defaults.</summary>
    public Sysctl()
    {
        Core = new CoreSysctl(this);
        IPv4 = new IPv4Sysctl(this);
        IPv6 = new IPv6Sysctl(this);
        Tcp = new TcpSysctl(this);
        Unix = new UnixSysctl(this);
    }

    /// <summary><c>net.core</c>.</summary>
    public CoreSysctl Core { get; }

    /// <summary><c>net.ipv4</c>.</summary>
    public IPv4Sysctl IPv4 { get; }

    /// <summary><c>net.ipv6</c>.</summary>
    public IPv6Sysctl IPv6 { get; }

    /// <summary><c>net.ipv4.tcp_*</c>.</summary>
    public TcpSysctl Tcp { get; }

    /// <summary><c>net.unix</c>.</summary>
    public UnixSysctl Unix { get; }

    /// <summary>All paths with their entries, in order; an entry with two names appears under both.</summary>
    public IEnumerable<KeyValuePair<string, SysctlEntry>> Paths => _entries;

    /// <summary>The settings of the interfaces that there are now.</summary>
    internal IEnumerable<InterfaceSysctl> Interfaces => _interfaces.Values;

    /// <summary>
    /// Finds an entry by <c>net.ipv4.ip_forward</c>, <c>net/ipv4/ip_forward</c> or <c>/proc/sys/net/ipv4/ip_forward</c>. As for sysctl(8), the first
    /// separator decides which one separates; the other is then part of a name, so that <c>net/ipv4/conf/eth0.5/forwarding</c> works.
    /// </summary>
    public bool TryFind(string path, [NotNullWhen(true)] out SysctlEntry? entry)
    {
        ArgumentNullException.ThrowIfNull(path);
        return _entries.TryGetValue(Normalize(path), out entry);
    }

    /// <summary>Reads a value as text, without the newline that /proc has after it.</summary>
    /// <returns>ENOENT: no such entry; EISDIR: the path names a directory; EIO: a secret that was not set.</returns>
    public Errno Get(string path, out string text)
    {
        bool found = TryFind(path, out SysctlEntry? entry);
        text = found ? entry!.Text : "";
        return found ? entry!.ReadError : Missing(path);
    }

    /// <summary>Sets a value from text.</summary>
    /// <returns>ENOENT: no such entry; EISDIR: the path names a directory; EINVAL: not a value of its type, or out of range.</returns>
    public Errno Set(string path, ReadOnlySpan<char> text) => TryFind(path, out SysctlEntry? entry) ? entry.Set(text) : Missing(path);

    /// <summary>Adds the settings of an interface, beginning with those under <c>default</c>.</summary>
    /// <exception cref="ArgumentException">There is one of that name.</exception>
    public InterfaceSysctl AddInterface(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (_interfaces.ContainsKey(name) || name is "all" or "default") throw new ArgumentException($"There is an interface '{name}' already.", nameof(name));
        var settings = new InterfaceSysctl(this, name);
        _interfaces.Add(name, settings);
        return settings;
    }

    /// <summary>Removes the settings of an interface.</summary>
    public void RemoveInterface(string name)
    {
        if (!_interfaces.Remove(name)) return;
        foreach (string kind in (ReadOnlySpan<string>)["net/ipv4/conf/", "net/ipv4/neigh/", "net/ipv6/conf/", "net/ipv6/neigh/"])
        {
            string prefix = kind + name + "/";
            foreach (string path in _entries.Keys.Where(p => p.StartsWith(prefix, StringComparison.Ordinal)).ToArray()) _entries.Remove(path);
        }
    }

    internal T Add<T>(T entry) where T : SysctlEntry
    {
        _entries.Add(entry.Path, entry);
        return entry;
    }

    internal void AddAlias(string path, SysctlEntry entry) => _entries.Add(path, entry);

    private Errno Missing(string path)
    {
        string prefix = Normalize(path).TrimEnd('/') + "/";
        return _entries.Keys.Any(p => p.StartsWith(prefix, StringComparison.Ordinal)) ? Errno.EISDIR : Errno.ENOENT;
    }

    private static string Normalize(string path)
    {
        const string Root = "/proc/sys/";
        if (path.StartsWith(Root, StringComparison.Ordinal)) return path[Root.Length..];
        int separator = path.AsSpan().IndexOfAny('.', '/');
        if (separator < 0 || path[separator] == '/') return path;
        return string.Create(path.Length, path, static (target, source) =>
        {
            for (int i = 0; i < target.Length; i++) target[i] = source[i] switch { '.' => '/', '/' => '.', char c => c };
        });
    }
}
