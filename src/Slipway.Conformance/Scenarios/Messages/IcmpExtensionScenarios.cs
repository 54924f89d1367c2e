using System.Buffers.Binary;
using Slipway.Sockets;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>ICMP errors with extensions behind the packet that they quote (RFC 4884), and what a program is told of them (section CM).</summary>
public static class IcmpExtensionScenarios
{
    /// <summary>Bytes of the quotation before the extensions, in which the headers of IPv4 and of UDP stand.</summary>
    private const int Quotation = 128, Headers4 = 28, Headers6 = 48;

    /// <summary>An MPLS label stack with one entry (RFC 4950).</summary>
    private static readonly byte[] Labels = [0, 8, 1, 1, 0x12, 0x34, 0x51, 0xFE];

    /// <summary>The options: 0 or 1, and inherited by what is accepted.</summary>
    [Scenario("CM-011")]
    public static void Values(HostProcess host)
    {
        using Socket four = host.Udp(), six = host.Udp(AddressFamily.Inet6), tcp = host.Tcp();
        foreach (Socket socket in new[] { four, six, tcp }) Check(socket, IPPROTO_IP, IP_RECVERR_RFC4884);
        Check(six, IPPROTO_IPV6, IPV6_RECVERR_RFC4884);
        Expect.Fails(Errno.EINVAL, six.TrySet(IPPROTO_IPV6, IPV6_RECVERR_RFC4884, [1]));
        Expect.Success(four.TrySet(IPPROTO_IP, IP_RECVERR_RFC4884, [1]));
        Expect.Equal(1, four.GetOption(IPPROTO_IP, IP_RECVERR_RFC4884));
        (Socket client, Socket server) = host.TcpPairWith(listener: static socket => socket.SetOption(IPPROTO_IP, IP_RECVERR_RFC4884, 1));
        using (client)
        using (server) Expect.Equal((0, 1), (client.GetOption(IPPROTO_IP, IP_RECVERR_RFC4884), server.GetOption(IPPROTO_IP, IP_RECVERR_RFC4884)));

        static void Check(Socket socket, int level, int name)
        {
            Expect.Equal(0, socket.GetOption(level, name));
            foreach (int wrong in new[] { -1, 2 }) Expect.Fails(Errno.EINVAL, socket.TrySet(level, name, wrong));
            foreach (int value in new[] { 1, 0 })
            {
                socket.SetOption(level, name, value);
                Expect.Equal(value, socket.GetOption(level, name));
            }
        }
    }

    /// <summary>ee_data tells where in the payload the extensions begin, and whether they are broken; all of it comes to the program.</summary>
    [Scenario("CM-011")]
    public static void OfIPv4(HostProcess near, HostProcess far)
    {
        using Socket socket = near.Udp();
        socket.Bind(new InetAddress("10.0.0.1", HandMadeError.From));
        socket.SetOption(SocketOptions.IPv4ReceiveErrors, true);
        byte[] good = Extensions(2, checksum: true, Labels);
        Expect.Equal((0, false), Send(socket, far, Error4(3, Quotation / 4, good))); // nobody asked
        socket.SetOption(IPPROTO_IP, IP_RECVERR_RFC4884, 1);
        foreach (byte type in new byte[] { 3, 11, 12 }) Expect.Equal((Quotation - Headers4, false), Send(socket, far, Error4(type, Quotation / 4, good)));
        Expect.Equal((Quotation - Headers4, false), Send(socket, far, Error4(3, Quotation / 4, Extensions(2, checksum: false, Labels))));
        Expect.Equal((Quotation - Headers4, false), Send(socket, far, Error4(3, Quotation / 4, Extensions(2, checksum: true, []))));
        // Of another version nothing is known.
        Expect.Equal((Quotation - Headers4, false), Send(socket, far, Error4(3, Quotation / 4, Extensions(1, checksum: false, [0, 1, 0, 0]))));
        Expect.Equal((Quotation - Headers4, true), Send(socket, far, Error4(3, Quotation / 4, Extensions(2, checksum: false, [0, 2, 1, 1]))));
        Expect.Equal((Quotation - Headers4, true), Send(socket, far, Error4(3, Quotation / 4, Extensions(2, checksum: false, [0, 12, 1, 1, 0, 0, 0, 0]))));
        Expect.Equal((Quotation - Headers4, true), Send(socket, far, Error4(3, Quotation / 4, Extensions(2, checksum: false, [.. Labels, 0, 4]))));
        good[2] ^= 1;
        Expect.Equal((Quotation - Headers4, true), Send(socket, far, Error4(3, Quotation / 4, good)));
        // A quotation that is too short, none stated, one without a whole header behind it.
        foreach (byte words in new byte[] { 31, 0, 33 }) Expect.Equal((0, false), Send(socket, far, Error4(3, words, [0x20, 0, 0, 0])));
    }

