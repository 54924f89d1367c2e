using Microsoft.Win32.SafeHandles;

namespace Slipway.Sockets;

/// <summary>
/// A process's system calls for sockets: Linux's own calls in their own shape, spans for pointers with lengths, <see cref="Errno"/> for errno.
/// A system is either the machine's kernel or a virtual host, and a program that uses it cannot tell which.
/// </summary>
/// <remarks>
/// <para>Descriptors are numbers in the process's own table. A call waits unless the open description has O_NONBLOCK, or the call
/// MSG_DONTWAIT, or a timeout (SO_RCVTIMEO, SO_SNDTIMEO) ends the wait. Each method names its manual page; the errors are those that the page lists, and no call throws
/// for them. Where C passes a pointer with a length that may be wrong, the length stays a parameter (<c>ref int length</c>): it is the caller's claim, and at most the
/// span is used.</para>
/// <para>Most programs use <see cref="Sockets.Socket"/>, which stands on these calls.</para>
/// </remarks>
public abstract class SocketSystem
{
    /// <summary>socket(2). The lowest free descriptor.</summary>
    /// <returns>The descriptor, or EAFNOSUPPORT, ESOCKTNOSUPPORT, EPROTONOSUPPORT, EINVAL, EPERM, EMFILE, ENFILE, ENOBUFS.</returns>
    public abstract CallResult Socket(AddressFamily family, SocketType type, int protocol);

    /// <summary>socketpair(2): two connected nameless sockets, in local domains only.</summary>
    public abstract Errno SocketPair(AddressFamily family, SocketType type, int protocol, out int first, out int second);

    /// <summary>close(2). The socket ends with its last descriptor.</summary>
    public abstract Errno Close(int descriptor);

    /// <summary>dup(2).</summary>
    public abstract CallResult Duplicate(int descriptor);

    /// <summary>dup2(2): <paramref name="target"/> is closed first if it was open.</summary>
    public abstract CallResult Duplicate2(int descriptor, int target);

    /// <summary>dup3(2): as dup2, with O_CLOEXEC or 0; equal numbers fail with EINVAL.</summary>
    public abstract CallResult Duplicate3(int descriptor, int target, int flags);

    /// <summary>fcntl(2) with an int argument; see <see cref="FileControl"/>. F_GETOWN gives a group as a negative value.</summary>
    public abstract CallResult Fcntl(int descriptor, int command, int argument);

    /// <summary>fcntl(2) with a structure: F_SETOWN_EX, F_GETOWN_EX.</summary>
    public abstract CallResult Fcntl(int descriptor, int command, Span<byte> argument);

    /// <summary>ioctl(2); see <see cref="IoControl"/>. A span that is shorter than the request's structure fails with EFAULT.</summary>
    public abstract CallResult Ioctl(int descriptor, uint request, Span<byte> argument);

    /// <summary>bind(2).</summary>
    public abstract Errno Bind(int descriptor, ReadOnlySpan<byte> address);

    /// <summary>connect(2).</summary>
    public abstract Errno Connect(int descriptor, ReadOnlySpan<byte> address);

    /// <summary>listen(2).</summary>
    public abstract Errno Listen(int descriptor, int backlog);

    /// <summary>accept4(2). <paramref name="length"/>: the caller's room in, the true length out. Flags: SOCK_NONBLOCK, SOCK_CLOEXEC.</summary>
    public abstract CallResult Accept(int descriptor, Span<byte> address, ref int length, SocketType flags);

    /// <summary>getsockname(2). <paramref name="length"/>: the caller's room in, the true length out; negative fails with EINVAL.</summary>
    public abstract Errno GetSockName(int descriptor, Span<byte> address, ref int length);

    /// <summary>getpeername(2). <paramref name="length"/> as for <see cref="GetSockName"/>.</summary>
    public abstract Errno GetPeerName(int descriptor, Span<byte> address, ref int length);

