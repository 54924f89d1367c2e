using System.Buffers.Binary;
using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>An ICMP error that is put together byte by byte, and sent by a raw socket of the second of two hosts (10.0.0.2, fd00::2): about a datagram that the first (10.0.0.1, fd00::1) need not have sent.</summary>
public sealed class HandMadeError
{
    /// <summary>Ports of the datagram in question: the first host's, and the other's.</summary>
    public const ushort From = 4000, To = 5000;

    private const byte Udp = 17;

    private static readonly byte[] Near4 = [10, 0, 0, 1], Far4 = [10, 0, 0, 2];
    private static readonly byte[] Near6 = [0xFD, .. new byte[14], 1], Far6 = [0xFD, .. new byte[14], 2];

    /// <summary>Its type.</summary>
    public byte Type { get; init; } = 3;

    /// <summary>Its code.</summary>
    public byte Code { get; init; } = 3;

    /// <summary>The four bytes behind the checksum.</summary>
    public byte[] Rest { get; init; } = [0, 0, 0, 0];

    /// <summary>What the quoted datagram holds, and all that comes behind it.</summary>
    public byte[] Quoted { get; init; } = [];

    /// <summary>Options of the IPv4 header, or extension headers of IPv6 whose first is hop-by-hop options; <see cref="Next"/> says what follows there.</summary>
    public byte[] Headers { get; init; } = [];

    /// <summary>The protocol that the IPv6 header names: that of the first extension header.</summary>
    public byte Next { get; init; } = 58;

    /// <summary>Sends it in IPv4, by a socket of IPPROTO_RAW.</summary>
    public void Send4(HostProcess from)
    {
        byte[] message = [Type, Code, 0, 0, .. Rest, .. QuotedHeader4(), .. UdpHeader(), .. Quoted];
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), (ushort)~PingSockets.Sum(message));
        byte[] packet = [(byte)(0x45 + Headers.Length / 4), 0x28, 0, 0, 0, 7, 0, 0, 61, 1, 0, 0, .. Far4, .. Near4, .. Headers, .. message];
        using Socket raw = from.Raw((int)IpProtocol.Raw);
        raw.SendTo(packet, new InetAddress("10.0.0.1", 0));
    }

    /// <summary>Sends it in IPv6, by a socket of IPPROTO_RAW.</summary>
    public void Send6(HostProcess from)
    {
        byte[] message = [Type, Code, 0, 0, .. Rest, 0x60, 0, 0, 0, 0, (byte)(8 + Quoted.Length), Udp, 64, .. Near6, .. Far6, .. UdpHeader(), .. Quoted];
        byte[] summed = [.. Far6, .. Near6, 0, 0, (byte)(message.Length >> 8), (byte)message.Length, 0, 0, 0, 58, .. message];
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), (ushort)~PingSockets.Sum(summed));
        int length = Headers.Length + message.Length;
        byte[] packet = [0x62, 0x81, 0x23, 0x45, (byte)(length >> 8), (byte)length, Next, 61, .. Far6, .. Near6, .. Headers, .. message];
        using Socket raw = from.Raw((int)IpProtocol.Raw, AddressFamily.Inet6);
        raw.SetOption(SocketLevel.IPPROTO_IPV6, SocketOptionName.IPV6_HDRINCL, 1);
        raw.SendTo(packet, new InetAddress("fd00::1", 0));
    }

    private byte[] QuotedHeader4()
    {
        byte[] header = [0x45, 0, 0, 0, 0, 9, 0, 0, 64, Udp, 0, 0, .. Near4, .. Far4];
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), (ushort)(28 + Math.Min(Quoted.Length, 8)));
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(10), (ushort)~PingSockets.Sum(header));
        return header;
    }

    private byte[] UdpHeader() => [From >> 8, From & 0xFF, To >> 8, To & 0xFF, 0, (byte)(8 + Math.Min(Quoted.Length, 8)), 0, 0];
}
