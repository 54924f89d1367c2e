using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>Writes a socket as SOCK_DIAG_BY_FAMILY has it: struct inet_diag_msg and attributes in the kernel's order (inet_sk_diag_fill).</summary>
internal static class InetDiagnosticMessages
{
    private const int AnswerLength = 72;
    private const ushort Memory = 1, Info = 2, Congestion = 4, Tos = 5, TrafficClass = 6, SocketMemory = 7, Shut = 8, IPv6Only = 11, Mark = 15, ClassId = 17, Keys = 18, SocketOptions = 22;
    private const int KeyLength = 100, KeyAddressAt = 4, KeyBytesAt = 20;

    /// <param name="writer">Where to.</param>
    /// <param name="entry">The socket.</param>
    /// <param name="extensions">idiag_ext: a bit for each attribute that is wanted.</param>
    /// <param name="isAdministrator">Whether marks are told.</param>
    /// <param name="head">The header.</param>
    public static void Write(NetlinkWriter writer, DiagnosticEntry entry, byte extensions, bool isAdministrator, in MessageHead head)
    {
        head.Begin(writer);
        WriteFixed(writer.Fixed(AnswerLength), entry);
        if (entry.Socket is { } socket) WriteSocket(writer, entry, socket, extensions, isAdministrator);
        else if (isAdministrator) writer.Attribute(Mark, 0u);
        writer.EndMessage();
    }

    private static void WriteFixed(Span<byte> answer, DiagnosticEntry entry)
    {
        answer[0] = (byte)entry.Family;
        answer[1] = (byte)entry.State;
        (answer[2], answer[3], uint expires) = entry.Timer;
        BinaryPrimitives.WriteUInt16BigEndian(answer[4..], entry.LocalPort);
        BinaryPrimitives.WriteUInt16BigEndian(answer[6..], entry.RemotePort);
        WriteAddress(answer[8..24], entry.Family, entry.Local);
        WriteAddress(answer[24..40], entry.Family, entry.Remote);
        BinaryPrimitives.WriteInt32LittleEndian(answer[40..], entry.Interface);
        BinaryPrimitives.WriteUInt64LittleEndian(answer[44..], entry.Cookie);
        BinaryPrimitives.WriteUInt32LittleEndian(answer[52..], expires);
        BinaryPrimitives.WriteUInt32LittleEndian(answer[56..], entry.ReceiveQueue);
        BinaryPrimitives.WriteUInt32LittleEndian(answer[60..], entry.SendQueue);
        BinaryPrimitives.WriteUInt32LittleEndian(answer[64..], (uint)(entry.Socket?.UserId ?? 0));
        BinaryPrimitives.WriteUInt32LittleEndian(answer[68..], (uint)entry.Cookie);
    }

    private static void WriteAddress(Span<byte> room, AddressFamily family, IpAddress address)
    {
        if (family == AddressFamily.Inet) address.WriteIPv4(room);
        // An unspecified address is so in either family; an IPv4 peer of an IPv6 socket is a mapped one.
        else if (!address.IsUnspecified) address.WriteIPv6(room);
    }

    private static void WriteSocket(NetlinkWriter writer, DiagnosticEntry entry, InetSocket socket, byte extensions, bool isAdministrator)
    {
        writer.Attribute(Shut, (byte)((IsShut(entry, socket, receive: true) ? 1 : 0) | (IsShut(entry, socket, receive: false) ? 2 : 0)));
        if (Wants(extensions, Tos)) writer.Attribute(Tos, socket.Tos);
        if (entry.Family == AddressFamily.Inet6)
        {
            if (Wants(extensions, TrafficClass)) writer.Attribute(TrafficClass, socket.TrafficClass);
            if (entry.State is TcpState.Listen or TcpState.Closed) writer.Attribute(IPv6Only, socket.IsIPv6Only ? (byte)1 : (byte)0);
        }
        if (isAdministrator) writer.Attribute(Mark, (uint)socket.Mark);
        if (Wants(extensions, TrafficClass)) writer.Attribute(ClassId, (uint)socket.Priority);
        writer.Attribute(SocketOptions, stackalloc byte[2] { OptionsOf(socket), socket.Has(SocketFlags.BindAddressNoPort) ? (byte)1 : (byte)0 });
        if (Wants(extensions, Memory)) WriteMemory(writer, socket);
        if (Wants(extensions, SocketMemory)) DiagnosticMemory.Write(writer, SocketMemory, socket);
        if (socket is not TcpSocket tcp) return;
        if (Wants(extensions, Info))
        {
            Span<byte> info = stackalloc byte[TcpInfo.Length];
            TcpInfo.Write(tcp, info);
            writer.Attribute(Info, info);
        }
        if (Wants(extensions, Congestion)) writer.Attribute(Congestion, tcp.CongestionName);
        if (isAdministrator && Wants(extensions, Info) && tcp.Connection.KnownExtras?.Keys is { All.Count: > 0 } keys) WriteKeys(writer, keys);
    }

    /// <summary>The keys of signed segments: struct tcp_diag_md5sig each, the newest first.</summary>
    private static void WriteKeys(NetlinkWriter writer, TcpKeys keys)
    {
        // An attribute holds so many; the kernel tells none where there are more.
        if (keys.All.Count > (ushort.MaxValue - 4) / KeyLength) return;
        byte[] all = new byte[keys.All.Count * KeyLength];
        Span<byte> rest = all;
        for (int i = keys.All.Count - 1; i >= 0; i--, rest = rest[KeyLength..])
        {
            TcpKey key = keys.All[i];
            IpAddress address = key.Peers.Address;
            rest[0] = (byte)(address.IsIPv4 ? AddressFamily.Inet : AddressFamily.Inet6);
            rest[1] = (byte)key.Peers.Length;
            BinaryPrimitives.WriteUInt16LittleEndian(rest[2..], (ushort)key.Secret.Length);
            if (address.IsIPv4) address.WriteIPv4(rest[KeyAddressAt..]);
            else address.WriteIPv6(rest[KeyAddressAt..]);
            key.Secret.CopyTo(rest[KeyBytesAt..]);
        }
        writer.Attribute(Keys, all);
    }

    private static bool Wants(byte extensions, ushort attribute) => (extensions >> attribute - 1 & 1) != 0;

    private static bool IsShut(DiagnosticEntry entry, InetSocket socket, bool receive)
    {
        if (entry.Connection is { } connection) return entry.State != TcpState.Listen && (receive ? connection.IsReceiveShut : connection.IsSendShut);
        return socket.IsShut(receive);
    }

    /// <summary>struct inet_diag_sockopt.</summary>
    private static byte OptionsOf(InetSocket socket)
    {
        int bits = socket.Has(SocketFlags.ReceiveErrors) ? 1 : 0;
        if (socket is TcpSocket) bits |= 2;
        if (socket.Has(SocketFlags.FreeBind)) bits |= 4;
        if (socket.Has(SocketFlags.MulticastLoop)) bits |= 16;
        if (socket.Has(SocketFlags.Transparent)) bits |= 32;
        if (socket.Has(SocketFlags.MulticastAll) && !socket.IsIPv6) bits |= 64;
        return (byte)bits;
    }

    /// <summary>struct inet_diag_meminfo: received, queued to send, reserved, sent.</summary>
    private static void WriteMemory(NetlinkWriter writer, InetSocket socket)
    {
        (int received, int sent, _) = socket.Memory;
        Span<byte> bytes = stackalloc byte[4 * sizeof(uint)];
        bytes.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(bytes, received);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], sent);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[12..], sent);
        writer.Attribute(Memory, bytes);
    }
}