    /// <summary>shutdown(2). Acts on the socket, however many descriptors it has.</summary>
    public abstract Errno Shutdown(int descriptor, ShutdownHow how);

    /// <summary>getsockopt(2). <paramref name="length"/>: the caller's room in, the copied size out; negative fails with EINVAL.</summary>
    public abstract Errno GetSockOpt(int descriptor, int level, int name, Span<byte> value, ref int length);

    /// <summary>setsockopt(2).</summary>
    public abstract Errno SetSockOpt(int descriptor, int level, int name, ReadOnlySpan<byte> value);

    /// <summary>setsockopt(2) of an option that answers in the caller's memory: IPV6_FLOWLABEL_MGR writes the label that it chose. Others leave the value as it is.</summary>
    public virtual Errno SetSockOptInPlace(int descriptor, int level, int name, Span<byte> value) => SetSockOpt(descriptor, level, name, value);

    /// <summary>setsockopt(2) of SO_ATTACH_FILTER with the instructions that struct sock_fprog points to: EINVAL for an invalid program, EPERM for a locked filter, ENOMEM.</summary>
    public abstract Errno AttachFilter(int descriptor, ReadOnlySpan<ClassicInstruction> program);

    /// <summary>setsockopt(2) of SO_ATTACH_REUSEPORT_CBPF with the instructions that struct sock_fprog points to: as <see cref="AttachFilter"/>, and EINVAL without SO_REUSEPORT.</summary>
    public abstract Errno AttachReusePortFilter(int descriptor, ReadOnlySpan<ClassicInstruction> program);

    /// <summary>
    /// setsockopt(2) of PACKET_FANOUT_DATA with the instructions that struct sock_fprog points to: the program of a group of packet sockets (packet(7)). EINVAL for an invalid program and for a
    /// socket of no such group, EPERM for a locked filter.
    /// </summary>
    public abstract Errno AttachFanoutFilter(int descriptor, ReadOnlySpan<ClassicInstruction> program);

    /// <summary>getsockopt(2) of SO_GET_FILTER: the program as it was attached. No room at all asks for the number of its instructions only; too little is EINVAL.</summary>
    /// <returns>The number of instructions, 0 without a filter; EACCES for an eBPF program.</returns>
    public abstract CallResult GetFilter(int descriptor, Span<ClassicInstruction> program);

    /// <summary>bpf(2), BPF_PROG_LOAD of a socket filter in eBPF (RFC 9669), for SO_ATTACH_BPF and SO_ATTACH_REUSEPORT_EBPF. Maps are named by their descriptors.</summary>
    /// <returns>A descriptor, or EINVAL and EACCES for a program that might not end or that reads what is not its own, E2BIG for one too long, EBADF for a map that is none, EPERM, EMFILE.</returns>
    public abstract CallResult LoadProgram(ReadOnlySpan<EbpfInstruction> program);

    /// <summary>Processors of which maps per processor hold a value each: all that may ever be there.</summary>
    public abstract int MapProcessors { get; }

    /// <summary>bpf(2), BPF_MAP_CREATE.</summary>
    /// <returns>A descriptor, or EINVAL, EPERM, EMFILE, ENOMEM, E2BIG.</returns>
    public abstract CallResult CreateMap(EbpfMapKind kind, int keySize, int valueSize, int maxEntries);

    /// <summary>bpf(2), BPF_MAP_LOOKUP_ELEM: ENOENT where there is none, EINVAL for spans that have not the sizes of the map, EBADF.</summary>
    public abstract Errno LookupElement(int map, ReadOnlySpan<byte> key, Span<byte> value);

    /// <summary>bpf(2), BPF_MAP_UPDATE_ELEM. Flags: 0 for any, 1 (BPF_NOEXIST) only a new one, else EEXIST, 2 (BPF_EXIST) only an old one, else ENOENT; E2BIG where the map is full.</summary>
    public abstract Errno UpdateElement(int map, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, long flags);

