using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>Sockets of the internet by sock_diag (struct inet_diag_req_v2; Linux net/ipv4/inet_diag.c): all that fit, one by its addresses, or its end.</summary>
internal sealed class InetDiagnosis(StackHost host)
{
    private const int RequestLength = 56;
    private const int RawProtocol = 255;

    /// <summary>INET_DIAG_REQ_BYTECODE.</summary>
    private const ushort ProgramAttribute = 1;

    public NetlinkRefusal Answer(in NetlinkRequest request)
    {
        if (request.Body.Length < RequestLength) return Errno.EINVAL;
        return request.IsDump ? Dump(request) : Get(request);
    }

    /// <summary>SOCK_DESTROY: TCP has it.</summary>
    public NetlinkRefusal Destroy(in NetlinkRequest request)
    {
        if (request.Body.Length < RequestLength) return Errno.EINVAL;
        if (!request.Process.HasCapability(Capability.NetAdmin)) return Errno.EPERM;
        NetlinkRefusal refusal = Find(request.Body, out DiagnosticEntry? found);
        if (refusal.Error != Errno.None) return refusal;
        if (found!.Socket is TcpSocket socket) socket.Destroy();
        else if (found.Connection is { } orphan) orphan.Destroy();
        else return Errno.EOPNOTSUPP;
        return Errno.None;
    }

    private NetlinkRefusal Dump(in NetlinkRequest request)
    {
        ReadOnlySpan<byte> body = request.Body;
        var attributes = new RequestAttributes(request.Reader.Attributes(RequestLength));
        bool isAdministrator = request.Process.HasCapability(Capability.NetAdmin);
        if (attributes.TryFind(ProgramAttribute, out ReadOnlySpan<byte> program))
        {
            Errno wrong = DiagnosticProgram.Check(program, isAdministrator);
            if (wrong != Errno.None) return wrong;
        }
        var writer = new NetlinkWriter();
        if (EntriesOf(body) is not { } entries) return request.Socket.StartDump(request, writer, generation: null, Errno.ENOENT);
        uint states = BinaryPrimitives.ReadUInt32LittleEndian(body[4..]);
        ushort localPort = BinaryPrimitives.ReadUInt16BigEndian(body[8..]), remotePort = BinaryPrimitives.ReadUInt16BigEndian(body[10..]);
        MessageHead head = MessageHead.OfDump(NetlinkMessageType.SOCK_DIAG_BY_FAMILY, request);
        foreach (DiagnosticEntry entry in entries)
        {
            if ((states >> (int)entry.State & 1) == 0 || (byte)entry.Family != body[0]) continue;
            if (localPort != 0 && localPort != entry.LocalPort || remotePort != 0 && remotePort != entry.RemotePort) continue;
            if (!program.IsEmpty && !DiagnosticProgram.Takes(program, entry)) continue;
            InetDiagnosticMessages.Write(writer, entry, body[2], isAdministrator, head);
        }
        return request.Socket.StartDump(request, writer, generation: null);
    }

    private NetlinkRefusal Get(in NetlinkRequest request)
    {
        NetlinkRefusal refusal = Find(request.Body, out DiagnosticEntry? found);
        if (refusal.Error != Errno.None) return refusal;
        var writer = new NetlinkWriter();
        InetDiagnosticMessages.Write(writer, found!, request.Body[2], request.Process.HasCapability(Capability.NetAdmin), MessageHead.OfAnswer(NetlinkMessageType.SOCK_DIAG_BY_FAMILY, request));
        return request.Socket.Reply(writer);
    }

    /// <summary>The socket that struct inet_diag_sockid names: as a packet would find it, a connection before a listener.</summary>
    /// <returns>ENOENT: there is none, or of TCP it is another than the cookie says; of the others that is ESTALE.</returns>
    private NetlinkRefusal Find(ReadOnlySpan<byte> body, out DiagnosticEntry? found)
    {
        found = null;
        if (EntriesOf(body) is not { } entries) return Errno.ENOENT;
        bool isIPv4 = (AddressFamily)body[0] == AddressFamily.Inet;
        ushort localPort = BinaryPrimitives.ReadUInt16BigEndian(body[8..]), remotePort = BinaryPrimitives.ReadUInt16BigEndian(body[10..]);
        IpAddress local = isIPv4 ? IpAddress.ReadIPv4(body[12..]) : IpAddress.ReadIPv6(body[12..]), remote = isIPv4 ? IpAddress.ReadIPv4(body[28..]) : IpAddress.ReadIPv6(body[28..]);
        ulong cookie = BinaryPrimitives.ReadUInt64LittleEndian(body[48..]);
        // Asked for one datagram socket, Linux takes the two ends the other way round (udp_dump_one).
        if (body[1] == (byte)IpProtocol.Udp) (localPort, remotePort, local, remote) = (remotePort, localPort, remote, local);
        foreach (DiagnosticEntry entry in entries)
        {
            if (entry.LocalPort != localPort) continue;
            bool isExact = entry.RemotePort == remotePort && entry.Local == local && entry.Remote == remote;
            bool isOpen = entry.RemotePort == 0 && (entry.Local == local || entry.Local.IsUnspecified) && (entry.Family == AddressFamily.Inet6 || isIPv4);
            if (isExact) found = entry;
            else if (isOpen) found ??= entry;
            if (isExact) break;
        }
        if (found is null) return Errno.ENOENT;
        if (cookie == ulong.MaxValue || cookie == found.Cookie) return Errno.None;
        return found.Connection is not null ? Errno.ENOENT : Errno.ESTALE;
    }

    /// <summary>All sockets of the protocol that is asked for; null where sock_diag does not have it.</summary>
    private IEnumerable<DiagnosticEntry>? EntriesOf(ReadOnlySpan<byte> body) => body[1] switch
    {
        (byte)IpProtocol.Tcp => host.Tcp.Listeners.ToList().Select(DiagnosticEntry.Of).Concat(host.Tcp.Connections.ToList().Select(DiagnosticEntry.Of)),
        (byte)IpProtocol.Udp => host.Udp.Ports.ToList().OfType<DatagramSocket>().Select(DiagnosticEntry.Of),
        RawProtocol => host.Raw.Table4.All.Concat(host.Raw.Table6.All).Select(DiagnosticEntry.Of),
        _ => null,
    };
}
