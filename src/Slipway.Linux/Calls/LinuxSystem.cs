using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>
/// The machine's kernel as a <see cref="SocketSystem"/>: every call is the system call of its name, with the lengths given and the errno that came back.
/// </summary>
/// <remarks>
/// <para>Descriptors are the numbers of this operating-system process, which the .NET runtime uses too: close none that this system did not give.
/// A descriptor that asynchronous waits use is to be closed with <see cref="Close"/> of this class, which ends those waits with POLLNVAL.</para>
/// <para>A call that waits with a time limit may, once in a very long while, give EINTR though the program handles no signal: the runtime stops threads by a signal of its own.
/// Calls without a limit go on by themselves, because that signal's handler has SA_RESTART.</para>
/// </remarks>
public sealed partial class LinuxSystem : SocketSystem
{
    private const int OwnerLength = 8;

    private readonly NetworkNamespace? _namespace;

    private LinuxSystem(NetworkNamespace? networkNamespace) => _namespace = networkNamespace;

    /// <summary>The sockets of this process, in the network namespace that the process runs in.</summary>
    public static LinuxSystem Current { get; } = new(null);

    /// <summary>The same process's sockets, but new ones open in another network namespace. A socket belongs to the namespace in which it was opened, whoever uses it.</summary>
    public static LinuxSystem In(NetworkNamespace networkNamespace)
    {
        ArgumentNullException.ThrowIfNull(networkNamespace);
        return new LinuxSystem(networkNamespace);
    }

    /// <summary>Runs a program on the machine's kernel, on this thread: SIGINT and SIGTERM ask it to stop.</summary>
    /// <returns>The status that the program set, 0 unless it did.</returns>
    public static int Run(Action<HostProcess> program, LinuxProcessOptions? options = null)
    {
        using var process = new LinuxProcess(options ?? new LinuxProcessOptions { StopsOnSignals = true });
        return process.Run(program);
    }

    /// <summary>Runs an asynchronous program on the machine's kernel and waits for its end: SIGINT and SIGTERM ask it to stop.</summary>
    /// <returns>The status that the program set, 0 unless it did.</returns>
    public static int Run(Func<HostProcess, Task> program, LinuxProcessOptions? options = null)
    {
        using var process = new LinuxProcess(options ?? new LinuxProcessOptions { StopsOnSignals = true });
        return process.RunAsync(program).GetAwaiter().GetResult();
    }

    /// <inheritdoc/>
    public override CallResult Socket(AddressFamily family, SocketType type, int protocol)
    {
        using NetworkNamespace.Visit visit = NetworkNamespace.Enter(_namespace);
        return Libc.Result(Libc.Socket((int)family, (int)type, protocol));
    }

    /// <inheritdoc/>
    public override unsafe Errno SocketPair(AddressFamily family, SocketType type, int protocol, out int first, out int second)
    {
        int* pair = stackalloc int[2] { -1, -1 };
        using NetworkNamespace.Visit visit = NetworkNamespace.Enter(_namespace);
        Errno error = Libc.Status(Libc.SocketPair((int)family, (int)type, protocol, pair));
        first = pair[0];
        second = pair[1];
        return error;
    }

    /// <inheritdoc/>
    public override Errno Close(int descriptor)
    {
        WatchedDescriptor? watched = ReadinessEngine.BeginClose(descriptor);
        Errno error = Libc.Status(Libc.Close(descriptor));
        watched?.EndClose();
        return error;
    }

    /// <inheritdoc/>
    public override CallResult Duplicate(int descriptor) => Libc.Result(Libc.Dup(descriptor));

    /// <inheritdoc/>
    public override CallResult Duplicate2(int descriptor, int target)
    {
        WatchedDescriptor? watched = Replaces(descriptor, target) ? ReadinessEngine.BeginClose(target) : null;
        CallResult result = Libc.Result(Libc.Dup2(descriptor, target));
        watched?.EndClose();
        return result;
    }

    /// <inheritdoc/>
    public override CallResult Duplicate3(int descriptor, int target, int flags)
    {
        bool valid = (flags & ~FileControl.O_CLOEXEC) == 0;
        WatchedDescriptor? watched = valid && Replaces(descriptor, target) ? ReadinessEngine.BeginClose(target) : null;
        CallResult result = Libc.Result(Libc.Dup3(descriptor, target, flags));
        watched?.EndClose();
        return result;
    }

    /// <inheritdoc/>
    public override unsafe CallResult Fcntl(int descriptor, int command, int argument)
    {
        if (command == FileControl.F_GETOWN) return Owner(descriptor);
        // A number where the kernel expects an address: the null address gives EFAULT for certain.
        nint value = TakesStructure(command) ? 0 : argument;
        return Libc.Result(Libc.Fcntl(descriptor, command, value));
    }

    /// <inheritdoc/>
    public override unsafe CallResult Fcntl(int descriptor, int command, Span<byte> argument)
    {
        if (command is not (FileControl.F_SETOWN_EX or FileControl.F_GETOWN_EX))
            return Libc.Fcntl(descriptor, FileControl.F_GETFD, 0) < 0 ? Libc.LastError : Errno.EINVAL;
        fixed (byte* structure = argument)
            return Libc.Result(Libc.Fcntl(descriptor, command, argument.Length < OwnerLength ? 0 : (nint)structure));
    }

    /// <inheritdoc/>
    public override unsafe Errno Seek(int descriptor, long offset) => Libc.LSeek(descriptor, offset, 0) < 0 ? Libc.LastError : Errno.None;

    /// <inheritdoc/>
    public override Errno Sync(int descriptor) => Libc.Status(Libc.FSync(descriptor));

    /// <inheritdoc/>
    public override Errno Truncate(int descriptor, long length) => Libc.Status(Libc.FTruncate(descriptor, length));

    /// <inheritdoc/>
    public override IReadOnlyList<NetworkInterfaceInfo> GetInterfaces()
    {
        using NetworkNamespace.Visit visit = NetworkNamespace.Enter(_namespace);
        using var socket = new RouteSocket();
        return InterfaceTable.Read(socket);
    }

    // dup2 closes its target only if there is something to put in its place.
    private static bool Replaces(int descriptor, int target) => descriptor != target && Libc.Fcntl(descriptor, FileControl.F_GETFD, 0) >= 0;

    private static unsafe CallResult Owner(int descriptor)
    {
        int* owner = stackalloc int[2];
        if (Libc.Fcntl(descriptor, FileControl.F_GETOWN_EX, (nint)owner) < 0) return Libc.LastError;
        return owner[0] == FileControl.F_OWNER_PGRP ? -owner[1] : owner[1];
    }

    // The commands of fcntl(2) whose argument is an address: locks (5-7, 36-38), owners (15-17), hints (1035-1038).
    private static bool TakesStructure(int command)
        => command is (>= 5 and <= 7) or (>= 15 and <= 17) or (>= 36 and <= 38) or (>= 1035 and <= 1038);
}