    /// <summary>In IPv6 the length is counted in words of eight bytes, and only two errors have one.</summary>
    [Scenario("CM-012")]
    public static void OfIPv6(HostProcess near, HostProcess far)
    {
        using Socket socket = near.Udp(AddressFamily.Inet6);
        socket.Bind(new InetAddress("fd00::1", HandMadeError.From));
        socket.SetOption(SocketOptions.IPv6ReceiveErrors, true);
        byte[] good = Extensions(2, checksum: true, Labels);
        Expect.Equal((0, false), Send(socket, far, Error6(1, Quotation / 8, good)));
        socket.SetOption(IPPROTO_IPV6, IPV6_RECVERR_RFC4884, 1);
        foreach (byte type in new byte[] { 1, 3 }) Expect.Equal((Quotation - Headers6, false), Send(socket, far, Error6(type, Quotation / 8, good)));
        Expect.Equal((0, false), Send(socket, far, Error6(4, Quotation / 8, good)));
        Expect.Equal((0, false), Send(socket, far, Error6(1, 15, good)));
        good[2] ^= 1;
        Expect.Equal((Quotation - Headers6, true), Send(socket, far, Error6(1, Quotation / 8, good)));
    }

    /// <summary>To a raw socket the offset counts from the header that it gets to see.</summary>
    [Scenario("CM-011")]
    public static void ToRawSockets(HostProcess near, HostProcess far)
    {
        using Socket socket = near.Raw((int)IpProtocol.Udp);
        socket.SetOption(SocketOptions.IPv4ReceiveErrors, true);
        socket.SetOption(IPPROTO_IP, IP_RECVERR_RFC4884, 1);
        HandMadeError error = Error4(3, Quotation / 4, Extensions(2, checksum: true, Labels));
        Expect.Equal((Quotation - 20, false), Send(socket, far, error));
        socket.SetOption(SocketOptions.HeaderIncluded, true);
        Expect.Equal((Quotation, false), Send(socket, far, error));
    }

    private static (int Offset, bool Invalid) Send(Socket socket, HostProcess far, HandMadeError error)
    {
        if (socket.LocalAddress.Family == AddressFamily.Inet) error.Send4(far);
        else error.Send6(far);
        Received received = socket.ReceiveError();
        Expect.True(received.Data.AsSpan().EndsWith(error.Quoted));
        return (received.Error.ExtensionOffset, received.Error.HasInvalidExtensions);
    }

    private static HandMadeError Error4(byte type, byte words, byte[] extensions)
        => new() { Type = type, Code = type == 3 ? (byte)3 : (byte)0, Rest = [0, words, 0, 0], Quoted = [.. new byte[Quotation - Headers4], .. extensions] };

    private static HandMadeError Error6(byte type, byte words, byte[] extensions)
        => new() { Type = type, Code = type == 1 ? (byte)4 : (byte)0, Rest = [words, 0, 0, 0], Quoted = [.. new byte[Quotation - Headers6], .. extensions] };

    private static byte[] Extensions(int version, bool checksum, byte[] objects)
    {
        byte[] bytes = [(byte)(version << 4), 0, 0, 0, .. objects];
        if (checksum) BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), (ushort)~PingSockets.Sum(bytes));
        return bytes;
    }
}