    /// <summary>bpf(2), BPF_MAP_DELETE_ELEM: ENOENT where there is none, EINVAL for an array.</summary>
    public abstract Errno DeleteElement(int map, ReadOnlySpan<byte> key);

    /// <summary>sendto(2); send(2) with an empty address.</summary>
    public abstract CallResult SendTo(int descriptor, ReadOnlySpan<byte> data, MessageFlags flags, ReadOnlySpan<byte> address);

    /// <summary>sendmsg(2).</summary>
    public abstract CallResult SendMsg(int descriptor, in SendMessage message, MessageFlags flags);

    /// <summary>recvfrom(2); recv(2) with an empty address. <paramref name="length"/>: the true length of the source out.</summary>
    public abstract CallResult RecvFrom(int descriptor, Span<byte> data, MessageFlags flags, Span<byte> address, ref int length);

    /// <summary>recvmsg(2).</summary>
    public abstract CallResult RecvMsg(int descriptor, ref ReceiveMessage message, MessageFlags flags);

    /// <summary>
    /// sendmmsg(2): several messages in one call; of more than 1024 only the first 1024. An error ends it; it is returned only where no message was sent, and the next call finds it
    /// for itself.
    /// </summary>
    /// <returns>Messages that were sent.</returns>
    public abstract CallResult SendMMsg(int descriptor, Span<OutgoingMessage> messages, MessageFlags flags);

    /// <summary>
    /// recvmmsg(2): several messages in one call. MSG_WAITFORONE waits for the first only. An error after the first message is kept as the socket's pending error.
    /// </summary>
    /// <param name="descriptor">The socket.</param>
    /// <param name="messages">Room for them.</param>
    /// <param name="flags">As for recvmsg, and MSG_WAITFORONE.</param>
    /// <param name="timeout">How long to go on, looked at only when a message has come (recvmmsg(2), BUGS); null for ever. What is left of it afterwards.</param>
    /// <returns>Messages that were received; EINVAL for a negative time.</returns>
    public abstract CallResult RecvMMsg(int descriptor, Span<IncomingMessage> messages, MessageFlags flags, ref TimeSpan? timeout);

    /// <summary>read(2). A length of 0 returns 0 at once and takes nothing.</summary>
    public abstract CallResult Read(int descriptor, Span<byte> data);

    /// <summary>write(2).</summary>
    public abstract CallResult Write(int descriptor, ReadOnlySpan<byte> data);

    /// <summary>readv(2).</summary>
    public abstract CallResult ReadV(int descriptor, ReadOnlySpan<Memory<byte>> vectors);

    /// <summary>writev(2).</summary>
    public abstract CallResult WriteV(int descriptor, ReadOnlySpan<ReadOnlyMemory<byte>> vectors);

    /// <summary>pread(2): ESPIPE on a socket, whatever the offset.</summary>
    public abstract CallResult PRead(int descriptor, Span<byte> data, long offset);

    /// <summary>pwrite(2): ESPIPE on a socket, whatever the offset.</summary>
    public abstract CallResult PWrite(int descriptor, ReadOnlySpan<byte> data, long offset);

    /// <summary>lseek(2): ESPIPE on a socket.</summary>
    public abstract Errno Seek(int descriptor, long offset);

    /// <summary>sendfile(2) from a file of the machine. A null offset reads at, and moves, nothing but the count given back: the file is read from its start.</summary>
    public abstract CallResult SendFile(int descriptor, SafeFileHandle file, ref long offset, int count);

    /// <summary>fstat(2).</summary>
    public abstract Errno Stat(int descriptor, out FileStatus status);

    /// <summary>fsync(2): EINVAL on a socket.</summary>
    public abstract Errno Sync(int descriptor);

    /// <summary>ftruncate(2): EINVAL on a socket.</summary>
    public abstract Errno Truncate(int descriptor, long length);

