using System.Buffers.Binary;
using System.Text;
using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>What scenarios of ping sockets do over and over: allow them, open one, build a request.</summary>
public static class PingSockets
{
    /// <summary>ICMP types (RFC 792, RFC 4443, RFC 8335).</summary>
    public const byte EchoReply = 0, EchoRequest = 8, ExtendedRequest = 42, EchoRequest6 = 128, EchoReply6 = 129, ExtendedRequest6 = 160;

    /// <summary>The file of net.ipv4.ping_group_range.</summary>
    public const string GroupRange = "/proc/sys/net/ipv4/ping_group_range";

    /// <summary>Both families that have ping sockets.</summary>
    public static IReadOnlyList<AddressFamily> Families { get; } = [AddressFamily.Inet, AddressFamily.Inet6];

    /// <summary>socket(2) for a ping socket, as a result.</summary>
    public static CallResult Open(HostProcess host, AddressFamily family)
        => host.Sockets.Socket(family, SocketType.Datagram, (int)(family == AddressFamily.Inet ? IpProtocol.Icmp : IpProtocol.IcmpV6));

    /// <summary>Allows ping sockets to every group, and opens one whose receive ends after two seconds.</summary>
    public static Socket Ping(HostProcess host, AddressFamily family = AddressFamily.Inet)
    {
        Expect.True(host.Files.WriteText(GroupRange, "0 2147483647"));
        var socket = new Socket(host.Sockets, Expect.Success(Open(host, family)));
        socket.LimitReceive(TimeSpan.FromSeconds(2));
        return socket;
    }

    /// <summary>An echo request with a wrong checksum and an identifier that the socket will overwrite.</summary>
    public static byte[] Request(AddressFamily family, ushort identifier, ushort sequence, string data)
    {
        byte[] message = [family == AddressFamily.Inet ? EchoRequest : EchoRequest6, 0, 0x12, 0x34, 0, 0, 0, 0, .. Encoding.ASCII.GetBytes(data)];
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(4), identifier);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(6), sequence);
        return message;
    }

    /// <summary>The ones' complement sum of a message of even length; 0xFFFF where its checksum is right (RFC 1071).</summary>
    public static int Sum(ReadOnlySpan<byte> message)
    {
        int sum = 0;
        for (int i = 0; i < message.Length; i += 2) sum += BinaryPrimitives.ReadUInt16BigEndian(message[i..]);
        while (sum > 0xFFFF) sum = (sum & 0xFFFF) + (sum >> 16);
        return sum;
    }

    /// <summary>A copy of a sockaddr with another family.</summary>
    public static byte[] WithFamily(this byte[] address, AddressFamily family)
    {
        byte[] copy = [.. address];
        BinaryPrimitives.WriteUInt16LittleEndian(copy, (ushort)family);
        return copy;
    }
}
