using System.Buffers.Binary;
using System.Text;
using Slipway.Sockets;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;
using static Slipway.Stack.HandlerRows<Slipway.Stack.InetSocket>;

namespace Slipway.Stack;

/// <summary>Options of IPPROTO_TCP (tcp(7)).</summary>
internal static class TcpHandlers
{
    private const int GreatestKeepSeconds = 32767, GreatestKeepProbes = 127, GreatestSynCount = 127, GreatestMss = 32767, LeastMss = 88;
    private const int SecondsOfMostLinger = 120;
    private const int LeastRtoMax = 1000, GreatestRtoMax = 120_000;

    /// <summary>The longest TCP_TX_DELAY, microseconds: what a smoothed round trip can hold in eighths.</summary>
    private const int GreatestDelay = (1 << 28) - 1;

    /// <summary>Microseconds of the shortest time: more than one tick where Linux has a thousand in a second.</summary>
    private const int LeastTimer = 1001;

    public static OptionHandler[] All { get; } =
    [
        Tcp(TCP_NODELAY, static c => (c.Nagle & NagleMode.Off) != 0 ? 1 : 0, static (c, value) => SetNagle(c, NagleMode.Off, value != 0)),
        Tcp(TCP_CORK, static c => (c.Nagle & NagleMode.Cork) != 0 ? 1 : 0, static (c, value) => SetNagle(c, NagleMode.Cork, value != 0)),
        Tcp(TCP_MAXSEG, MaxSegOf, SetMaxSeg),
        Tcp(TCP_KEEPIDLE, static c => (int)(c.KeepIdle / StackClock.Second), static (c, value) =>
        {
            if (value is < 1 or > GreatestKeepSeconds) return Errno.EINVAL;
            c.KeepIdleSeconds = value;
            c.OnKeepIdleChanged();
            return Errno.None;
        }),
        Tcp(TCP_KEEPINTVL, static c => c.KeepIntervalSeconds > 0 ? c.KeepIntervalSeconds : c.Sysctl.KeepAliveInterval.Value, static (c, value) => InRange(value, 1, GreatestKeepSeconds, ref c.KeepIntervalSeconds)),
        Tcp(TCP_KEEPCNT, static c => c.KeepProbes > 0 ? c.KeepProbes : c.Sysctl.KeepAliveProbes.Value, static (c, value) => InRange(value, 1, GreatestKeepProbes, ref c.KeepProbes)),
        Tcp(TCP_SYNCNT, static c => c.SynRetries > 0 ? c.SynRetries : c.Sysctl.SynRetries.Value, static (c, value) => InRange(value, 1, GreatestSynCount, ref c.SynRetries)),
        Tcp(TCP_LINGER2, static c => c.LingerSeconds < 0 ? -1 : c.LingerSeconds > 0 ? c.LingerSeconds : c.Sysctl.FinTimeout.Value, static (c, value) =>
        {
            c.LingerSeconds = value < 0 ? -1 : Math.Min(value, SecondsOfMostLinger);
            return Errno.None;
        }),
        Tcp(TCP_DEFER_ACCEPT, static c => TcpListener.AnswersToSeconds(TcpListener.SecondsToAnswers(c.DeferAcceptSeconds, 1, 120), 1, 120), static (c, value) =>
        {
            c.DeferAcceptSeconds = Math.Max(value, 0);
            return Errno.None;
        }),
        Tcp(TCP_WINDOW_CLAMP, static c => c.Receiver.WindowClamp, SetWindowClamp),
        Tcp(TCP_QUICKACK, static c => c.Receiver.IsInteractive ? 0 : 1, static (c, value) =>
        {
            c.Receiver.SetQuickAck(value);
            return Errno.None;
        }),
        Tcp(TCP_USER_TIMEOUT, static c => c.UserTimeoutMilliseconds, static (c, value) => value < 0 ? Errno.EINVAL : InRange(value, 0, int.MaxValue, ref c.UserTimeoutMilliseconds)),
        Tcp(TCP_THIN_LINEAR_TIMEOUTS, static c => c.HasThinTimeouts ? 1 : 0, static (c, value) =>
        {
            if (value is < 0 or > 1) return Errno.EINVAL;
            c.HasThinTimeouts = value != 0;
            return Errno.None;
        }),
        // Without effect since Linux 4.11, but the range is still checked.
        Tcp(TCP_THIN_DUPACK, static _ => 0, static (_, value) => value is < 0 or > 1 ? Errno.EINVAL : Errno.None),
        Tcp(TCP_NOTSENT_LOWAT, static c => c.NotSentLowWater, static (c, value) =>
        {
            c.NotSentLowWater = value;
            c.Socket?.OnSpace();
            return Errno.None;
        }),
        Tcp(TCP_TX_DELAY, static c => c.TransmitDelay, static (c, value) =>
        {
            if (value is < 0 or > GreatestDelay) return Errno.EINVAL;
            c.TransmitDelay = value;
            return Errno.None;
        }),
        Tcp(TCP_TIMESTAMP, static c => (int)c.TimestampNow, static (_, _) => Errno.EPERM),
        Tcp(TCP_RTO_MAX_MS, static c => (int)(c.Sender.Rtt.MaxMicroseconds / 1000), static (c, value) =>
        {
            if (value is < LeastRtoMax or > GreatestRtoMax) return Errno.EINVAL;
            c.Sender.Rtt.MaxMicroseconds = (uint)value * 1000;
            return Errno.None;
        }),
        Tcp(TCP_RTO_MIN_US, static c => (int)c.Sender.Rtt.MinMicroseconds, static (c, value) =>
        {
            if (value is < LeastTimer or > (int)RttEstimator.DefaultMinMicroseconds) return Errno.EINVAL;
            c.Sender.Rtt.MinMicroseconds = (uint)value;
            return Errno.None;
        }),
        Tcp(TCP_DELACK_MAX_US, static c => (int)(c.GreatestAckDelay / StackClock.Microsecond), static (c, value) =>
        {
            if (value is < LeastTimer or > (int)(TcpReceiver.GreatestDelay / StackClock.Microsecond)) return Errno.EINVAL;
            c.Extras.GreatestAckDelay = value;
            return Errno.None;
        }),
        Number(IPPROTO_TCP, TCP_INQ, 0, 1, static s => s.Has(SocketFlags.InQueue) ? 1 : 0, static (s, value) => s.Set(SocketFlags.InQueue, value != 0)),
        Number(IPPROTO_TCP, TCP_SAVE_SYN, 0, 2, static s => ((TcpSocket)s).Connection.KnownExtras?.SavesSyn ?? 0, static (s, value) => ((TcpSocket)s).Connection.Extras.SavesSyn = (byte)value),
        Bytes(IPPROTO_TCP, TCP_SAVED_SYN, ReadSavedSyn, null),
        Bytes(IPPROTO_TCP, TCP_CC_INFO, ReadCongestionInfo, null),
        ReadOnly(IPPROTO_TCP, TCP_IS_MPTCP, static _ => 0),
        // No protocol can be put on top: none is set, and none is known by its name.
        Bytes(IPPROTO_TCP, TCP_ULP, static (_, _) => 0, static (_, _, value) => value.IsEmpty ? Errno.EINVAL : Errno.ENOENT, takesAnyLength: true),
        .. RepairHandlers.All,
        .. FastOpenHandlers.All,
        .. SignatureHandlers.All,
        Bytes(IPPROTO_TCP, TCP_CONGESTION, ReadCongestion, WriteCongestion, takesAnyLength: true),
        Bytes(IPPROTO_TCP, TCP_INFO, static (s, value) => TcpInfo.Write((TcpSocket)s, value), null),
    ];

