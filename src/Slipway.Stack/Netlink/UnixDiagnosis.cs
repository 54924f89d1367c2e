using System.Buffers.Binary;
using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>Local sockets by sock_diag (struct unix_diag_req and unix_diag_msg; Linux net/unix/diag.c).</summary>
internal static class UnixDiagnosis
{
    private const int RequestLength = 24, AnswerLength = 16;
    private const ushort AttributeName = 0, AttributeFile = 1, AttributePeer = 2, AttributePending = 3, AttributeQueues = 4, AttributeMemory = 5, AttributeShut = 6, AttributeUser = 7;
    private const uint ShowName = 1, ShowFile = 2, ShowPeer = 4, ShowPending = 8, ShowQueues = 16, ShowMemory = 32, ShowUser = 64;

    /// <summary>The device that files of local sockets are on: 0/1.</summary>
    private const uint Device = 1;

    public static NetlinkRefusal Answer(StackHost host, in NetlinkRequest request)
    {
        if (request.Body.Length < RequestLength) return Errno.EINVAL;
        uint states = BinaryPrimitives.ReadUInt32LittleEndian(request.Body[4..]), inode = BinaryPrimitives.ReadUInt32LittleEndian(request.Body[8..]);
        uint show = BinaryPrimitives.ReadUInt32LittleEndian(request.Body[12..]);
        ulong cookie = BinaryPrimitives.ReadUInt64LittleEndian(request.Body[16..]);
        if (!request.IsDump && inode == 0) return Errno.EINVAL;
        var writer = new NetlinkWriter();
        for (UnixSocket? socket = host.Unix.First; socket is not null; socket = socket.NextOfHost)
        {
            if (request.IsDump)
            {
                if ((states >> (int)socket.DiagnosticState & 1) != 0) Write(writer, socket, show, MessageHead.OfDump(NetlinkMessageType.SOCK_DIAG_BY_FAMILY, request));
                continue;
            }
            if ((uint)socket.Cookie != inode) continue;
            if (cookie != ulong.MaxValue && cookie != socket.Cookie) return Errno.ESTALE;
            Write(writer, socket, show, MessageHead.OfAnswer(NetlinkMessageType.SOCK_DIAG_BY_FAMILY, request));
            return request.Socket.Reply(writer);
        }
        return request.IsDump ? request.Socket.StartDump(request, writer, generation: null) : Errno.ENOENT;
    }

    private static void Write(NetlinkWriter writer, UnixSocket socket, uint show, in MessageHead head)
    {
        head.Begin(writer);
        Span<byte> answer = writer.Fixed(AnswerLength);
        answer[0] = (byte)AddressFamily.Unix;
        answer[1] = (byte)socket.Type;
        answer[2] = (byte)socket.DiagnosticState;
        BinaryPrimitives.WriteUInt32LittleEndian(answer[4..], (uint)socket.Cookie);
        BinaryPrimitives.WriteUInt64LittleEndian(answer[8..], socket.Cookie);
        if ((show & ShowName) != 0 && socket.Name is { } name) writer.Attribute(AttributeName, name.Path);
        if ((show & ShowFile) != 0 && socket.Node is { } node) writer.Attribute(AttributeFile, FileOf(node));
        if ((show & ShowPeer) != 0 && socket.Peer is { } peer) writer.Attribute(AttributePeer, (uint)peer.Cookie);
        if ((show & ShowPending) != 0 && socket.IsListening) WritePending(writer, socket);
        if ((show & ShowQueues) != 0) WriteQueues(writer, socket);
        if ((show & ShowMemory) != 0) DiagnosticMemory.Write(writer, AttributeMemory, socket);
        writer.Attribute(AttributeShut, (byte)((socket.IsReceiveShut ? 1 : 0) | (socket.IsSendShut ? 2 : 0)));
        if ((show & ShowUser) != 0) writer.Attribute(AttributeUser, (uint)socket.UserId);
        writer.EndMessage();
    }

    /// <summary>struct unix_diag_vfs: the number of the file, and its device, the only one that a virtual host has.</summary>
    private static byte[] FileOf(LocalNode node)
    {
        byte[] file = new byte[2 * sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(file, (uint)node.Inode);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(sizeof(uint)), Device);
        return file;
    }

    /// <summary>The numbers of those who wait to be accepted: of their own ends, which the others call peers.</summary>
    private static void WritePending(NetlinkWriter writer, UnixSocket socket)
    {
        byte[] inodes = new byte[socket.Waiting.Pending.Count * sizeof(uint)];
        int at = 0;
        foreach (UnixSocket pending in socket.Waiting.Pending)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(inodes.AsSpan(at), (uint)(pending.Peer?.Cookie ?? 0));
            at += sizeof(uint);
        }
        writer.Attribute(AttributePending, inodes);
    }

    private static void WriteQueues(NetlinkWriter writer, UnixSocket socket)
    {
        Span<byte> queues = stackalloc byte[2 * sizeof(uint)];
        queues.Clear();
        if (socket.IsListening)
        {
            BinaryPrimitives.WriteInt32LittleEndian(queues, socket.Waiting.Pending.Count);
            BinaryPrimitives.WriteInt32LittleEndian(queues[sizeof(uint)..], socket.Waiting.Backlog);
        }
        else
        {
            socket.Ioctl(IoControl.FIONREAD, queues[..sizeof(uint)]);
            socket.Ioctl(IoControl.SIOCOUTQ, queues[sizeof(uint)..]);
        }
        writer.Attribute(AttributeQueues, queues);
    }
}
