using Slipway.Sockets;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>Options that only BSD has: Linux gives their numbers to others, so that a program that brings the number along sets something else, and gets no error.</summary>
public static class ForeignNumberScenarios
{
    // As <netinet/in.h>, <netinet6/in6.h> and <sys/socket.h> of BSD have them.
    private const int UseLoopback = 0x40, ReceiveDestination = 7, ReceiveInterface = 20, UseMinimalMtu = 42;

    /// <summary>SO_USELOOPBACK: the number is SO_TIMESTAMPNS_NEW.</summary>
    [Scenario("S-018", "OPG-13")]
    public static void UseLoopbackIsATimestamp(HostProcess host)
    {
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            Expect.Equal(0, receiver.GetSocketLevel(UseLoopback)); // BSD's is 1 from the first
            receiver.SetSocketLevel(UseLoopback, 1);
            Expect.Equal(1, receiver.GetSocketLevel(SO_TIMESTAMPNS_NEW));
            sender.SendText("x");
            Expect.Equal($"{SOL_SOCKET}/{SO_TIMESTAMPNS_NEW}", receiver.ReceiveWhole().Order);
        }
    }

    /// <summary>IP_RECVDSTADDR and IP_RECVIF: the numbers are IP_RETOPTS and IP_RECVORIGDSTADDR; where a datagram came to, and over which interface, is in IP_PKTINFO.</summary>
    [Scenario("I4-003", "I4-004", "OPG-13")]
    public static void DestinationAndInterface(HostProcess host)
    {
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            receiver.SetOption(IPPROTO_IP, ReceiveDestination, 1);
            Expect.Equal(1, receiver.GetOption(IPPROTO_IP, IP_RETOPTS));
            sender.SendText("without options");
            Expect.Equal("", receiver.ReceiveWhole().Order);
            Expect.Success(host.Sockets.SetSockOpt(sender.Descriptor, IPPROTO_IP, IP_OPTIONS, [1, 1, 1, 1]));
            sender.SendText("with options");
            Received answered = receiver.ReceiveWhole();
            Expect.Equal($"{IPPROTO_IP}/{IP_RETOPTS}", answered.Order);
            receiver.SetOption(IPPROTO_IP, ReceiveDestination, 0);

            receiver.SetOption(IPPROTO_IP, ReceiveInterface, 1);
            Expect.Equal(1, receiver.GetOption(IPPROTO_IP, IP_RECVORIGDSTADDR));
            receiver.SetOption(IPPROTO_IP, IP_PKTINFO, 1);
            sender.SendText("x");
            Received received = receiver.ReceiveWhole();
            Expect.Equal($"{IPPROTO_IP}/{IP_PKTINFO} {IPPROTO_IP}/{ReceiveInterface}", received.Order);
            Expect.Bytes([1, 0, 0, 0, 127, 0, 0, 1, 127, 0, 0, 1], received.Find(IPPROTO_IP, IP_PKTINFO)!.Data);
            Expect.Bytes(receiver.LocalAddress.ToSockAddr(), received.Find(IPPROTO_IP, ReceiveInterface)!.Data);
        }
    }

    /// <summary>IPV6_USE_MIN_MTU: the number is MCAST_JOIN_GROUP, for which an int is too short.</summary>
    [Scenario("I6-015", "OPG-13")]
    public static void UseMinimalMtuIsAMembership(HostProcess host)
    {
        using Socket socket = host.Udp(AddressFamily.Inet6);
        Expect.Equal(MCAST_JOIN_GROUP, UseMinimalMtu);
        foreach (int value in new[] { -1, 0, 1 }) Expect.Fails(Errno.EINVAL, socket.TrySet(IPPROTO_IPV6, UseMinimalMtu, value));
        Expect.Fails(Errno.ENOPROTOOPT, socket.TryGet(IPPROTO_IPV6, UseMinimalMtu));
    }
}
