using System.Buffers.Binary;
using System.Text;
using Slipway.Sockets;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>What comes with an ICMP error out of the error queue: the control messages of the message's own headers (section CM).</summary>
public static class ErrorMessageScenarios
{
    private static readonly int[] Options4 = [IP_RECVERR, IP_PKTINFO, IP_RECVTTL, IP_RECVTOS, IP_RECVOPTS, IP_RETOPTS, IP_RECVORIGDSTADDR, IP_CHECKSUM, IP_RECVFRAGSIZE];

    /// <summary>SOF_TIMESTAMPING_TX_SOFTWARE, _SOFTWARE and _OPT_CMSG.</summary>
    private const int Sends = 2 | 16 | 1024;

    private static readonly int[] Options6 =
    [
        IPV6_RECVERR, IPV6_RECVPKTINFO, IPV6_RECVHOPLIMIT, IPV6_RECVTCLASS, IPV6_FLOWINFO, IPV6_RECVHOPOPTS, IPV6_RECVDSTOPTS, IPV6_RECVRTHDR,
        IPV6_2292PKTINFO, IPV6_2292HOPLIMIT, IPV6_2292HOPOPTS, IPV6_2292DSTOPTS, IPV6_2292RTHDR, IPV6_ORIGDSTADDR, IPV6_RECVFRAGSIZE,
    ];

    /// <summary>All of IPv4: the options of the message's header with the route that it has recorded, and for a destination port what stands there in the quoted payload.</summary>
    [Scenario("CM-008")]
    public static void OfIPv4(HostProcess near, HostProcess far)
    {
        using Socket socket = Receiver(near, "10.0.0.1", IPPROTO_IP, Options4);
        new HandMadeError { Headers = [7, 11, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0], Quoted = "data1234"u8.ToArray() }.Send4(far);
        (byte[] data, string messages) = socket.ReceiveWithMessages(IPPROTO_IP, MessageFlags.MSG_ERRQUEUE);
        Expect.Equal("data1234", Encoding.ASCII.GetString(data));
        Expect.Equal("8=02000000000000000A000001 2=3D000000 1=28 6=070B080A0000010000000000 7=070B080A0000010000000000 20=020074610A0000010000000000000000 23=4261BD9E 11=6F000000020303000000000000000000020000000A0000020000000000000000", messages);
    }

    /// <summary>All of IPv6.</summary>
    [Scenario("CM-009")]
    public static void OfIPv6(HostProcess near, HostProcess far)
    {
        using Socket socket = Receiver(near, "fd00::1", IPPROTO_IPV6, Options6);
        new HandMadeError { Type = 1, Code = 4, Next = 0, Headers = [60, 0, 1, 4, 0, 0, 0, 0, 58, 0, 0x1E, 4, 1, 2, 3, 4], Quoted = "data1234"u8.ToArray() }.Send6(far);
        (byte[] data, string messages) = socket.ReceiveWithMessages(IPPROTO_IPV6, MessageFlags.MSG_ERRQUEUE);
        Expect.Equal("data1234", Encoding.ASCII.GetString(data));
        Expect.Equal("50=FD00000000000000000000000000000102000000 52=3D000000 67=28000000 11=02812345 54=3C00010400000000 59=3A001E0401020304 2=FD00000000000000000000000000000102000000 8=3D000000 3=3C00010400000000 4=3A001E0401020304 74=0A00746100000000FD00000000000000000000000000000100000000 25=6F0000000301040000000000000000000A00000000000000FD00000000000000000000000000000200000000", messages);
    }

    /// <summary>A socket of IPv6 gets those of both for an error about a mapped address.</summary>
    [Scenario("CM-009")]
    public static void OfMappedAddresses(HostProcess near, HostProcess far)
    {
        using Socket socket = Receiver(near, "::", IPPROTO_IPV6, Options6);
        foreach (int option in Options4) socket.SetOption(IPPROTO_IP, option, 1);
        new HandMadeError { Headers = [7, 11, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0], Quoted = "ab"u8.ToArray() }.Send4(far);
        Received error = socket.ReceiveError();
        Expect.Equal("41/50 0/8 0/2 0/1 0/6 0/7 0/23 41/25", error.Order);
    }

