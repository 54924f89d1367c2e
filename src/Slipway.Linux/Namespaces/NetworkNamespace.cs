using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>A network namespace of the kernel (network_namespaces(7)): interfaces, addresses, routes and ports of its own. It needs CAP_SYS_ADMIN.</summary>
public sealed partial class NetworkNamespace : IDisposable
{
    [ThreadStatic]
    private static NetworkNamespace? s_current;

    private readonly int _descriptor;
    private int _closed;

    private NetworkNamespace(int descriptor) => _descriptor = descriptor;

    /// <summary>The namespace that the process runs in: where threads are that have entered no other.</summary>
    public static NetworkNamespace Initial { get; } = OpenInitial();

    /// <summary>Takes the calling thread into the namespace until the visit is disposed, on the same thread. Sockets opened meanwhile belong to it.</summary>
    /// <exception cref="SocketCallException">EPERM without CAP_SYS_ADMIN; EBADF once disposed.</exception>
    public Visit Enter()
    {
        NetworkNamespace before = s_current ?? Initial;
        if (before == this) return default;
        Switch(this);
        return new Visit(before);
    }

    internal static Visit Enter(NetworkNamespace? target) => target is null ? default : target.Enter();

    private static void Switch(NetworkNamespace target)
    {
        const int CloneNewNet = 0x40000000;
        if (Libc.SetNs(target._descriptor, CloneNewNet) < 0) throw new SocketCallException(Libc.LastError, "setns");
        s_current = target;
    }

    private static unsafe NetworkNamespace OpenInitial() => new(OpenOwn("/proc/self/ns/net\0"u8));

    private static unsafe int OpenOwn(ReadOnlySpan<byte> path)
    {
        const int ReadOnlyCloseOnExec = 0x80000;
        fixed (byte* name = path)
        {
            int descriptor = Libc.Open(name, ReadOnlyCloseOnExec, 0);
            return descriptor >= 0 ? descriptor : throw new SocketCallException(Libc.LastError, "open(/proc/self/ns/net)");
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

    /// <summary>Lets the namespace go. The kernel removes it, with its interfaces, when no socket and no thread is left in it.</summary>
    public void Dispose()
    {
        if (this != Initial && Interlocked.Exchange(ref _closed, 1) == 0) _ = Libc.Close(_descriptor);
    }
}
