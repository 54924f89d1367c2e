using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>A socket of the internet, or what is left of one, as sock_diag tells of it (struct inet_diag_msg).</summary>
internal sealed class DiagnosticEntry
{
    private const byte TimerRetransmit = 1, TimerKeepAlive = 2, TimerTimeWait = 3, TimerProbe = 4;

    public required AddressFamily Family { get; init; }

    public required TcpState State { get; init; }

    public IpAddress Local { get; init; }

    public IpAddress Remote { get; init; }

    public ushort LocalPort { get; init; }

    public ushort RemotePort { get; init; }

    public int Interface { get; init; }

    /// <summary>The socket; null for what has none: TIME_WAIT, half-open connections, those whose program has gone.</summary>
    public InetSocket? Socket { get; init; }

    public TcpConnection? Connection { get; init; }

    public uint ReceiveQueue { get; init; }

    public uint SendQueue { get; init; }

    /// <summary>What the connection waits for, how often it did so in vain, and in how many milliseconds it ends.</summary>
    public (byte Kind, byte Attempts, uint Milliseconds) Timer { get; init; }

    public ulong Cookie => Socket?.Cookie ?? 0;

    public static DiagnosticEntry Of(TcpListener listener)
    {
        TcpSocket socket = listener.Socket;
        return new()
        {
            Family = socket.Family, State = TcpState.Listen, Local = socket.BoundAddress, LocalPort = socket.LocalPort, Interface = socket.BoundInterface,
            Socket = socket, Connection = socket.Connection, ReceiveQueue = (uint)listener.ReadyCount, SendQueue = (uint)listener.Backlog,
        };
    }

    public static DiagnosticEntry Of(TcpEndpoint endpoint)
    {
        var connection = endpoint as TcpConnection;
        AddressFamily family = connection?.Socket?.Family ?? (endpoint.LocalAddress.IsIPv4 ? AddressFamily.Inet : AddressFamily.Inet6);
        return new()
        {
            Family = family,
            State = endpoint switch { TcpConnection one => one.State, TcpTimeWait rest => rest.State, _ => TcpState.SynReceived },
            Local = endpoint.LocalAddress,
            LocalPort = endpoint.LocalPort,
            Remote = endpoint.RemoteAddress,
            RemotePort = endpoint.RemotePort,
            Interface = endpoint.BoundInterface,
            Socket = connection?.Socket,
            Connection = connection,
            ReceiveQueue = (uint)Math.Max(connection?.Receiver.Readable ?? 0, 0),
            SendQueue = (uint)Math.Max(connection?.Sender.Unacknowledged ?? 0, 0),
            Timer = TimerOf(endpoint),
        };
    }

    public static DiagnosticEntry Of(DatagramSocket socket) => new()
    {
        Family = socket.Family,
        State = socket.IsConnected ? TcpState.Established : TcpState.Closed,
        Local = socket.SourceAddress.IsUnspecified ? socket.BoundAddress : socket.SourceAddress,
        // A raw socket's protocol stands where others have their port (inet_num).
        LocalPort = socket.IsRaw ? (ushort)socket.Protocol : socket.LocalPort,
        Remote = socket.PeerAddress,
        RemotePort = socket.PeerPort,
        Interface = socket.BoundInterface,
        Socket = socket,
        ReceiveQueue = (uint)socket.Memory.Received,
        SendQueue = (uint)socket.Memory.Sent,
    };

    private static (byte, byte, uint) TimerOf(TcpEndpoint endpoint)
    {
        long now = endpoint.Loop.Now;
        if (endpoint is TcpTimeWait) return (TimerTimeWait, 0, Milliseconds(endpoint.Remaining));
        if (endpoint is TcpRequest request) return (TimerRetransmit, request.Timeouts, Milliseconds(endpoint.Remaining));
        if (endpoint is not TcpConnection connection) return default;
        TcpSender sender = connection.Sender;
        return sender.Timer switch
        {
            SenderTimer.None when connection.KeepAliveAt != long.MaxValue => (TimerKeepAlive, sender.Probes, Milliseconds(connection.KeepAliveAt - now)),
            SenderTimer.None => default,
            SenderTimer.WindowProbe => (TimerProbe, sender.Probes, Milliseconds(sender.TimerDueAt - now)),
            _ => (TimerRetransmit, sender.Timeouts, Milliseconds(sender.TimerDueAt - now)),
        };
    }

    private static uint Milliseconds(long nanoseconds) => (uint)Math.Max(0, nanoseconds / StackClock.Millisecond);
}
