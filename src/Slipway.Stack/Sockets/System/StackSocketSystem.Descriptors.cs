using System.Buffers.Binary;
using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>Descriptors: socket, close, dup, fcntl.</summary>
public sealed partial class StackSocketSystem
{
    private const int SetFlagsMask = FileControl.O_APPEND | FileControl.O_NONBLOCK | NoAccessTime;
    private const int Direct = 0x4000;
    private const int NoAccessTime = 0x40000;
    private const int GreatestSignal = 64;

    // linux/fcntl.h: commands that no socket needs, but whose errors tell what a socket is not.
    private const int GetLock = 5, SetLockWaiting = 7, GetOwnerUsers = 17, GetOpenLock = 36, SetOpenLockWaiting = 38, FirstHint = 1035, LastHint = 1038;
    private const int GetLease = 1025, Notify = 1026, IsSameFile = 1027, WasCreated = 1028, SetPipeSize = 1031, GetPipeSize = 1032;

    /// <inheritdoc/>
    public override CallResult Socket(AddressFamily family, SocketType type, int protocol)
    {
        const SocketType Flags = SocketType.NonBlocking | SocketType.CloseOnExec;
        const SocketType TypeMask = (SocketType)0xF;
        if ((type & ~TypeMask & ~Flags) != 0) return Errno.EINVAL;
        using (_loop.Enter())
        {
            Errno error = SocketFactory.Create(_host, _context, family, type & TypeMask, protocol, out OpenSocket? socket);
            if (error != Errno.None) return error;
            if (!_table.TryFindFree(0, _context.DescriptorLimit, out int descriptor))
            {
                socket!.Release();
                return Errno.EMFILE;
            }
            socket!.GroupId = _context.GroupId;
            if ((type & SocketType.NonBlocking) != 0) socket.StatusFlags |= FileControl.O_NONBLOCK;
            _table.Set(descriptor, socket, (type & SocketType.CloseOnExec) != 0);
            return descriptor;
        }
    }

    /// <inheritdoc/>
    public override Errno SocketPair(AddressFamily family, SocketType type, int protocol, out int first, out int second)
    {
        first = second = -1;
        const SocketType Flags = SocketType.NonBlocking | SocketType.CloseOnExec;
        const SocketType TypeMask = (SocketType)0xF;
        if ((type & ~TypeMask & ~Flags) != 0) return Errno.EINVAL;
        Errno error = SocketFactory.Check(family, type & TypeMask, ref protocol);
        if (error == Errno.None && family == AddressFamily.Unix) return UnixPair(type & TypeMask, type & Flags, out first, out second);
        // The protocols of the internet have no pairs, whether this host has the protocol or not.
        if (error == Errno.None && family == AddressFamily.Netlink) return Errno.EOPNOTSUPP;
        bool isMissing = error == Errno.ESOCKTNOSUPPORT && (type & TypeMask) == SocketType.Raw;
        return (error == Errno.None || isMissing) && family is AddressFamily.Inet or AddressFamily.Inet6 ? Errno.EOPNOTSUPP : error;
    }

    private Errno UnixPair(SocketType type, SocketType flags, out int first, out int second)
    {
        first = second = -1;
        using (_loop.Enter())
        {
            if (!_table.TryFindFree(0, _context.DescriptorLimit, out int one) || !_table.TryFindFree(one + 1, _context.DescriptorLimit, out int other)) return Errno.EMFILE;
            UnixSocket a = _host.Unix.CreateSocket(_context, type), b = _host.Unix.CreateSocket(_context, type);
            a.GroupId = b.GroupId = _context.GroupId;
            UnixSocket.Join(a, b, _context);
            if ((flags & SocketType.NonBlocking) != 0) a.StatusFlags = b.StatusFlags |= FileControl.O_NONBLOCK;
            bool closeOnExec = (flags & SocketType.CloseOnExec) != 0;
            _table.Set(first = one, a, closeOnExec);
            _table.Set(second = other, b, closeOnExec);
            return Errno.None;
        }
    }

