using System.Globalization;
using System.Text;
using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>The local domain of one host (unix(7)): its names, and the descriptors that are in flight between its sockets.</summary>
internal sealed partial class UnixLayer
{
    private const uint AutomaticNames = 1 << 20;

    // Each type has names of its own: a stream and a datagram socket may have the same abstract one.
    private readonly Dictionary<byte[], UnixSocket> _streams = new(ByteNames.Comparer), _datagrams = new(ByteNames.Comparer), _packets = new(ByteNames.Comparer);
    private readonly StackHost _host;
    private readonly RandomSource _random;

    public UnixLayer(StackHost host)
    {
        _host = host;
        _random = host.Random.Derive("unix");
    }

    /// <summary>The names that are paths.</summary>
    public LocalTree Tree { get; } = new();

    public UnixSocket CreateSocket(ProcessContext creator, SocketType type) => type switch
    {
        SocketType.Stream => new UnixStreamSocket(_host, creator.UserId, NextCookie()),
        SocketType.SequencedPacket => new UnixPacketSocket(_host, creator.UserId, NextCookie()),
        _ => new UnixDatagramSocket(_host, creator.UserId, NextCookie()),
    };

    /// <summary>The socket that was made last; the others follow it.</summary>
    public UnixSocket? First { get; private set; }

    public void Enter(UnixSocket socket)
    {
        socket.NextOfHost = First;
        if (First is not null) First.PreviousOfHost = socket;
        First = socket;
    }

    public void Leave(UnixSocket socket)
    {
        if (socket.PreviousOfHost is not null) socket.PreviousOfHost.NextOfHost = socket.NextOfHost;
        else if (ReferenceEquals(First, socket)) First = socket.NextOfHost;
        if (socket.NextOfHost is not null) socket.NextOfHost.PreviousOfHost = socket.PreviousOfHost;
        socket.NextOfHost = socket.PreviousOfHost = null;
    }

    public ulong NextCookie() => ++_host.Udp.LastCookie;

    /// <summary>The socket that an address names.</summary>
    /// <returns>ECONNREFUSED: nobody has the name; EPROTOTYPE: it is of another type; EACCES, ENOENT, ENOTDIR: the path (unix(7)).</returns>
    public Errno Find(Caller caller, ReadOnlySpan<byte> address, SocketType type, out UnixSocket? socket)
    {
        socket = null;
        if (UnixName.IsAbstractAddress(address))
            return NamesOf(type).GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(address[UnixName.PathOffset..], out socket) ? Errno.None : Errno.ECONNREFUSED;
        Errno error = Tree.Find(caller, UnixName.PathOf(address), followsLast: true, out LocalNode node);
        if (error != Errno.None) return error;
        if (!node.Allows(caller.Process, LocalNode.Write)) return Errno.EACCES;
        if (node.Socket is not { } found) return Errno.ECONNREFUSED;
        if (found.Type != type) return Errno.EPROTOTYPE;
        socket = found;
        return Errno.None;
    }

    /// <summary>Takes an abstract name.</summary>
    public bool TryBindAbstract(UnixSocket socket, UnixName name) => NamesOf(socket.Type).TryAdd(name.Path.ToArray(), socket);

    /// <summary>Chooses an abstract name of five hexadecimal digits (unix(7), "Autobind feature").</summary>
    /// <returns>Null where all are taken.</returns>
    public UnixName? BindAutomatically(UnixSocket socket)
    {
        Span<byte> path = stackalloc byte[6];
        path[0] = 0;
        uint first = _random.NextUInt32() % AutomaticNames;
        for (uint tried = 0; tried < AutomaticNames; tried++)
        {
            uint number = (first + tried) % AutomaticNames;
            Encoding.ASCII.GetBytes(number.ToString("x5", CultureInfo.InvariantCulture), path[1..]);
            UnixName name = UnixName.FromAbstract(path);
            if (TryBindAbstract(socket, name)) return name;
        }
        return null;
    }

    /// <summary>A socket closes: its abstract name is free again, its path stays until it is unlinked.</summary>
    public void Unbind(UnixSocket socket)
    {
        // An accepted socket has its listener's name and place, but both are the listener's.
        if (socket.Node is { } node)
        {
            if (node.Socket == socket) node.Socket = null;
        }
        else if (socket.Name is { IsAbstract: true } name)
        {
            var names = NamesOf(socket.Type).GetAlternateLookup<ReadOnlySpan<byte>>();
            if (names.TryGetValue(name.Path, out UnixSocket? owner) && owner == socket) names.Remove(name.Path);
        }
    }

    private Dictionary<byte[], UnixSocket> NamesOf(SocketType type) => type switch
    {
        SocketType.Stream => _streams,
        SocketType.SequencedPacket => _packets,
        _ => _datagrams,
    };
}
