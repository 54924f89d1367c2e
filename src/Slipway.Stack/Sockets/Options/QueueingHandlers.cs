using System.Buffers.Binary;
using Slipway.Sockets;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;
using static Slipway.Stack.HandlerRows<Slipway.Stack.OpenSocket>;

namespace Slipway.Stack;

/// <summary>Options of SOL_SOCKET that have to do with queues, devices and stamps (socket(7); Linux net/core/sock.c).</summary>
internal static class QueueingHandlers
{
    private const int TimestampingLength = 8, SendTimeLength = 8, CookieLength = 8;
    private const int ReceiveLock = 2, SendLock = 1;

    public static OptionHandler[] All { get; } =
    [
        Bytes(SOL_SOCKET, SO_TIMESTAMPING, static (s, value) => ReadTimestamping(s, value, isNew: false), static (s, _, value) => WriteTimestamping(s, value, isNew: false)),
        Bytes(SOL_SOCKET, SO_TIMESTAMPING_NEW, static (s, value) => ReadTimestamping(s, value, isNew: true), static (s, _, value) => WriteTimestamping(s, value, isNew: true)),
        Flag(SOL_SOCKET, SO_RCVMARK, SocketFlags.ReceiveMark),
        Flag(SOL_SOCKET, SO_RCVPRIORITY, SocketFlags.ReceivePriority),
        // No device here is wireless, so that nothing is told; as with Linux's other devices.
        Number(SOL_SOCKET, SO_WIFI_STATUS, static s => s.ReceivesWirelessStatus ? 1 : 0, static (s, value) => s.ReceivesWirelessStatus = value != 0),
        // No device here takes the checksum of a frame from a program, so that a packet socket cannot send with it.
        Number(SOL_SOCKET, SO_NOFCS, static s => s.SuppliesFrameChecksum ? 1 : 0, static (s, value) => s.SuppliesFrameChecksum = value != 0),
        Number(SOL_SOCKET, SO_ZEROCOPY, static s => s.Has(SocketFlags.ZeroCopy) ? 1 : 0, static (s, _, value) =>
        {
            if (s is not (UdpSocket or TcpSocket)) return Errno.EOPNOTSUPP;
            if (value is < 0 or > 1) return Errno.EINVAL;
            s.Set(SocketFlags.ZeroCopy, value != 0);
            return Errno.None;
        }),
        Bytes(SOL_SOCKET, SO_TXTIME, static (s, value) => ReadSendTime(s, value), WriteSendTime),
        // No device has a queue to look into before it is emptied: kept without effect, as SO_BUSY_POLL.
        Number(SOL_SOCKET, SO_PREFER_BUSY_POLL, static s => s.Has(SocketFlags.PreferBusyPoll) ? 1 : 0, static (s, caller, value) =>
        {
            if (value != 0 && !caller.Process.HasCapability(Capability.NetAdmin)) return Errno.EPERM;
            s.Set(SocketFlags.PreferBusyPoll, value != 0);
            return Errno.None;
        }),
        Number(SOL_SOCKET, SO_BUSY_POLL_BUDGET, null, static (s, caller, value) => s.SetBusyPollBudget(value, caller.Process.HasCapability(Capability.NetAdmin))),
        Bytes(SOL_SOCKET, SO_NETNS_COOKIE, static (s, value) =>
        {
            if (value.Length != CookieLength) return Errno.EINVAL;
            BinaryPrimitives.WriteUInt64LittleEndian(value, s.Host.Cookie);
            return CookieLength;
        }, null),
        Number(SOL_SOCKET, SO_BUF_LOCK, static s => s.BufferLocks, static (s, _, value) =>
        {
            if ((value & ~(ReceiveLock | SendLock)) != 0) return Errno.EINVAL;
            s.BufferLocks = value;
            return Errno.None;
        }),
        // Memory is reserved from a control group's account, which hosts do not have: as on Linux outside of one.
        Number(SOL_SOCKET, SO_RESERVE_MEM, static _ => 0, static (_, _, value) => value < 0 ? Errno.EINVAL : Errno.EOPNOTSUPP),
        // A hint to look for another path, of which a host has none: taken, as by Linux without an alternative.
        Number(SOL_SOCKET, SO_CNX_ADVICE, null, static (_, _, _) => Errno.None),
        Bytes(SOL_SOCKET, SO_PEERNAME, ReadPeerName, null),
    ];

    /// <summary>struct so_timestamping: the flags, and a clock that only some devices have.</summary>
    private static CallResult ReadTimestamping(OpenSocket socket, Span<byte> value, bool isNew)
    {
        Span<byte> bytes = stackalloc byte[TimestampingLength];
        bytes.Clear();
        // The new form tells flags only where they were set by it.
        if (!isNew || socket.Has(SocketFlags.TimestampNew)) BinaryPrimitives.WriteInt32LittleEndian(bytes, (int)socket.Timestamping);
        return OptionTable.Cut(bytes, value);
    }

    private static Errno WriteTimestamping(OpenSocket socket, ReadOnlySpan<byte> value, bool isNew)
        => socket.SetTimestamping((TimestampingFlags)BinaryPrimitives.ReadInt32LittleEndian(value), isNew);

    /// <summary>struct sock_txtime: a clock, and flags.</summary>
    private static CallResult ReadSendTime(OpenSocket socket, Span<byte> value)
    {
        Span<byte> bytes = stackalloc byte[SendTimeLength];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, socket.SendTimeOptions);
        return OptionTable.Cut(bytes, value);
    }

    private static Errno WriteSendTime(OpenSocket socket, Caller caller, ReadOnlySpan<byte> value)
    {
        const int RealTime = 0, Monotonic = 1, InternationalAtomicTime = 11, KnownFlags = 3;
        if (value.Length != SendTimeLength) return Errno.EINVAL;
        int clock = BinaryPrimitives.ReadInt32LittleEndian(value), flags = BinaryPrimitives.ReadInt32LittleEndian(value[4..]);
        if ((flags & ~KnownFlags) != 0 || clock is not (RealTime or Monotonic or InternationalAtomicTime)) return Errno.EINVAL;
        if (clock != Monotonic && !caller.Process.HasCapability(Capability.NetAdmin)) return Errno.EPERM;
        socket.SendTimeOptions = BinaryPrimitives.ReadInt64LittleEndian(value);
        socket.Set(SocketFlags.SendTime, true);
        return Errno.None;
    }

    private static CallResult ReadPeerName(OpenSocket socket, Span<byte> value)
    {
        Span<byte> name = stackalloc byte[128];
        CallResult result = socket.GetPeerOption(name);
        if (!result.Succeeded) return Errno.ENOTCONN;
        if (result.Value < value.Length) return Errno.EINVAL;
        name[..value.Length].CopyTo(value);
        return value.Length;
    }
}
