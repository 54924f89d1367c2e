using System.Buffers;
using System.Runtime.InteropServices;
using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>A System V message queue (sysvipc(7)): messages with a positive type, received in order or by type.</summary>
/// <remarks>
/// The queue belongs to the machine (to its IPC namespace), not to the process: it and its messages outlive every program until somebody removes it. A private queue that this
/// object made is removed when the object is disposed, all others only by <see cref="Remove"/>; <see cref="RemoveOnDispose"/> changes that.
/// </remarks>
public sealed unsafe class MessageQueue : IDisposable
{
    private const int MSG_NOERROR = 0x1000;

    // struct msqid_ds after ipc_perm.
    private const int BytesOffset = 72, CountOffset = 80, LimitOffset = 88, SenderOffset = 96, ReceiverOffset = 100;

    // struct msgbuf: a long before the text.
    private const int TypeLength = sizeof(long);

    private bool _removed;

    private MessageQueue(int id, bool removeOnDispose)
    {
        Id = id;
        RemoveOnDispose = removeOnDispose;
    }

    /// <summary>The identifier, by which another process can use the queue (<see cref="FromId"/>).</summary>
    public int Id { get; }

    /// <summary>Whether <see cref="Dispose"/> removes the queue.</summary>
    public bool RemoveOnDispose { get; set; }

    /// <summary>IPC_STAT.</summary>
    /// <exception cref="LinuxCallException">EACCES; EINVAL: there is no such queue any more.</exception>
    public MessageQueueStatus Status
    {
        get
        {
            Span<byte> status = stackalloc byte[IpcControl.StatusLength];
            Read(status);
            return new MessageQueueStatus(
                IpcControl.Permissions(status),
                (int)IpcControl.Long(status, CountOffset),
                IpcControl.Long(status, BytesOffset),
                IpcControl.Long(status, LimitOffset),
                IpcControl.Int(status, SenderOffset),
                IpcControl.Int(status, ReceiverOffset));
        }
    }