    /// <summary>A message that came in fragments.</summary>
    [Scenario("CM-008")]
    public static void InFragments(HostProcess near, HostProcess far)
    {
        using Socket socket = Receiver(near, "10.0.0.1", IPPROTO_IP, Options4);
        using Socket raw = far.Raw((int)IpProtocol.Icmp);
        byte[] message = [3, 3, 0, 0, 0, 0, 0, 0, 0x45, 0, 0, 36, 0, 9, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 4000 >> 8, 4000 & 0xFF, 5000 >> 8, 5000 & 0xFF, 0, 16, 0, 0, .. new byte[2000]];
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(18), (ushort)~PingSockets.Sum(message.AsSpan(8, 20)));
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), (ushort)~PingSockets.Sum(message));
        raw.SendTo(message, new InetAddress("10.0.0.1", 0));
        Received error = socket.ReceiveError();
        Expect.Equal((2000, "0/8 0/2 0/1 0/20 0/23 0/25 0/11"), (error.Data.Length, error.Order));
    }

    /// <summary>Of what was sent a stamp tells without options: the port is that of the header.</summary>
    [Scenario("CM-010")]
    public static void OfStamps(HostProcess near, HostProcess far)
    {
        using Socket socket = Receiver(near, "10.0.0.1", IPPROTO_IP, Options4);
        socket.SetOption(SOL_SOCKET, SO_TIMESTAMPING, Sends);
        socket.SetOption(SocketOptions.IPv4Options, [7, 7, 4, 0, 0, 0, 0, 0]);
        socket.SendTo("abcd"u8, new InetAddress("10.0.0.2", 5000));
        string messages = socket.ReceiveWithMessages(IPPROTO_IP, MessageFlags.MSG_ERRQUEUE).Messages;
        Expect.Equal("8=020000000A0000010A000002 2=40000000 1=00 20=020013880A0000020000000000000000 11=2A000000040000000000000000000000020000000A0000010000000000000000", messages);
    }

    /// <summary>Of what was sent a stamp tells without options: the port is that of the header.</summary>
    [Scenario("CM-010")]
    public static void OfStamps6(HostProcess near, HostProcess far)
    {
        using Socket socket = Receiver(near, "fd00::1", IPPROTO_IPV6, Options6);
        socket.SetOption(IPPROTO_IPV6, IPV6_FLOWINFO, 0); // the label is the system's own
        socket.SetOption(SOL_SOCKET, SO_TIMESTAMPING, Sends);
        socket.SetOption(SocketOptions.IPv6DestinationOptions, [0, 0, 0x1E, 4, 1, 2, 3, 4]);
        socket.SetOption(SocketOptions.IPv6HopOptions, [0, 0, 1, 4, 0, 0, 0, 0]);
        socket.SendTo("abcd"u8, new InetAddress("fd00::2", 5000));
        string messages = socket.ReceiveWithMessages(IPPROTO_IPV6, MessageFlags.MSG_ERRQUEUE).Messages;
        Expect.Equal("50=FD00000000000000000000000000000202000000 52=40000000 67=00000000 2=FD00000000000000000000000000000202000000 8=40000000 74=0A00138800000000FD00000000000000000000000000000200000000 25=2A0000000400000000000000000000000A00000000000000FD00000000000000000000000000000100000000", messages);
    }

    private static Socket Receiver(HostProcess host, string address, int level, int[] options)
    {
        var local = new InetAddress(address, HandMadeError.From);
        Socket socket = host.Udp(local.Family);
        socket.Bind(local);
        socket.LimitReceive(TimeSpan.FromSeconds(10));
        foreach (int option in options) socket.SetOption(level, option, 1);
        return socket;
    }
}