    private static OptionHandler Tcp(int number, Func<TcpConnection, int> get, Func<TcpConnection, int, Errno> set)
        => Number(IPPROTO_TCP, number, s => get(((TcpSocket)s).Connection), (s, _, value) => set(((TcpSocket)s).Connection, value));

    private static Errno InRange(int value, int least, int most, ref int field)
    {
        if (value < least || value > most) return Errno.EINVAL;
        field = value;
        return Errno.None;
    }

    private static Errno SetNagle(TcpConnection connection, NagleMode mode, bool on)
    {
        if (on) connection.Nagle |= mode;
        else connection.Nagle &= ~mode;
        // What was held back goes: at once with TCP_NODELAY on, by the rules again with TCP_CORK off.
        if (mode == NagleMode.Off && on) connection.Sender.PushPending(connection.Nagle | NagleMode.Push);
        else if (mode == NagleMode.Cork && !on) connection.Sender.PushPending(connection.Nagle | ((connection.Nagle & NagleMode.Off) != 0 ? NagleMode.Push : 0));
        return Errno.None;
    }

    private static int MaxSegOf(TcpConnection connection)
        => connection.State == TcpState.Closed && connection.UserMss > 0 ? connection.UserMss : connection.Sender.Mss;

    private static Errno SetMaxSeg(TcpConnection connection, int value)
    {
        if (value != 0 && value is < LeastMss or > GreatestMss) return Errno.EINVAL;
        connection.UserMss = value;
        return Errno.None;
    }