    /// <summary>Makes a private queue. It is removed when this object is disposed.</summary>
    /// <exception cref="LinuxCallException">ENOSPC: the machine's limit; ENOMEM.</exception>
    public static MessageQueue CreatePrivate(UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
        => new(Get(IpcKey.Private, IpcControl.Flags(mode, exclusive: false)), removeOnDispose: true);

    /// <summary>Makes the queue of this key, or uses the one that exists. It stays until <see cref="Remove"/>.</summary>
    /// <exception cref="LinuxCallException">EEXIST: there is one and <paramref name="exclusive"/> is set; EACCES, ENOSPC, ENOMEM.</exception>
    public static MessageQueue Create(IpcKey key, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite, bool exclusive = false)
        => new(Get(key, IpcControl.Flags(mode, exclusive)), removeOnDispose: false);

    /// <summary>Uses the queue of this key.</summary>
    /// <exception cref="LinuxCallException">ENOENT: there is none; EACCES.</exception>
    public static MessageQueue Open(IpcKey key)
    {
        if (key == IpcKey.Private) throw new LinuxCallException(Errno.ENOENT, "msgget(IPC_PRIVATE)");
        return new MessageQueue(Get(key, 0), removeOnDispose: false);
    }

    /// <summary>Uses the queue of this identifier, which another process has told. Whether it exists is seen at the first use.</summary>
    public static MessageQueue FromId(int id) => new(id, removeOnDispose: false);

    /// <summary>msgsnd(2): waits for room and sends. Allocates nothing in the steady state.</summary>
    /// <param name="type">Its type, above 0.</param>
    /// <param name="text">Its bytes; none are allowed, and at most 8192 unless the machine is set otherwise.</param>
    /// <exception cref="LinuxCallException">EINVAL: the type or the length, or no such queue; EIDRM: it was removed while this waited; EINTR; EACCES.</exception>
    public void Send(long type, ReadOnlySpan<byte> text)
    {
        Errno error = Send(type, text, 0);
        if (error != Errno.None) throw SendFailure(error, type, text.Length);
    }

    /// <summary>As <see cref="Send(long, ReadOnlySpan{byte})"/>, if it needs no waiting.</summary>
    /// <returns>Whether there was room.</returns>
    public bool TrySend(long type, ReadOnlySpan<byte> text)
    {
        Errno error = Send(type, text, IpcControl.IPC_NOWAIT);
        if (error is not (Errno.None or Errno.EAGAIN)) throw SendFailure(error, type, text.Length);
        return error == Errno.None;
    }

    /// <summary>msgrcv(2): waits for a message and takes it.</summary>
    /// <param name="room">For its bytes.</param>
    /// <param name="type">0: the first; above 0: the first of that type; below 0: the first of the lowest type up to the absolute value.</param>
    /// <param name="received">The type of what came.</param>
    /// <param name="truncate">Cut what is too long (MSG_NOERROR) instead of leaving it in the queue.</param>
    /// <returns>How many bytes.</returns>
    /// <exception cref="LinuxCallException">E2BIG: too long for the room, and still in the queue; EIDRM: the queue was removed while this waited; EINTR; EINVAL, EACCES.</exception>
    public int Receive(Span<byte> room, long type, out long received, bool truncate = false)
    {
        CallResult result = Receive(room, type, truncate ? MSG_NOERROR : 0, out received);
        return result.Succeeded ? result.Value : throw ReceiveFailure(result.Error, room.Length, type);
    }

    /// <summary>As <see cref="Receive(Span{byte}, long, out long, bool)"/>, if it needs no waiting.</summary>
    /// <returns>How many bytes, or -1 where there is no such message (ENOMSG).</returns>
    public int TryReceive(Span<byte> room, long type, out long received, bool truncate = false)
    {
        CallResult result = Receive(room, type, IpcControl.IPC_NOWAIT | (truncate ? MSG_NOERROR : 0), out received);
        if (result.Error is not (Errno.None or Errno.ENOMSG)) throw ReceiveFailure(result.Error, room.Length, type);
        return result.Value;
    }

    /// <summary>Changes how many bytes the queue may hold (IPC_SET); owner and permissions stay.</summary>
    /// <exception cref="LinuxCallException">EPERM: not the owner, or above /proc/sys/kernel/msgmnb without CAP_SYS_RESOURCE.</exception>
    public void SetByteLimit(long bytes)
    {
        Span<byte> status = stackalloc byte[IpcControl.StatusLength];
        Read(status);
        MemoryMarshal.Write(status[LimitOffset..], bytes);
        fixed (byte* first = status) Control(IpcControl.IPC_SET, first, $"IPC_SET, {bytes} bytes");
    }

    /// <summary>Removes the queue and its messages at once (IPC_RMID): who waits fails with EIDRM, who comes later with EINVAL.</summary>
    /// <exception cref="LinuxCallException">EPERM: not the owner, the creator or an administrator; EINVAL: removed already.</exception>
    public void Remove()
    {
        Control(IpcControl.IPC_RMID, null, "IPC_RMID");
        _removed = true;
    }

    /// <summary>Removes the queue if <see cref="RemoveOnDispose"/>.</summary>
    public void Dispose()
    {
        if (!RemoveOnDispose || _removed) return;
        _removed = true;
        _ = Libc.MsgControl(Id, IpcControl.IPC_RMID, null);
    }

    private Errno Send(long type, ReadOnlySpan<byte> text, int flags)
    {
        byte[] message = ArrayPool<byte>.Shared.Rent(TypeLength + text.Length);
        MemoryMarshal.Write(message, type);
        text.CopyTo(message.AsSpan(TypeLength));
        Errno error;
        fixed (byte* bytes = message) error = Libc.Status(Libc.MsgSend(Id, bytes, (nuint)text.Length, flags));
        ArrayPool<byte>.Shared.Return(message);
        return error;
    }

    private CallResult Receive(Span<byte> room, long type, int flags, out long received)
    {
        byte[] message = ArrayPool<byte>.Shared.Rent(TypeLength + room.Length);
        CallResult result;
        fixed (byte* bytes = message) result = Libc.Result(Libc.MsgReceive(Id, bytes, (nuint)room.Length, (nint)type, flags));
        received = result.Succeeded ? MemoryMarshal.Read<long>(message) : 0;
        if (result.Succeeded) message.AsSpan(TypeLength, result.Value).CopyTo(room);
        ArrayPool<byte>.Shared.Return(message);
        return result;
    }

    private void Read(Span<byte> status)
    {
        fixed (byte* bytes = status) Control(IpcControl.IPC_STAT, bytes, "IPC_STAT");
    }

    private void Control(int command, byte* argument, string text)
    {
        if (Libc.MsgControl(Id, command, argument) < 0) throw new LinuxCallException(Libc.LastError, $"msgctl({Id}, {text})");
    }

    private static int Get(IpcKey key, int flags)
    {
        int id = Libc.MsgGet(key.Value, flags);
        return id < 0 ? throw new LinuxCallException(Libc.LastError, $"msgget({key})") : id;
    }

    private LinuxCallException SendFailure(Errno error, long type, int length) => new(error, $"msgsnd({Id}, type {type}, {length} bytes)");

    private LinuxCallException ReceiveFailure(Errno error, int length, long type) => new(error, $"msgrcv({Id}, {length} bytes, type {type})");
}
