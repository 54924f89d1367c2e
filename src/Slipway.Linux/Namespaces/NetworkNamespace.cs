using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>A network namespace of the kernel (network_namespaces(7)): interfaces, addresses, routes, ports and sysctls of its own. It needs CAP_SYS_ADMIN.</summary>
/// <remarks>Methods that change the network throw <see cref="SocketCallException"/> with the errno of rtnetlink(7): EEXIST, ENODEV, EPERM, EINVAL.</remarks>
public sealed partial class NetworkNamespace : IDisposable
{
    private const int CloneNewNet = 0x40000000;

    [ThreadStatic]
    private static NetworkNamespace? s_current;

    private readonly FileDescriptor _file;
    private readonly Lock _lock = new();
    private RouteSocket? _route;

    private NetworkNamespace(FileDescriptor file) => _file = file;

    /// <summary>The namespace that the process runs in: where threads are that have entered no other.</summary>
    public static NetworkNamespace Initial { get; } = new(OpenOwn("/proc/self/ns/net\0"u8));

    /// <summary>The namespace where the calling thread is.</summary>
    public static NetworkNamespace OfThread => s_current ?? Initial;

    /// <summary>
    /// Makes a namespace: empty but for the loopback device, which is up. Duplicate address detection and router solicitation are off in it, so that addresses
    /// work at once and nothing is sent that no program asked for.
    /// </summary>
    /// <exception cref="SocketCallException">EPERM without CAP_SYS_ADMIN.</exception>
    public static NetworkNamespace Create()
    {
        NetworkNamespace before = OfThread; // opened before the thread leaves it
        if (Libc.Unshare(CloneNewNet) < 0) throw new SocketCallException(Libc.LastError, "unshare(CLONE_NEWNET)");
        NetworkNamespace made;
        try
        {
            made = new NetworkNamespace(OpenOwn("/proc/thread-self/ns/net\0"u8));
        }
        finally
        {
            Switch(before);
        }
        made.SetUp("lo");
        made.WriteSysctl("net.ipv6.conf.default.accept_dad", "0", required: false);
        made.WriteSysctl("net.ipv6.conf.default.router_solicitations", "0", required: false);
        return made;
    }

    /// <summary>Takes the calling thread into the namespace until the visit is disposed, on the same thread. Sockets opened meanwhile belong to it.</summary>
    /// <exception cref="SocketCallException">EPERM without CAP_SYS_ADMIN.</exception>
    /// <exception cref="ObjectDisposedException">The namespace was let go.</exception>
    public Visit Enter()
    {
        NetworkNamespace before = OfThread;
        if (before == this) return default;
        Switch(this);
        return new Visit(before);
    }

    /// <summary>Runs something in the namespace, on this thread.</summary>
    public void Run(Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        using Visit visit = Enter();
        action();
    }

    /// <summary>The value of a sysctl of this namespace.</summary>
    /// <param name="name">With dots, as sysctl(8) has it: <c>net.ipv4.ip_forward</c>. A slash stands for a dot within an interface's name.</param>
    /// <exception cref="IOException">There is no such sysctl.</exception>
    public string ReadSysctl(string name)
    {
        using Visit visit = Enter();
        return File.ReadAllText(SysctlPath(name)).TrimEnd('\n');
    }

    /// <summary>Sets a sysctl of this namespace.</summary>
    /// <param name="name">As for <see cref="ReadSysctl"/>.</param>
    /// <param name="value">The text written to it.</param>
    /// <exception cref="IOException">There is no such sysctl, or it refuses the value.</exception>
    public void WriteSysctl(string name, string value) => WriteSysctl(name, value, required: true);

    /// <summary>Lets the namespace go. The kernel removes it, with its interfaces, when no socket and no thread is left in it.</summary>
    public void Dispose()
    {
        if (this == Initial) return;
        lock (_lock) _route?.Dispose();
        _file.Dispose();
    }

    /// <summary>Sets a sysctl that the kernel may have been built without.</summary>
    internal void WriteSysctl(string name, string value, bool required)
    {
        using Visit visit = Enter();
        string path = SysctlPath(name);
        if (required || File.Exists(path)) File.WriteAllText(path, value);
    }

    internal static Visit Enter(NetworkNamespace? target) => target is null ? default : target.Enter();

    // Files below /proc/sys/net show the namespace of the thread that opens them.
    private static string SysctlPath(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        string path = string.Create(name.Length, name, static (span, source) =>
        {
            for (int i = 0; i < span.Length; i++) span[i] = source[i] switch { '.' => '/', '/' => '.', char other => other };
        });
        return path.StartsWith("net/", StringComparison.Ordinal)
            ? "/proc/sys/" + path
            : throw new ArgumentException($"'{name}' is not a sysctl of the network: it must begin with net.", nameof(name));
    }

    private static void Switch(NetworkNamespace target)
    {
        ObjectDisposedException.ThrowIf(target._file.IsClosed, target);
        using var hold = new FileDescriptor.Hold(target._file);
        if (Libc.SetNs(hold.Number, CloneNewNet) < 0) throw new SocketCallException(Libc.LastError, "setns");
        s_current = target;
    }

    private static unsafe FileDescriptor OpenOwn(ReadOnlySpan<byte> path)
    {
        const int ReadOnlyCloseOnExec = 0x80000;
        fixed (byte* name = path)
        {
            int descriptor = Libc.Open(name, ReadOnlyCloseOnExec, 0);
            return descriptor >= 0 ? new FileDescriptor(descriptor) : throw new SocketCallException(Libc.LastError, "open(/proc/self/ns/net)");
        }
    }

    /// <summary>A stay of a thread in a namespace. Disposed on the thread that began it.</summary>
    public readonly ref struct Visit
    {
        private readonly NetworkNamespace? _before;

        internal Visit(NetworkNamespace before) => _before = before;

        /// <summary>Takes the thread back to where it was.</summary>
        public void Dispose()
        {
            if (_before is not null) Switch(_before);
        }
    }
}
