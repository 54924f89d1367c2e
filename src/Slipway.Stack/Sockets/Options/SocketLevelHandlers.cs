using System.Buffers.Binary;
using System.Text;
using Slipway.Sockets;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;
using static Slipway.Stack.HandlerRows<Slipway.Stack.OpenSocket>;

namespace Slipway.Stack;

/// <summary>Options of SOL_SOCKET (socket(7)).</summary>
internal static class SocketLevelHandlers
{
    private const int NameLength = 16;
    private const int LeastReceiveBuffer = 2304, LeastSendBuffer = 4608;
    private const int MemoryInfoLength = 36;
    private const int TimeLength = 16;
    private const int LingerLength = 8;
    private const long MicrosecondsInSecond = 1_000_000;

    public static OptionHandler[] All { get; } =
    [
        ReadOnly(SOL_SOCKET, SO_TYPE, static s => (int)s.Type),
        ReadOnly(SOL_SOCKET, SO_DOMAIN, static s => (int)s.Family),
        ReadOnly(SOL_SOCKET, SO_PROTOCOL, static s => s.Protocol),
        ReadOnly(SOL_SOCKET, SO_ACCEPTCONN, static s => s.IsListening ? 1 : 0),
        ReadOnly(SOL_SOCKET, SO_ERROR, static s => (int)s.TakeError()),
        ReadOnly(SOL_SOCKET, SO_INCOMING_NAPI_ID, static _ => 0),
        ReadOnly(SOL_SOCKET, SO_SNDLOWAT, static _ => 1),
        Bytes(SOL_SOCKET, SO_COOKIE, ReadCookie, null),
        Bytes(SOL_SOCKET, SO_PEERCRED, ReadCredentials, null),
        Bytes(SOL_SOCKET, SO_MEMINFO, ReadMemory, null),
        Flag(SOL_SOCKET, SO_DEBUG, SocketFlags.Debug),
        Flag(SOL_SOCKET, SO_REUSEADDR, SocketFlags.ReuseAddress),
        Number(SOL_SOCKET, SO_REUSEPORT, static s => s.Has(SocketFlags.ReusePort) ? 1 : 0, static (s, _, value) =>
        {
            if (value != 0 && s is not InetSocket) return Errno.EOPNOTSUPP;
            s.Set(SocketFlags.ReusePort, value != 0);
            return Errno.None;
        }),
        Number(SOL_SOCKET, SO_DONTROUTE, static s => s.Has(SocketFlags.DontRoute) ? 1 : 0, static (s, value) =>
        {
            s.Set(SocketFlags.DontRoute, value != 0);
            s.OnRouteLost();
        }),
        Flag(SOL_SOCKET, SO_BROADCAST, SocketFlags.Broadcast),
        Flag(SOL_SOCKET, SO_KEEPALIVE, SocketFlags.KeepAlive),
        Flag(SOL_SOCKET, SO_OOBINLINE, SocketFlags.OutOfBandInline),
        Flag(SOL_SOCKET, SO_NO_CHECK, SocketFlags.NoChecksum),
        Flag(SOL_SOCKET, SO_RXQ_OVFL, SocketFlags.ReceiveOverflow),
        Flag(SOL_SOCKET, SO_SELECT_ERR_QUEUE, SocketFlags.SelectErrorQueue),
        // Taken and forgotten, as on Linux since 2.4: it always reads 0.
        Number(SOL_SOCKET, SO_BSDCOMPAT, static _ => 0, static (_, _, _) => Errno.None),
        Number(SOL_SOCKET, SO_MARK, static s => s.Mark, static (s, value) =>
        {
            if (s.Mark != value) s.OnRouteLost();
            s.Mark = value;
        }),
        Number(SOL_SOCKET, SO_PRIORITY, static s => s.Priority, static (s, value) => s.Priority = value),
        Number(SOL_SOCKET, SO_INCOMING_CPU, static s => s.IncomingCpu, static (s, value) => s.IncomingCpu = value),
        Number(SOL_SOCKET, SO_BUSY_POLL, 0, int.MaxValue, static s => s.BusyPoll, static (s, value) => s.BusyPoll = value),
        new()
        {
            Definition = Row(SOL_SOCKET, SO_PEEK_OFF),
            Get = static s => s.PeekOffset,
            Set = static (s, _, value) =>
            {
                s.PeekOffset = value;
                return Errno.None;
            },
            AppliesTo = static s => s.HasPeekOffset,
        },
        new()
        {
            Definition = Row(SOL_SOCKET, SO_TXREHASH),
            Get = static s => ((TcpSocket)s).Connection.ChoosesPaths ? 1 : 0,
            Set = static (s, _, value) =>
            {
                if (value is < -1 or > 1) return Errno.EINVAL;
                ((TcpSocket)s).Connection.ChoosesPaths = value < 0 ? s.Host.Sysctl.Core.TxRehash.IsOn : value != 0;
                return Errno.None;
            },
            AppliesTo = static s => s is TcpSocket,
        },
        Number(SOL_SOCKET, SO_RCVLOWAT, static s => s.ReceiveLowWater, static (s, value) => s.ReceiveLowWater = s.CutLowWater(value < 0 ? int.MaxValue : Math.Max(1, value))),
        Number(SOL_SOCKET, SO_RCVBUF, static s => s.ReceiveBuffer, static (s, value) => s.SetReceiveBuffer(Doubled(value, s.Host.Sysctl.Core.RmemMax.Value, LeastReceiveBuffer))),
        Number(SOL_SOCKET, SO_SNDBUF, static s => s.SendBuffer, static (s, value) => s.SetSendBuffer(Doubled(value, s.Host.Sysctl.Core.WmemMax.Value, LeastSendBuffer))),
        Number(SOL_SOCKET, SO_RCVBUFFORCE, null, static (s, _, value) =>
        {
            s.SetReceiveBuffer(Forced(value, LeastReceiveBuffer));
            return Errno.None;
        }),
        Number(SOL_SOCKET, SO_SNDBUFFORCE, null, static (s, _, value) =>
        {
            s.SetSendBuffer(Forced(value, LeastSendBuffer));
            return Errno.None;
        }),
        Bytes(SOL_SOCKET, SO_RCVTIMEO, static (s, value) => ReadTime(s.ReceiveTimeout, value), static (s, _, value) => WriteTime(value, out long time) is var e && e == Errno.None ? SetReceiveTimeout(s, time) : e),
        Bytes(SOL_SOCKET, SO_SNDTIMEO, static (s, value) => ReadTime(s.SendTimeout, value), static (s, _, value) => WriteTime(value, out long time) is var e && e == Errno.None ? SetSendTimeout(s, time) : e),
        Bytes(SOL_SOCKET, SO_RCVTIMEO_NEW, static (s, value) => ReadTime(s.ReceiveTimeout, value), static (s, _, value) => WriteTime(value, out long time) is var e && e == Errno.None ? SetReceiveTimeout(s, time) : e),
        Bytes(SOL_SOCKET, SO_SNDTIMEO_NEW, static (s, value) => ReadTime(s.SendTimeout, value), static (s, _, value) => WriteTime(value, out long time) is var e && e == Errno.None ? SetSendTimeout(s, time) : e),
        Bytes(SOL_SOCKET, SO_LINGER, ReadLinger, WriteLinger),
        Timestamp(SO_TIMESTAMP, SocketFlags.Timestamp),
        Timestamp(SO_TIMESTAMPNS, SocketFlags.TimestampNanoseconds),
        Timestamp(SO_TIMESTAMP_NEW, SocketFlags.Timestamp | SocketFlags.TimestampNew),
        Timestamp(SO_TIMESTAMPNS_NEW, SocketFlags.TimestampNanoseconds | SocketFlags.TimestampNew),
        Bytes(SOL_SOCKET, SO_BINDTODEVICE, ReadDevice, WriteDevice, takesAnyLength: true),
        Number(SOL_SOCKET, SO_BINDTOIFINDEX, static s => s.BoundInterface, static (s, caller, value) =>
            // Unlike a name, an index is not looked up: sends fail with ENODEV until there is such an interface.
            value < 0 ? Errno.EINVAL : BindToInterface(s, caller, value)),
        .. FilterHandlers.All,
        Bytes(SOL_SOCKET, SO_MAX_PACING_RATE, ReadPacingRate, WritePacingRate),
        .. QueueingHandlers.All,
        Local(SO_PASSCRED, SocketFlags.PassCredentials),
        // There are no security labels here, so that nothing comes with a message: as on a kernel without a module that labels.
        Local(SO_PASSSEC, SocketFlags.PassSecurity),
        new()
        {
            Definition = Row(SOL_SOCKET, SO_PASSPIDFD),
            Get = static s => ((UnixSocket)s).PassesProcess ? 1 : 0,
            Set = static (s, _, value) =>
            {
                ((UnixSocket)s).PassesProcess = value != 0;
                return Errno.None;
            },
            AppliesTo = static s => s is UnixSocket,
        },
        // The descriptor that it opens needs the caller's table: StackSocketSystem answers it.
        new() { Definition = Row(SOL_SOCKET, SO_PEERPIDFD), AppliesTo = static _ => true },
        Local(SO_PASSRIGHTS, SocketFlags.PassRights),
        Bytes(SOL_SOCKET, SO_PEERGROUPS, ReadPeerGroups, null),
        Bytes(SOL_SOCKET, SO_INQ, null, static (s, _, bytes) =>
        {
            if (s is not UnixStreamSocket) return Errno.ENOPROTOOPT;
            // The one option of these sockets that takes an int and no more.
            if (bytes.Length != sizeof(int)) return Errno.EINVAL;
            int value = BinaryPrimitives.ReadInt32LittleEndian(bytes);
            if (value is < 0 or > 1) return Errno.EINVAL;
            s.Set(SocketFlags.InQueue, value != 0);
            return Errno.None;
        }),
    ];

