using System.Buffers.Binary;

namespace Slipway.Sockets;

/// <summary>A netlink socket as sock_diag(7) tells of it (struct netlink_diag_msg).</summary>
/// <param name="Protocol">Of <see cref="NetlinkProtocol"/>, among others.</param>
/// <param name="Port">nl_pid; 0 is the kernel.</param>
public sealed record DiagnosedNetlinkSocket(int Protocol, uint Port)
{
    /// <summary>The peer's number; 0 for the kernel.</summary>
    public uint PeerPort { get; init; }

    /// <summary>Memory of what waits to be read.</summary>
    public uint ReceiveQueue { get; init; }

    /// <summary>The number that fstat tells.</summary>
    public uint Inode { get; init; }

    /// <summary>NETLINK_DIAG_MEMINFO: received, its limit, sent, its limit, reserved, queued to send, options, backlog, drops.</summary>
    public IReadOnlyList<uint> Memory { get; init; } = [];

    /// <summary>Reads SOCK_DIAG_BY_FAMILY of AF_NETLINK.</summary>
    public static DiagnosedNetlinkSocket Read(NetlinkReader message)
    {
        const int Length = 28;
        const ushort MemoryAttribute = 0;
        ReadOnlySpan<byte> body = message.Body.Length >= Length ? message.Body : new byte[Length];
        var socket = new DiagnosedNetlinkSocket(body[2], BinaryPrimitives.ReadUInt32LittleEndian(body[4..]))
        {
            PeerPort = BinaryPrimitives.ReadUInt32LittleEndian(body[8..]), Inode = BinaryPrimitives.ReadUInt32LittleEndian(body[16..]),
        };
        NetlinkAttributeReader attributes = message.Attributes(Length);
        while (attributes.MoveNext())
        {
            if (attributes.Type == MemoryAttribute) socket = socket with { ReceiveQueue = attributes.UInt32, Memory = RtFixed.Halves(attributes.Value) };
        }
        return socket;
    }
}