    /// <summary>fchdir(2): ENOTDIR on a socket.</summary>
    public abstract Errno ChangeDirectory(int descriptor);

    /// <summary>fchmod(2). The mode of a socket protects nothing; but a local one that is bound to a path afterwards makes its name with it, less the umask.</summary>
    public abstract Errno ChangeMode(int descriptor, uint mode);

    /// <summary>fchown(2); -1 leaves an id as it is. EPERM for who may not give the file away.</summary>
    public abstract Errno ChangeOwner(int descriptor, int user, int group);

    /// <summary>
    /// mmap(2) of a socket with MAP_SHARED, to read and to write: the rings of a packet socket (packet(7), PACKET_RX_RING, PACKET_TX_RING), the one to receive from first. While it lasts, the
    /// rings stay as they are (EBUSY) and the socket stays open.
    /// </summary>
    /// <param name="descriptor">The socket.</param>
    /// <param name="length">Bytes of all its rings, to within the last page.</param>
    /// <param name="memory">The memory, to be disposed; null where the call fails.</param>
    /// <returns>EBADF, EINVAL for another length or without a ring, ENOMEM for a negative one, ENODEV for other sockets, EPERM for streams of TCP, whose memory cannot be written to.</returns>
    public abstract Errno Map(int descriptor, int length, out MappedMemory? memory);

    /// <summary>stat(2): of what the path names in the end, through symbolic links.</summary>
    /// <returns>ENOENT, ENOTDIR, EACCES (a directory on the way that may not be searched), ELOOP, ENAMETOOLONG.</returns>
    public abstract Errno Stat(string path, out FileStatus status);

    /// <summary>lstat(2): as <see cref="Stat(string, out FileStatus)"/>, but of a symbolic link itself.</summary>
    public abstract Errno StatLink(string path, out FileStatus status);

    /// <summary>unlink(2): takes the name of a local socket, or a symbolic link, away. The socket itself stays open, and its connections go on.</summary>
    /// <returns>ENOENT, ENOTDIR, EACCES, EPERM, or EISDIR for a directory.</returns>
    public abstract Errno Unlink(string path);

    /// <summary>rename(2): what had the new name is gone in the same step. A socket that is bound keeps its old name for getsockname.</summary>
    /// <returns>As <see cref="Stat(string, out FileStatus)"/>, and EISDIR, ENOTDIR, ENOTEMPTY, EBUSY, EPERM, or EINVAL for a directory that would be moved into itself.</returns>
    public abstract Errno Rename(string path, string newPath);

    /// <summary>chmod(2): only who may write to the name of a local socket can connect to it.</summary>
    public abstract Errno ChangeMode(string path, uint mode);

    /// <summary>chown(2); -1 leaves an id as it is.</summary>
    public abstract Errno ChangeOwner(string path, int user, int group);

    /// <summary>mkdir(2): a directory for names of local sockets.</summary>
    public abstract Errno MakeDirectory(string path, uint mode);

    /// <summary>rmdir(2).</summary>
    /// <returns>ENOTEMPTY, ENOTDIR, EBUSY, EINVAL for <c>.</c>, or as <see cref="Unlink"/>.</returns>
    public abstract Errno RemoveDirectory(string path);

    /// <summary>symlink(2): a name that stands for the target, whether there is such a thing or not.</summary>
    /// <returns>EEXIST, ENOENT for an empty target, ENAMETOOLONG, EACCES.</returns>
    public abstract Errno MakeLink(string target, string path);

    /// <summary>readlink(2): what a symbolic link says.</summary>
    /// <returns>EINVAL for what is no symbolic link, or as <see cref="Stat(string, out FileStatus)"/>.</returns>
    public abstract Errno ReadLink(string path, out string target);

    /// <summary>chdir(2): where relative paths begin, those of <see cref="Bind"/> and <see cref="Connect"/> too. It is the process's, and children that are started later begin with it.</summary>
    public abstract Errno ChangeDirectory(string path);

