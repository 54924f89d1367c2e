using System.Buffers.Binary;

namespace Slipway.Sockets;

/// <summary>The sockets of a whole host by sock_diag(7), whoever has them, as ss(8) shows them. It works on the kernel and on hosts of a lab alike.</summary>
public sealed class SocketDiagnostics : IDisposable
{
    /// <summary>A bit for each state: all but those that the request cannot name.</summary>
    public const uint AllStates = 0xFFF;

    private const int InetLength = 56, UnixLength = 24, NetlinkLength = 20, PacketLength = 20;
    private const byte AllProtocols = 255;

    /// <summary>INET_DIAG_REQ_BYTECODE.</summary>
    private const ushort ProgramAttribute = 1;

    private readonly NetlinkClient _client;
    private readonly NetlinkWriter _request = new();

    /// <summary>Opens a socket.</summary>
    /// <exception cref="SocketCallException">The system has no sock_diag.</exception>
    public SocketDiagnostics(SocketSystem system) => _client = new NetlinkClient(system, NetlinkProtocol.NETLINK_SOCK_DIAG);

    /// <summary>The socket that asks.</summary>
    public NetlinkClient Client => _client;

    /// <summary>Sockets of the internet.</summary>
    /// <param name="family">AF_INET or AF_INET6.</param>
    /// <param name="protocol">TCP, UDP, or 255 for raw sockets.</param>
    /// <param name="states">A bit for each state that is wanted.</param>
    /// <param name="details">A bit for each of <see cref="DiagnosticAttribute"/> that is wanted, the first the lowest.</param>
    /// <param name="filter">Which of them; null for all.</param>
    /// <exception cref="NetlinkException">ENOENT: there is nobody who tells of the protocol. EPERM: the filter asks for marks, which is for CAP_NET_ADMIN.</exception>
    public List<DiagnosedSocket> Inet(AddressFamily family, IpProtocol protocol, uint states = AllStates, byte details = 0, DiagnosticFilter? filter = null)
    {
        Span<byte> body = Begin(NetlinkMessageType.SOCK_DIAG_BY_FAMILY, InetLength);
        body[0] = (byte)family;
        body[1] = (byte)protocol;
        body[2] = details;
        BinaryPrimitives.WriteUInt32LittleEndian(body[4..], states);
        if (filter is not null)
        {
            _request.Attribute(ProgramAttribute, filter.Program);
            _request.EndMessage();
        }
        return _client.Dump(_request, nameof(NetlinkMessageType.SOCK_DIAG_BY_FAMILY), message => DiagnosedSocket.Read(message, (int)protocol));
    }

    /// <summary>One socket of the internet, by its addresses and its cookie.</summary>
    /// <param name="socket">The socket; a cookie of all bits is any.</param>
    /// <param name="details">A bit for each of <see cref="DiagnosticAttribute"/> that is wanted.</param>
    /// <exception cref="NetlinkException">ENOENT: there is none of these addresses, or of TCP it has another cookie; of the others that is ESTALE.</exception>
    public DiagnosedSocket Find(DiagnosedSocket socket, byte details = 0)
    {
        Describe(NetlinkMessageType.SOCK_DIAG_BY_FAMILY, socket)[2] = details;
        return _client.Ask(_request, nameof(NetlinkMessageType.SOCK_DIAG_BY_FAMILY), message => DiagnosedSocket.Read(message, socket.Protocol));
    }

    /// <summary>Ends a socket of somebody else (SOCK_DESTROY): its program gets ECONNABORTED, its peer a reset.</summary>
    /// <exception cref="NetlinkException">EPERM; ENOENT; EOPNOTSUPP: the protocol does not have it.</exception>
    public void Destroy(DiagnosedSocket socket)
    {
        Describe(NetlinkMessageType.SOCK_DESTROY, socket);
        _client.Execute(_request, nameof(NetlinkMessageType.SOCK_DESTROY));
    }

    /// <summary>Local sockets.</summary>
    /// <param name="states">A bit for each state that is wanted.</param>
    public List<DiagnosedUnixSocket> Unix(uint states = AllStates)
    {
        const uint Everything = 0x3F;
        Span<byte> body = Begin(NetlinkMessageType.SOCK_DIAG_BY_FAMILY, UnixLength);
        body[0] = (byte)AddressFamily.Unix;
        BinaryPrimitives.WriteUInt32LittleEndian(body[4..], states);
        BinaryPrimitives.WriteUInt32LittleEndian(body[12..], Everything);
        return _client.Dump(_request, nameof(NetlinkMessageType.SOCK_DIAG_BY_FAMILY), DiagnosedUnixSocket.Read);
    }

    /// <summary>Packet sockets.</summary>
    /// <exception cref="NetlinkException">ENOENT: there is nobody who tells of them.</exception>
    public List<DiagnosedPacketSocket> Packet()
    {
        const uint Everything = 0x3F;
        Span<byte> body = Begin(NetlinkMessageType.SOCK_DIAG_BY_FAMILY, PacketLength);
        body[0] = (byte)AddressFamily.Packet;
        BinaryPrimitives.WriteUInt32LittleEndian(body[8..], Everything);
        return _client.Dump(_request, nameof(NetlinkMessageType.SOCK_DIAG_BY_FAMILY), DiagnosedPacketSocket.Read);
    }

    /// <summary>Netlink sockets.</summary>
    public List<DiagnosedNetlinkSocket> Netlink()
    {
        const uint Memory = 1;
        Span<byte> body = Begin(NetlinkMessageType.SOCK_DIAG_BY_FAMILY, NetlinkLength);
        body[0] = (byte)AddressFamily.Netlink;
        body[1] = AllProtocols;
        BinaryPrimitives.WriteUInt32LittleEndian(body[8..], Memory);
        return _client.Dump(_request, nameof(NetlinkMessageType.SOCK_DIAG_BY_FAMILY), DiagnosedNetlinkSocket.Read);
    }

    /// <summary>Closes the socket.</summary>
    public void Dispose() => _client.Dispose();

    private Span<byte> Describe(ushort type, DiagnosedSocket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        Span<byte> body = Begin(type, InetLength);
        body[0] = (byte)socket.Family;
        body[1] = (byte)socket.Protocol;
        BinaryPrimitives.WriteUInt32LittleEndian(body[4..], AllStates);
        // Asked for one datagram socket, Linux takes the two ends the other way round (udp_dump_one).
        bool isDatagram = socket.Protocol == (int)IpProtocol.Udp;
        (InetAddress first, InetAddress second) = isDatagram ? (socket.Remote, socket.Local) : (socket.Local, socket.Remote);
        BinaryPrimitives.WriteUInt16BigEndian(body[8..], first.Port);
        BinaryPrimitives.WriteUInt16BigEndian(body[10..], second.Port);
        first.WriteAddress(body[12..28]);
        second.WriteAddress(body[28..44]);
        BinaryPrimitives.WriteInt32LittleEndian(body[44..], socket.Interface);
        BinaryPrimitives.WriteUInt64LittleEndian(body[48..], socket.Cookie);
        return body;
    }

    private Span<byte> Begin(ushort type, int length)
    {
        _request.Clear();
        _request.BeginMessage(type, 0);
        Span<byte> body = _request.Fixed(length);
        _request.EndMessage();
        return body;
    }
}
