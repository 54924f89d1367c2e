using System.Buffers.Binary;
using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>Netlink sockets by sock_diag (struct netlink_diag_req and netlink_diag_msg; Linux net/netlink/diag.c).</summary>
internal static class NetlinkDiagnosis
{
    private const int RequestLength = 20, AnswerLength = 28, AllProtocols = 255;
    private const byte StateUnconnected = 7;
    private const ushort AttributeMemory = 0, AttributeGroups = 1;
    private const uint ShowMemory = 1, ShowGroups = 2;

    public static NetlinkRefusal Answer(StackHost host, in NetlinkRequest request)
    {
        if (request.Body.Length < RequestLength) return Errno.EINVAL;
        if (!request.IsDump) return Errno.EOPNOTSUPP;
        byte protocol = request.Body[1];
        uint show = BinaryPrimitives.ReadUInt32LittleEndian(request.Body[8..]);
        if (protocol != AllProtocols && protocol >= NetlinkLayer.Protocols) return request.Socket.StartDump(request, new NetlinkWriter(), generation: null, Errno.ENOENT);
        var writer = new NetlinkWriter();
        foreach (NetlinkSocket socket in host.Netlink.Sockets)
        {
            if (protocol == AllProtocols || protocol == socket.Protocol) Write(writer, socket, show, MessageHead.OfDump(NetlinkMessageType.SOCK_DIAG_BY_FAMILY, request));
        }
        return request.Socket.StartDump(request, writer, generation: null);
    }

    private static void Write(NetlinkWriter writer, NetlinkSocket socket, uint show, in MessageHead head)
    {
        head.Begin(writer);
        Span<byte> answer = writer.Fixed(AnswerLength);
        answer[0] = (byte)AddressFamily.Netlink;
        answer[1] = (byte)socket.Type;
        answer[2] = (byte)socket.Protocol;
        answer[3] = StateUnconnected;
        BinaryPrimitives.WriteUInt32LittleEndian(answer[4..], socket.Port);
        BinaryPrimitives.WriteUInt32LittleEndian(answer[8..], socket.Peer.Port);
        BinaryPrimitives.WriteUInt32LittleEndian(answer[12..], socket.Peer.Groups);
        BinaryPrimitives.WriteUInt32LittleEndian(answer[16..], (uint)socket.Cookie);
        BinaryPrimitives.WriteUInt64LittleEndian(answer[20..], socket.Cookie);
        if ((show & ShowGroups) != 0 && socket.HasHadGroups)
        {
            Span<byte> groups = stackalloc byte[sizeof(ulong)];
            BinaryPrimitives.WriteUInt64LittleEndian(groups, socket.Groups);
            writer.Attribute(AttributeGroups, groups);
        }
        if ((show & ShowMemory) != 0) DiagnosticMemory.Write(writer, AttributeMemory, socket);
        writer.EndMessage();
    }
}
