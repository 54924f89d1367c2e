using Slipway.Sockets;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>TCP_MAXSEG (section MS), and IPv4 options on IPv6 sockets (V6-005).</summary>
public static class SegmentSizeScenarios
{
    /// <summary>536 before the handshake, the agreed size after it, without the twelve bytes of time stamps: 1448 on Ethernet.</summary>
    [Scenario("MS-001", "T-001")]
    public static void OnEthernet(HostProcess near, HostProcess far)
    {
        using Socket fresh = near.Tcp();
        Expect.Equal(536, fresh.GetTcp(TCP_MAXSEG));
        (Socket client, Socket server) = near.TcpPairWith(far);
        using (client)
        using (server)
        {
            Expect.Equal((1448, 1448), (client.GetTcp(TCP_MAXSEG), server.GetTcp(TCP_MAXSEG)));
        }
    }

    /// <summary>On the loopback interface with its 64 KiB packets half of the largest window that the peer has announced is the limit: 65483 in the SYN-ACK, 65536 once windows are scaled.</summary>
    [Scenario("MS-001")]
    public static void OnLoopback(HostProcess host)
    {
        (Socket client, Socket server) = host.TcpPair();
        using (client)
        using (server)
        {
            Expect.Equal((32741, 32768), (client.GetTcp(TCP_MAXSEG), server.GetTcp(TCP_MAXSEG)));
        }
    }

    /// <summary>The smaller of both sides' values counts, for both. It is announced as it was set: each side takes off the options of its own segments, so that both have twelve less.</summary>
    [Scenario("MS-002", "MS-003", "T-001")]
    public static void SmallerOfBoth(HostProcess near, HostProcess far)
    {
        foreach ((int client, int listener, int agreed) in new[] { (1000, 0, 988), (0, 700, 688), (1000, 700, 688) })
        {
            (Socket first, Socket second) = near.TcpPairWith(far, socket => Limit(socket, listener), socket => Limit(socket, client));
            using (first)
            using (second)
                Expect.Equal((agreed, agreed), (first.GetTcp(TCP_MAXSEG), second.GetTcp(TCP_MAXSEG)), $"client {client}, listener {listener}");
        }
    }

    /// <summary>After the handshake the option can be set and changes nothing.</summary>
    [Scenario("MS-004")]
    public static void TooLate(HostProcess near, HostProcess far)
    {
        (Socket client, Socket server) = near.TcpPairWith(far, client: static socket => socket.SetTcp(TCP_MAXSEG, 1000));
        using (client)
        using (server)
        {
            client.SetTcp(TCP_MAXSEG, 300);
            Expect.Equal(988, client.GetTcp(TCP_MAXSEG));
            client.Send(new byte[2000]);
            server.WaitForBytes(near, 2000);
            Expect.Equal(988, client.GetTcp(TCP_MAXSEG));
        }
    }

    /// <summary>A narrower link behind the router: the first full segment is too big for it, the router says so, and the size goes down to 1280 - 52.</summary>
    [Scenario("MS-005")]
    public static void PathMtu(RoutedHosts hosts)
    {
        using Socket listener = hosts.Far.Tcp(), client = hosts.Near.Tcp();
        // The far host would announce what fits its own link: the near one must find out by itself.
        Expect.True(hosts.Far.Files.WriteText("/proc/sys/net/ipv4/ip_no_pmtu_disc", "0"));
        listener.Bind(new InetAddress("10.0.2.1", 0));
        listener.Listen();
        client.Connect(listener.LocalAddress);
        using Socket server = listener.Accept();
        server.Send(new byte[1]);
        Expect.Equal(1228, client.GetTcp(TCP_MAXSEG));
    }

    /// <summary>The values that it takes.</summary>
    [Scenario("T-001")]
    public static void Range(HostProcess host)
    {
        using Socket socket = host.Tcp();
        foreach (int wrong in new[] { -1, 1, 87, 32768 }) Expect.Fails(Errno.EINVAL, socket.TrySetTcp(TCP_MAXSEG, wrong), $"TCP_MAXSEG {wrong}");
        foreach (int right in new[] { 0, 88, 32767 }) Expect.Success(socket.TrySetTcp(TCP_MAXSEG, right));
    }

    /// <summary>IP_TTL of an IPv6 socket is for its traffic to mapped addresses alone: there it is too small for the listener, which drops the SYN; to ::1 it does not count.</summary>
    [Scenario("V6-005")]
    public static void IPv4OptionsOfAnIPv6Socket(HostProcess host)
    {
        using Socket listener4 = host.TcpListener(), listener6 = host.TcpListener(family: AddressFamily.Inet6);
        listener4.SetOption(IPPROTO_IP, IP_MINTTL, 40);
        listener6.SetOption(IPPROTO_IPV6, IPV6_MINHOPCOUNT, 40);
        using Socket mapped = host.Tcp(AddressFamily.Inet6), native = host.Tcp(AddressFamily.Inet6);
        foreach (Socket client in new[] { mapped, native })
        {
            client.SetOption(IPPROTO_IP, IP_TTL, 33);
            client.LimitSend(TimeSpan.FromMilliseconds(200));
        }
        Expect.Fails(Errno.EINPROGRESS, mapped.TryConnect(listener4.LocalAddress.MapToIPv6()));
        Expect.Success(native.TryConnect(listener6.LocalAddress));
    }

    private static void Limit(Socket socket, int segment)
    {
        if (segment > 0) socket.SetTcp(TCP_MAXSEG, segment);
    }
}