    private static Errno SetWindowClamp(TcpConnection connection, int value)
    {
        if (value == 0)
        {
            if (connection.State != TcpState.Closed || connection.Socket is { IsListening: true }) return Errno.EINVAL;
            connection.UserWindowClamp = connection.Receiver.WindowClamp = 0;
            return Errno.None;
        }
        connection.UserWindowClamp = connection.Receiver.WindowClamp = Math.Max(value, 2304 / 2);
        return Errno.None;
    }

    /// <summary>The headers of the SYN, which are then forgotten; EINVAL where there is no room for them.</summary>
    private static CallResult ReadSavedSyn(InetSocket socket, Span<byte> value)
    {
        if (((TcpSocket)socket).Connection.KnownExtras is not { SavedSyn: { } headers } extras) return 0;
        if (value.Length < headers.Length) return Errno.EINVAL;
        extras.SavedSyn = null;
        return OptionTable.Cut(headers, value);
    }

    /// <summary>struct tcp_bbr_info: the rate in two halves, the least round trip, both gains. The other algorithms tell nothing.</summary>
    private static CallResult ReadCongestionInfo(InetSocket socket, Span<byte> value)
    {
        var stream = (TcpSocket)socket;
        if (stream.CongestionName != "bbr") return 0;
        Span<byte> info = stackalloc byte[20];
        info.Clear();
        if (stream.Connection.Sender.Congestion is Bbr bbr)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(info, bbr.Bandwidth);
            BinaryPrimitives.WriteUInt32LittleEndian(info[8..], bbr.MinRtt);
            BinaryPrimitives.WriteUInt32LittleEndian(info[12..], (uint)bbr.Gains.Pacing);
            BinaryPrimitives.WriteUInt32LittleEndian(info[16..], (uint)bbr.Gains.Window);
        }
        return OptionTable.Cut(info, value);
    }

    /// <summary>The name, filled with zeros to 16 bytes (TCP_CA_NAME_MAX).</summary>
    private static CallResult ReadCongestion(InetSocket socket, Span<byte> value)
    {
        Span<byte> name = stackalloc byte[CongestionRegistry.MaxNameLength];
        name.Clear();
        Encoding.ASCII.GetBytes(((TcpSocket)socket).CongestionName, name);
        return OptionTable.Cut(name, value);
    }

    private static Errno WriteCongestion(InetSocket socket, Caller caller, ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty) return Errno.EINVAL;
        ReadOnlySpan<byte> name = value[..Math.Min(value.Length, CongestionRegistry.MaxNameLength - 1)];
        int end = name.IndexOf((byte)0);
        if (end >= 0) name = name[..end];
        return ((TcpSocket)socket).SetCongestion(Encoding.ASCII.GetString(name), caller.Process);
    }
}