    /// <summary>getcwd(2).</summary>
    /// <returns>ENOENT where the directory has been removed.</returns>
    public abstract Errno GetDirectory(out string path);

    /// <summary>umask(2): the permissions that new names do not get, sockets and directories alike. Inherited as the working directory is.</summary>
    /// <returns>The mask before.</returns>
    public abstract uint SetFileMask(uint mask);

    /// <summary>pidfd_open(2): a descriptor that stands for a process as long as it is open, whatever becomes of the number. poll finds it readable when the process has ended, and hung up when its parent has seen that.</summary>
    /// <param name="processId">The process.</param>
    /// <param name="flags">O_NONBLOCK (PIDFD_NONBLOCK) or 0.</param>
    /// <returns>The descriptor, closed by exec; or EINVAL, ESRCH, EMFILE.</returns>
    public abstract CallResult OpenProcess(int processId, int flags = 0);

    /// <summary>pidfd_send_signal(2) without siginfo: <see cref="Signal.None"/> only asks.</summary>
    /// <returns>EBADF for what is no process descriptor, EINVAL for no signal, EPERM, ESRCH for a process that has gone.</returns>
    public abstract Errno SignalProcess(int process, Signal signal);

    /// <summary>waitid(2) with P_PIDFD and WEXITED: waits for the end of a child, and sees it.</summary>
    /// <returns>The exit code, or 128 and the number of the signal that killed it; or ECHILD for who is no child or was waited for, EAGAIN for one that lives and a descriptor with O_NONBLOCK, EBADF, EINVAL for a negative number, EINTR.</returns>
    public abstract CallResult WaitProcess(int process);

    /// <summary>poll(2). Milliseconds; negative waits for ever.</summary>
    /// <returns>Entries with events, 0 at the timeout, or EINTR, EINVAL.</returns>
    public abstract CallResult Poll(Span<PollEntry> entries, int timeoutMilliseconds);

    /// <summary>ppoll(2): poll with a finer time and a signal mask that is in force for the wait alone, and is put in force and taken back in one step with it.</summary>
    /// <param name="entries">What to look for.</param>
    /// <param name="timeout">How long, in steps of 100 ns; zero only looks; null waits for ever.</param>
    /// <param name="mask">
    /// The signals that are held during the wait, in place of those that are held otherwise; null leaves the mask. A signal that has come and that this mask lets through is handled at
    /// once, and the call ends with EINTR; but where an entry is ready, that is returned, and the signal stays pending. On a host whose process has no signals a mask changes nothing.
    /// </param>
    /// <returns>Entries with events, 0 at the timeout, or EINTR, EINVAL (a negative time, too many entries, on the kernel a signal that <see cref="SignalControl.SetMask"/> refuses).</returns>
    public abstract CallResult Poll(Span<PollEntry> entries, TimeSpan? timeout, SignalSet? mask);

    /// <summary>select(2). The sets say afterwards what is ready; a null timeout waits for ever.</summary>
    /// <returns>Bits set in the three sets, 0 at the timeout, or EBADF, EINTR, EINVAL.</returns>
    public abstract CallResult Select(int count, DescriptorSet? read, DescriptorSet? write, DescriptorSet? except, TimeSpan? timeout);

    /// <summary>pselect(2): select with a signal mask for the wait, as <see cref="Poll(Span{PollEntry}, TimeSpan?, SignalSet?)"/> has it.</summary>
    /// <returns>Bits set in the three sets, 0 at the timeout, or EBADF, EINTR, EINVAL; the sets stay as they were where it fails.</returns>
    public abstract CallResult Select(int count, DescriptorSet? read, DescriptorSet? write, DescriptorSet? except, TimeSpan? timeout, SignalSet? mask);

    /// <summary>epoll_create1(2): an empty set of watched descriptors, itself a descriptor that can be polled and watched.</summary>
    /// <param name="flags">O_CLOEXEC (EPOLL_CLOEXEC) or 0.</param>
    /// <returns>The descriptor, or EINVAL, EMFILE.</returns>
    public abstract CallResult EpollCreate(int flags = 0);