    /// <inheritdoc/>
    public override Errno Close(int descriptor)
    {
        BlockedCall call;
        OpenSocket socket;
        using (_loop.Enter())
        {
            if (!_table.TryRemove(descriptor, out OpenFile? file)) return Errno.EBADF;
            if (file is not OpenSocket { IsLastReference: true, LingerTime: > 0 } lingering)
            {
                file.Release();
                return Errno.None;
            }
            socket = lingering;
            socket.BeginClose();
            call = BeginWait(socket, PollEvents.POLLHUP, socket.LingerTime);
        }
        WaitForLinger(call, socket);
        return Errno.None;
    }

    /// <summary>SO_LINGER: close waits until the peer's host has all, the time is over or a signal comes, and says nothing about which (LG-003, LG-007).</summary>
    private void WaitForLinger(BlockedCall call, OpenSocket socket)
    {
        while (true)
        {
            bool isLingering;
            using (_loop.Enter()) isLingering = socket.IsLingering;
            if (isLingering) Wait(call, "close");
            using (_loop.Enter())
            {
                if (isLingering && socket.IsLingering && KeepWaiting(call, mayRestart: false, Errno.ETIMEDOUT, out _)) continue;
                EndWait(call);
                socket.Release();
                return;
            }
        }
    }

    /// <inheritdoc/>
    public override CallResult Duplicate(int descriptor) => DuplicateFrom(descriptor, 0, closeOnExec: false);

    /// <inheritdoc/>
    public override CallResult Duplicate2(int descriptor, int target)
    {
        using (_loop.Enter())
        {
            if (descriptor == target) return _table.TryGetAny(descriptor, out _) ? target : Errno.EBADF;
            return DuplicateOnto(descriptor, target, closeOnExec: false);
        }
    }

    /// <inheritdoc/>
    public override CallResult Duplicate3(int descriptor, int target, int flags)
    {
        if ((flags & ~FileControl.O_CLOEXEC) != 0 || descriptor == target) return Errno.EINVAL;
        using (_loop.Enter()) return DuplicateOnto(descriptor, target, flags != 0);
    }

    /// <inheritdoc/>
    public override CallResult Fcntl(int descriptor, int command, int argument)
    {
        using (_loop.Enter())
        {
            if (!_table.TryGetAny(descriptor, out OpenFile? file) || file is PathFile && !IsForAnyFile(command)) return Errno.EBADF;
            switch (command)
            {
                case FileControl.F_DUPFD or FileControl.F_DUPFD_CLOEXEC:
                    if ((uint)argument >= (uint)_context.DescriptorLimit) return Errno.EINVAL;
                    return DuplicateFrom(descriptor, argument, command == FileControl.F_DUPFD_CLOEXEC);
                case FileControl.F_GETFD:
                    return _table.IsCloseOnExec(descriptor) ? FileControl.FD_CLOEXEC : 0;
                case FileControl.F_SETFD:
                    _table.SetCloseOnExec(descriptor, (argument & FileControl.FD_CLOEXEC) != 0);
                    return 0;
                case FileControl.F_GETFL:
                    return file.StatusFlags;
                case FileControl.F_SETFL:
                    return SetStatusFlags(descriptor, file, argument);
                case FileControl.F_GETOWN:
                    return file.Owner?.LiveTarget ?? 0;
                case FileControl.F_SETOWN:
                    return SetOwner(file, argument);
                case FileControl.F_GETSIG:
                    return file.Owner?.Signal ?? 0;
                case FileControl.F_SETSIG:
                    if ((uint)argument > GreatestSignal) return Errno.EINVAL;
                    (file.Owner ??= new FileOwner()).Signal = argument;
                    return 0;
                default:
                    return FileCommand(file, command, argument);
            }
        }
    }

    /// <summary>What belongs to the descriptor, and not to what it refers to.</summary>
    private static bool IsForAnyFile(int command)
        => command is FileControl.F_DUPFD or FileControl.F_DUPFD_CLOEXEC or FileControl.F_GETFD or FileControl.F_SETFD or FileControl.F_GETFL or IsSameFile;

