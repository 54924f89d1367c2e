using System.Buffers.Binary;
using System.Text;

namespace Slipway.Sockets;

/// <summary>A local socket as sock_diag(7) tells of it (struct unix_diag_msg).</summary>
/// <param name="Type">Stream, datagram or sequenced packets.</param>
/// <param name="State">1 connected, 7 not, 10 listening.</param>
/// <param name="Inode">The number that fstat tells.</param>
public sealed record DiagnosedUnixSocket(SocketType Type, int State, uint Inode)
{
    /// <summary>The name: a path, an abstract one with an @ in the place of the NUL at its start; null for an unnamed one.</summary>
    public string? Name { get; init; }

    /// <summary>The peer's number; 0 for none.</summary>
    public uint Peer { get; init; }

    /// <summary>The numbers of those who wait to be accepted.</summary>
    public IReadOnlyList<uint> Pending { get; init; } = [];

    /// <summary>Bytes to be read; of a listener, connections to be accepted.</summary>
    public uint ReceiveQueue { get; init; }

    /// <summary>Memory of what was sent and not read; of a listener, how many connections may wait.</summary>
    public uint SendQueue { get; init; }

    /// <summary>1 it does not receive, 2 it does not send.</summary>
    public int Shut { get; init; }

    /// <summary>The number that no other socket of the system has (SO_COOKIE).</summary>
    public ulong Cookie { get; init; }

    /// <summary>UNIX_DIAG_MEMINFO: received, its limit, sent, its limit, reserved, queued to send, options, backlog, drops.</summary>
    public IReadOnlyList<uint> Memory { get; init; } = [];

    /// <summary>UNIX_DIAG_VFS: the file that its name is, by its number and the device that it is on, 12 bits and 20; null for who has no path.</summary>
    public (uint Inode, uint Device)? File { get; init; }

    /// <summary>Reads SOCK_DIAG_BY_FAMILY of AF_UNIX.</summary>
    public static DiagnosedUnixSocket Read(NetlinkReader message)
    {
        const int Length = 16;
        const ushort NameAttribute = 0, FileAttribute = 1, PeerAttribute = 2, PendingAttribute = 3, QueuesAttribute = 4, MemoryAttribute = 5, ShutAttribute = 6;
        ReadOnlySpan<byte> body = message.Body.Length >= Length ? message.Body : new byte[Length];
        var socket = new DiagnosedUnixSocket((SocketType)body[1], body[2], BinaryPrimitives.ReadUInt32LittleEndian(body[4..])) { Cookie = BinaryPrimitives.ReadUInt64LittleEndian(body[8..]) };
        NetlinkAttributeReader attributes = message.Attributes(Length);
        while (attributes.MoveNext())
        {
            socket = attributes.Type switch
            {
                NameAttribute => socket with { Name = NameOf(attributes.Value) },
                PeerAttribute => socket with { Peer = attributes.UInt32 },
                PendingAttribute => socket with { Pending = RtFixed.Halves(attributes.Value) },
                QueuesAttribute when attributes.Value.Length >= 8 => socket with { ReceiveQueue = attributes.UInt32, SendQueue = BinaryPrimitives.ReadUInt32LittleEndian(attributes.Value[4..]) },
                FileAttribute when attributes.Value.Length >= 8 => socket with { File = (attributes.UInt32, BinaryPrimitives.ReadUInt32LittleEndian(attributes.Value[4..])) },
                MemoryAttribute => socket with { Memory = RtFixed.Halves(attributes.Value) },
                ShutAttribute => socket with { Shut = attributes.Byte },
                _ => socket,
            };
        }
        return socket;
    }

    private static string NameOf(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty) return "";
        return name[0] == 0 ? "@" + Encoding.UTF8.GetString(name[1..]).Replace('\0', '@') : Encoding.UTF8.GetString(name.TrimEnd((byte)0));
    }
}
