using System.Buffers.Binary;

namespace Slipway.Sockets;

/// <summary>A socket of the internet, or what is left of one, as sock_diag(7) tells of it (struct inet_diag_msg).</summary>
/// <param name="Family">AF_INET or AF_INET6.</param>
/// <param name="Protocol">The protocol that was asked for.</param>
/// <param name="Local">Its own address and port.</param>
/// <param name="Remote">The peer's address and port; any without a peer.</param>
public sealed record DiagnosedSocket(AddressFamily Family, int Protocol, InetAddress Local, InetAddress Remote)
{
    /// <summary>TCP_ states of linux/tcp.h: 1 established, 7 closed, or unconnected for datagrams, 10 listening.</summary>
    public int State { get; init; }

    /// <summary>What it waits for: 1 an acknowledgement, 2 a quiet peer, 3 the end of TIME_WAIT, 4 a window; 0 nothing.</summary>
    public int Timer { get; init; }

    /// <summary>How often it did so in vain.</summary>
    public int Retransmissions { get; init; }

    /// <summary>When that ends, in milliseconds.</summary>
    public uint ExpiresMilliseconds { get; init; }

    /// <summary>Bytes to be read; of a listener, connections to be accepted; of datagrams, memory.</summary>
    public uint ReceiveQueue { get; init; }

    /// <summary>Bytes that the peer has not acknowledged; of a listener, how many connections may wait.</summary>
    public uint SendQueue { get; init; }

    /// <summary>Who made it.</summary>
    public uint UserId { get; init; }

    /// <summary>The number that fstat tells.</summary>
    public uint Inode { get; init; }

    /// <summary>The interface that it is bound to; 0 for any.</summary>
    public int Interface { get; init; }

    /// <summary>The number that no other socket of the system has (SO_COOKIE).</summary>
    public ulong Cookie { get; init; }

    /// <summary>INET_DIAG_SHUTDOWN: 1 it does not receive, 2 it does not send.</summary>
    public int Shut { get; init; }

    /// <summary>INET_DIAG_SKV6ONLY; null where it is not told.</summary>
    public bool? IsIPv6Only { get; init; }

    /// <summary>INET_DIAG_CONG: congestion control; null where it is not told.</summary>
    public string? Congestion { get; init; }

    /// <summary>INET_DIAG_TOS; null where it is not told.</summary>
    public int? Tos { get; init; }

    /// <summary>INET_DIAG_INFO: struct tcp_info; empty where it is not told.</summary>
    public ReadOnlyMemory<byte> Info { get; init; }

    /// <summary>INET_DIAG_MD5SIG: the keys of signed segments, the newest first; empty where there are none or none are told.</summary>
    public IReadOnlyList<SignatureKey> SignatureKeys { get; init; } = [];

    /// <summary>INET_DIAG_SKMEMINFO: received, its limit, sent, its limit, reserved, queued to send, options, backlog, drops; empty where it is not told.</summary>
    public IReadOnlyList<uint> Memory { get; init; } = [];

    /// <summary>INET_DIAG_MARK: SO_MARK; null where it is not told, as to who may not change the network.</summary>
    public uint? Mark { get; init; }

    /// <summary>Reads SOCK_DIAG_BY_FAMILY of AF_INET and AF_INET6.</summary>
    /// <param name="message">The message.</param>
    /// <param name="protocol">The protocol that was asked for.</param>
    public static DiagnosedSocket Read(NetlinkReader message, int protocol)
    {
        const int Length = 72;
        ReadOnlySpan<byte> body = message.Body.Length >= Length ? message.Body : new byte[Length];
        var family = (AddressFamily)body[0];
        uint scope = BinaryPrimitives.ReadUInt32LittleEndian(body[40..]);
        var socket = new DiagnosedSocket(family, protocol, AddressOf(family, body[8..24], body[4..], scope), AddressOf(family, body[24..40], body[6..], scope))
        {
            State = body[1],
            Timer = body[2],
            Retransmissions = body[3],
            Interface = (int)scope,
            Cookie = BinaryPrimitives.ReadUInt64LittleEndian(body[44..]),
            ExpiresMilliseconds = BinaryPrimitives.ReadUInt32LittleEndian(body[52..]),
            ReceiveQueue = BinaryPrimitives.ReadUInt32LittleEndian(body[56..]),
            SendQueue = BinaryPrimitives.ReadUInt32LittleEndian(body[60..]),
            UserId = BinaryPrimitives.ReadUInt32LittleEndian(body[64..]),
            Inode = BinaryPrimitives.ReadUInt32LittleEndian(body[68..]),
        };
        NetlinkAttributeReader attributes = message.Attributes(Length);
        while (attributes.MoveNext()) socket = socket.With(attributes);
        return socket;
    }

    private DiagnosedSocket With(in NetlinkAttributeReader attribute) => attribute.Type switch
    {
        DiagnosticAttribute.INET_DIAG_SHUTDOWN => this with { Shut = attribute.Byte },
        DiagnosticAttribute.INET_DIAG_SKV6ONLY => this with { IsIPv6Only = attribute.Byte != 0 },
        DiagnosticAttribute.INET_DIAG_CONG => this with { Congestion = attribute.Text },
        DiagnosticAttribute.INET_DIAG_TOS => this with { Tos = attribute.Byte },
        DiagnosticAttribute.INET_DIAG_MARK => this with { Mark = attribute.UInt32 },
        DiagnosticAttribute.INET_DIAG_INFO => this with { Info = attribute.Value.ToArray() },
        DiagnosticAttribute.INET_DIAG_MD5SIG => this with { SignatureKeys = SignatureKey.ReadDiagnosed(attribute.Value) },
        DiagnosticAttribute.INET_DIAG_SKMEMINFO => this with { Memory = RtFixed.Halves(attribute.Value) },
        _ => this,
    };

    private static InetAddress AddressOf(AddressFamily family, ReadOnlySpan<byte> address, ReadOnlySpan<byte> port, uint scope)
    {
        ushort number = BinaryPrimitives.ReadUInt16BigEndian(port);
        if (family != AddressFamily.Inet6) return InetAddress.IPv4(BinaryPrimitives.ReadUInt32BigEndian(address), number);
        bool isLinkLocal = address[0] == 0xFE && (address[1] & 0xC0) == 0x80;
        return InetAddress.IPv6(address, number, isLinkLocal ? scope : 0);
    }
}