    /// <summary>Commands for locks, leases, directories and pipes, as they fare on what is none of these.</summary>
    private CallResult FileCommand(OpenFile file, int command, int argument)
    {
        const int WatchForMore = int.MinValue, NoLease = 2;
        switch (command)
        {
            case FileControl.F_SETOWN_EX or FileControl.F_GETOWN_EX or GetOwnerUsers or (>= GetLock and <= SetLockWaiting) or (>= GetOpenLock and <= SetOpenLockWaiting) or (>= FirstHint and <= LastHint):
                return Errno.EFAULT; // they take a structure, and a number is no address
            case GetLease:
                return NoLease;
            case Notify:
                return (argument & ~WatchForMore) == 0 ? 0 : Errno.ENOTDIR;
            case IsSameFile:
                return !_table.TryGetAny(argument, out OpenFile? other) ? Errno.EBADF : ReferenceEquals(file, other) ? 1 : 0;
            case WasCreated:
                return 0;
            case SetPipeSize or GetPipeSize:
                return Errno.EBADF;
            default:
                return Errno.EINVAL;
        }
    }

    /// <inheritdoc/>
    public override CallResult Fcntl(int descriptor, int command, Span<byte> argument)
    {
        using (_loop.Enter())
        {
            if (!_table.TryGet(descriptor, out OpenFile? file)) return Errno.EBADF;
            if (command is not (FileControl.F_SETOWN_EX or FileControl.F_GETOWN_EX)) return Errno.EINVAL;
            if (argument.Length < 8) return Errno.EFAULT;
            if (command == FileControl.F_GETOWN_EX)
            {
                BinaryPrimitives.WriteInt32LittleEndian(argument, file.Owner?.Type ?? FileControl.F_OWNER_TID);
                BinaryPrimitives.WriteInt32LittleEndian(argument[4..], Math.Abs(file.Owner?.LiveTarget ?? 0));
                return 0;
            }
            int type = BinaryPrimitives.ReadInt32LittleEndian(argument);
            int id = BinaryPrimitives.ReadInt32LittleEndian(argument[4..]);
            if (type is not (FileControl.F_OWNER_TID or FileControl.F_OWNER_PID or FileControl.F_OWNER_PGRP)) return Errno.EINVAL;
            if (id < 0) return Errno.ESRCH;
            return SetOwner(file, type == FileControl.F_OWNER_PGRP ? -id : id, type);
        }
    }

    private CallResult SetOwner(OpenFile file, int target)
        => target == int.MinValue ? Errno.EINVAL : SetOwner(file, target, target < 0 ? FileControl.F_OWNER_PGRP : FileControl.F_OWNER_PID);

    private CallResult SetOwner(OpenFile file, int target, int type)
    {
        if (target != 0 && !_context.Exists(target)) return Errno.ESRCH;
        (file.Owner ??= new FileOwner()).Set(_context, target, type);
        return 0;
    }

    private static CallResult SetStatusFlags(int descriptor, OpenFile file, int flags)
    {
        if ((flags & Direct) != 0) return Errno.EINVAL;
        file.StatusFlags = flags & SetFlagsMask | file.StatusFlags & ~SetFlagsMask;
        SetAsync(descriptor, file, (flags & FileControl.O_ASYNC) != 0);
        return 0;
    }

    private static void SetAsync(int descriptor, OpenFile file, bool on)
    {
        // Only files that can tell have the flag; a device like /dev/null cannot.
        if (file is not OpenSocket || on == ((file.StatusFlags & FileControl.O_ASYNC) != 0)) return;
        file.StatusFlags ^= FileControl.O_ASYNC;
        if (on) (file.Owner ??= new FileOwner()).Descriptor = descriptor;
    }

    private CallResult DuplicateFrom(int descriptor, int least, bool closeOnExec)
    {
        using (_loop.Enter())
        {
            if (!_table.TryGetAny(descriptor, out OpenFile? file)) return Errno.EBADF;
            if (!_table.TryFindFree(least, _context.DescriptorLimit, out int copy)) return Errno.EMFILE;
            file.AddReference();
            _table.Set(copy, file, closeOnExec);
            return copy;
        }
    }

    private CallResult DuplicateOnto(int descriptor, int target, bool closeOnExec)
    {
        if ((uint)target >= (uint)_context.DescriptorLimit || !_table.TryGetAny(descriptor, out OpenFile? file)) return Errno.EBADF;
        file.AddReference();
        _table.TryRemove(target, out OpenFile? old);
        _table.Set(target, file, closeOnExec);
        old?.Release();
        return target;
    }
}