    /// <summary>8 bytes where there is room for them, else as much as an unsigned int tells.</summary>
    private static CallResult ReadPacingRate(OpenSocket socket, Span<byte> value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, socket.MaxPacingRate);
        if (value.Length >= sizeof(ulong)) return OptionTable.Cut(bytes, value);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)Math.Min(socket.MaxPacingRate, uint.MaxValue));
        return OptionTable.Cut(bytes[..sizeof(uint)], value);
    }

    private static Errno WritePacingRate(OpenSocket socket, Caller caller, ReadOnlySpan<byte> value)
    {
        uint rate = BinaryPrimitives.ReadUInt32LittleEndian(value);
        socket.MaxPacingRate = value.Length >= sizeof(ulong) ? BinaryPrimitives.ReadUInt64LittleEndian(value) : rate == uint.MaxValue ? ulong.MaxValue : rate;
        return Errno.None;
    }

    /// <summary>Half of a buffer is bookkeeping: twice the number is kept. A negative number is a great unsigned one.</summary>
    private static int Doubled(int value, int most, int least) => Math.Max((int)Math.Min((uint)value, (uint)Math.Min(most, int.MaxValue / 2)) * 2, least);

    private static int Forced(int value, int least) => Math.Max(Math.Clamp(value, 0, int.MaxValue / 2) * 2, least);

    private static Errno SetReceiveTimeout(OpenSocket socket, long time)
    {
        socket.ReceiveTimeout = time;
        return Errno.None;
    }

    private static Errno SetSendTimeout(OpenSocket socket, long time)
    {
        socket.SendTimeout = time;
        return Errno.None;
    }

    private static CallResult ReadTime(long time, Span<byte> value)
    {
        Span<byte> bytes = stackalloc byte[TimeLength];
        bytes.Clear();
        if (time != OpenSocket.Forever)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes, time / StackClock.Second);
            BinaryPrimitives.WriteInt64LittleEndian(bytes[8..], time % StackClock.Second / StackClock.Microsecond);
        }
        return OptionTable.Cut(bytes, value);
    }

    private static Errno WriteTime(ReadOnlySpan<byte> value, out long time)
    {
        time = OpenSocket.Forever;
        if (value.Length < TimeLength) return Errno.EINVAL;
        long seconds = BinaryPrimitives.ReadInt64LittleEndian(value);
        long microseconds = BinaryPrimitives.ReadInt64LittleEndian(value[8..]);
        if (microseconds is < 0 or >= MicrosecondsInSecond) return Errno.EDOM;
        // A time in the past: calls do not wait at all (TO-004).
        if (seconds < 0) time = 0;
        else if ((seconds != 0 || microseconds != 0) && seconds < long.MaxValue / StackClock.Second - 1) time = seconds * StackClock.Second + microseconds * StackClock.Microsecond;
        return Errno.None;
    }

    /// <summary>What negative seconds read as: the longest time in the ticks of Linux, 250 of which make a second, cut to an int.</summary>
    private const int LingersForever = unchecked((int)(long.MaxValue / 250));

    private static CallResult ReadLinger(OpenSocket socket, Span<byte> value)
    {
        Span<byte> bytes = stackalloc byte[LingerLength];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, socket.Linger.IsOn ? 1 : 0);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], socket.Linger.Seconds);
        return OptionTable.Cut(bytes, value);
    }

    private static Errno WriteLinger(OpenSocket socket, Caller caller, ReadOnlySpan<byte> value)
    {
        if (value.Length < LingerLength) return Errno.EINVAL;
        bool isOn = BinaryPrimitives.ReadInt32LittleEndian(value) != 0;
        // Switched off, the seconds stay as they were.
        int seconds = isOn ? BinaryPrimitives.ReadInt32LittleEndian(value[4..]) : socket.Linger.Seconds;
        socket.Linger = new LingerOption(isOn, seconds >= 0 ? seconds : LingersForever);
        return Errno.None;
    }

    /// <summary>The four forms of a time stamp exclude each other: the last one that is set counts.</summary>
    private static OptionHandler Timestamp(int number, SocketFlags form)
    {
        const SocketFlags Forms = SocketFlags.Timestamp | SocketFlags.TimestampNanoseconds | SocketFlags.TimestampNew;
        // Read by the number of the new form in microseconds, nanoseconds count too: one bit says that there are stamps, another how fine they are.
        bool takesBoth = number == SO_TIMESTAMP_NEW;
        return Number(SOL_SOCKET, number, socket => (socket.Flags & Forms) == form && (form & ~SocketFlags.TimestampNew & socket.Flags) != 0 || takesBoth && socket.Has(SocketFlags.TimestampNew) && socket.Has(SocketFlags.Timestamp | SocketFlags.TimestampNanoseconds) ? 1 : 0, (socket, _, value) =>
        {
            socket.Set(Forms, false);
            if (value != 0) socket.Set(form, true);
            return Errno.None;
        });
    }

    private static CallResult ReadCookie(OpenSocket socket, Span<byte> value)
    {
        if (value.Length < sizeof(ulong)) return Errno.EINVAL;
        BinaryPrimitives.WriteUInt64LittleEndian(value, socket.Cookie);
        return sizeof(ulong);
    }

    /// <summary>struct ucred of a local socket's peer, or of nobody.</summary>
    private static CallResult ReadCredentials(OpenSocket socket, Span<byte> value)
    {
        Span<byte> bytes = stackalloc byte[UnixCredentials.Length];
        (socket is UnixSocket local ? local.PeerCredentials : UnixCredentials.Nobody).Write(bytes);
        return OptionTable.Cut(bytes, value);
    }

    /// <summary>The groups of a local socket's peer beside its first: processes have none here.</summary>
    private static CallResult ReadPeerGroups(OpenSocket socket, Span<byte> value)
        => socket is UnixSocket { PeerCredentials.ProcessId: > 0 } ? 0 : Errno.ENODATA;

    /// <summary>An option that local sockets alone have.</summary>
    private static OptionHandler Local(int number, SocketFlags flag) => new()
    {
        Definition = Row(SOL_SOCKET, number),
        Get = socket => socket.Has(flag) ? 1 : 0,
        Set = (socket, _, value) =>
        {
            socket.Set(flag, value != 0);
            return Errno.None;
        },
        // Netlink tells the sender's credentials as well (netlink(7)).
        AppliesTo = socket => socket is UnixSocket || number is SO_PASSCRED or SO_PASSSEC && socket is NetlinkSocket,
    };

    private static CallResult ReadMemory(OpenSocket socket, Span<byte> value)
    {
        const int Received = 0, ReceiveLimit = 4, Sent = 8, SendLimit = 12, Drops = 32;
        Span<byte> bytes = stackalloc byte[MemoryInfoLength];
        bytes.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(bytes[Received..], socket.Memory.Received);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[ReceiveLimit..], socket.ReceiveBuffer);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[Sent..], socket.Memory.Sent);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[SendLimit..], socket.SendBuffer);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[Drops..], socket.Memory.Drops);
        return OptionTable.Cut(bytes, value);
    }

    private static CallResult ReadDevice(OpenSocket socket, Span<byte> value)
    {
        if (socket.BoundInterface == 0) return 0;
        if (value.Length < NameLength) return Errno.EINVAL;
        if (socket.Host.Interfaces.Find(socket.BoundInterface) is not { } device) return Errno.ENODEV;
        int length = Encoding.UTF8.GetBytes(device.Name, value);
        value[length] = 0;
        return length + 1;
    }

    private static Errno WriteDevice(OpenSocket socket, Caller caller, ReadOnlySpan<byte> value)
    {
        ReadOnlySpan<byte> name = value[..Math.Min(value.Length, NameLength - 1)];
        int end = name.IndexOf((byte)0);
        if (end >= 0) name = name[..end];
        if (name.IsEmpty) return BindToInterface(socket, caller, 0);
        return socket.Host.Interfaces.Find(Encoding.UTF8.GetString(name)) is { } device ? BindToInterface(socket, caller, device.Index) : Errno.ENODEV;
    }

    /// <summary>Without CAP_NET_RAW a socket can be bound to an interface, but not away from it.</summary>
    private static Errno BindToInterface(OpenSocket socket, Caller caller, int index)
    {
        if (socket.BoundInterface != 0 && !caller.Process.HasCapability(Capability.NetRaw)) return Errno.EPERM;
        socket.BoundInterface = index;
        socket.OnRouteLost();
        return Errno.None;
    }
}