    /// <summary>epoll_ctl(2).</summary>
    /// <returns>EBADF, EEXIST, ENOENT, EPERM for what cannot be polled, EINVAL for no set, the set itself or flags that do not go together, ELOOP for sets that watch each other or more than five in a row.</returns>
    public abstract Errno EpollControl(int epoll, EpollOperation operation, int descriptor, EpollEntry entry);

    /// <summary>epoll_pwait2(2) without a signal mask: waits for events of watched descriptors.</summary>
    /// <param name="epoll">The set.</param>
    /// <param name="ready">Gets what is there, the longest unreported first.</param>
    /// <param name="timeout">How long; zero only looks; null waits for ever.</param>
    /// <returns>Entries written, 0 at the timeout, or EBADF, EINVAL (no set, no room, a negative time), EINTR.</returns>
    public abstract CallResult EpollWait(int epoll, Span<EpollEntry> ready, TimeSpan? timeout);

    /// <summary>
    /// epoll_pwait2(2): with a signal mask for the wait, as <see cref="Poll(Span{PollEntry}, TimeSpan?, SignalSet?)"/> has it. Unlike there, a time of zero lets no signal through.
    /// </summary>
    /// <returns>As <see cref="EpollWait(int, Span{EpollEntry}, TimeSpan?)"/>; EINVAL also for a signal that <see cref="SignalControl.SetMask"/> refuses.</returns>
    public abstract CallResult EpollWait(int epoll, Span<EpollEntry> ready, TimeSpan? timeout, SignalSet? mask);

    /// <summary>
    /// Completes when any of the events (or POLLERR, POLLHUP) is there: what the async calls wait on. Completes at once, without allocation, where it is already so.
    /// </summary>
    /// <returns>The events that are there; POLLNVAL for a descriptor that is not open.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    public abstract ValueTask<PollEvents> WhenReadyAsync(int descriptor, PollEvents events, CancellationToken cancellationToken = default);

    /// <summary>getifaddrs(3), if_nameindex(3): interfaces in the order of their indexes.</summary>
    public abstract IReadOnlyList<NetworkInterfaceInfo> GetInterfaces();

    /// <summary>if_nametoindex(3); 0 if there is none of that name.</summary>
    public virtual int InterfaceIndex(string name)
    {
        foreach (NetworkInterfaceInfo candidate in GetInterfaces())
            if (candidate.Name == name) return candidate.Index;
        return 0;
    }

    /// <summary>if_indextoname(3); null if there is none.</summary>
    public virtual string? InterfaceName(int index)
    {
        foreach (NetworkInterfaceInfo candidate in GetInterfaces())
            if (candidate.Index == index) return candidate.Name;
        return null;
    }

    /// <summary>socketpair(2) as objects: two connected local sockets.</summary>
    /// <exception cref="SocketCallException">As <see cref="SocketPair"/> says.</exception>
    public (Socket First, Socket Second) OpenPair(SocketType type, AddressFamily family = AddressFamily.Unix)
    {
        Errno error = SocketPair(family, type, 0, out int first, out int second);
        return error == Errno.None ? (new Socket(this, first), new Socket(this, second)) : throw new SocketCallException(error, $"socketpair({family}, {type})");
    }

    /// <summary>A new socket as an object.</summary>
    /// <exception cref="SocketCallException">As <see cref="Socket(AddressFamily, SocketType, int)"/> says.</exception>
    public Socket Open(AddressFamily family, SocketType type, IpProtocol protocol = IpProtocol.Ip)
    {
        CallResult result = Socket(family, type, (int)protocol);
        return result.Succeeded ? new Socket(this, result.Value) : throw new SocketCallException(result.Error, $"socket({family}, {type}, {protocol})");
    }
}
