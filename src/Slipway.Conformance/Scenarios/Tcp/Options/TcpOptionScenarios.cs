using Slipway.Sockets;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>Options of IPPROTO_TCP: defaults, ranges, errors (rows T, OPG).</summary>
public static class TcpOptionScenarios
{
    /// <summary>Flags are 0 or 1, need four bytes, and are off at first; TCP_QUICKACK is on.</summary>
    [Scenario("T-002", "T-004", "T-005", "OPG-04", "OPG-07")]
    public static void Flags(HostProcess host)
    {
        using Socket socket = host.Tcp();
        foreach ((int name, int first) in new[] { (TCP_NODELAY, 0), (TCP_CORK, 0), (TCP_QUICKACK, 1) })
        {
            Expect.Equal(first, socket.GetTcp(name), $"option {name} of a new socket");
            foreach (int value in new[] { -1, 7, 1 })
            {
                socket.SetTcp(name, value);
                Expect.Equal(1, socket.GetTcp(name), $"option {name} set to {value}");
            }
            socket.SetTcp(name, 0);
            Expect.Equal(0, socket.GetTcp(name), $"option {name} set to 0");
            Expect.Fails(Errno.EINVAL, host.Sockets.SetSockOpt(socket.Descriptor, IPPROTO_TCP, name, [1]));
            Expect.Fails(Errno.EINVAL, host.Sockets.SetSockOpt(socket.Descriptor, IPPROTO_TCP, name, []));
        }
    }

    /// <summary>Keepalive: two hours, 75 seconds, nine probes; each with a range.</summary>
    [Scenario("T-003")]
    public static void KeepAlive(HostProcess host)
        => CheckRanges(host, (TCP_KEEPIDLE, 7200, 1, 32767), (TCP_KEEPINTVL, 75, 1, 32767), (TCP_KEEPCNT, 9, 1, 127));

    /// <summary>How often a SYN is retransmitted: tcp_syn_retries, unless the socket says otherwise.</summary>
    [Scenario("T-008")]
    public static void SynCount(HostProcess host)
        => CheckRanges(host, (TCP_SYNCNT, host.Sysctl("ipv4/tcp_syn_retries")[0], 1, 127));

    /// <summary>How long data may stay unacknowledged: no limit at first; milliseconds, not negative.</summary>
    [Scenario("T-006")]
    public static void UserTimeout(HostProcess host)
        => CheckRanges(host, (TCP_USER_TIMEOUT, 0, 0, int.MaxValue));

    /// <summary>The time in FIN_WAIT_2 without a process: tcp_fin_timeout at first; every negative value means not at all; two minutes at most.</summary>
    [Scenario("T-007")]
    public static void Linger2(HostProcess host)
    {
        using Socket socket = host.Tcp();
        int standard = host.Sysctl("ipv4/tcp_fin_timeout")[0];
        Expect.Equal(standard, socket.GetTcp(TCP_LINGER2));
        foreach ((int asked, int stored) in new[] { (7, 7), (-1, -1), (-5, -1), (120, 120), (121, 120), (0, standard) })
        {
            socket.SetTcp(TCP_LINGER2, asked);
            Expect.Equal(stored, socket.GetTcp(TCP_LINGER2), $"TCP_LINGER2 set to {asked}");
        }
    }

    /// <summary>Options that are 0 at first; the window's bound is lifted to half of the least buffer; seconds of deferring become whole retransmissions of the SYN-ACK.</summary>
    [Scenario("T-010")]
    public static void OptionalNumbers(HostProcess host)
    {
        using Socket socket = host.Tcp();
        foreach (int name in new[] { TCP_NOTSENT_LOWAT, TCP_WINDOW_CLAMP, TCP_DEFER_ACCEPT }) Expect.Equal(0, socket.GetTcp(name), $"option {name}");
        socket.SetTcp(TCP_NOTSENT_LOWAT, 16384);
        Expect.Equal(16384, socket.GetTcp(TCP_NOTSENT_LOWAT));
        foreach ((int asked, int stored) in new[] { (1, 1152), (1152, 1152), (50_000, 50_000), (0, 0) })
        {
            socket.SetTcp(TCP_WINDOW_CLAMP, asked);
            Expect.Equal(stored, socket.GetTcp(TCP_WINDOW_CLAMP), $"TCP_WINDOW_CLAMP set to {asked}");
        }
        foreach ((int asked, int stored) in new[] { (1, 1), (2, 3), (3, 3), (4, 7), (5, 7), (8, 15), (0, 0), (-1, 0) })
        {
            socket.SetTcp(TCP_DEFER_ACCEPT, asked);
            Expect.Equal(stored, socket.GetTcp(TCP_DEFER_ACCEPT), $"TCP_DEFER_ACCEPT set to {asked}");
        }
    }

    /// <summary>The length of the queue for fast open: none at first.</summary>
    [Scenario("T-010")]
    public static void FastOpen(HostProcess host)
    {
        using Socket socket = host.Tcp();
        Expect.Equal(0, socket.GetTcp(TCP_FASTOPEN));
    }

    /// <summary>The congestion control is the one of the sysctl; another is chosen by name, and a name that nobody knows is ENOENT.</summary>
    [Scenario("T-010")]
    public static void CongestionControl(HostProcess host)
    {
        using Socket socket = host.Tcp();
        Expect.Equal(host.Files.ReadText("/proc/sys/net/ipv4/tcp_congestion_control")?.Trim(), socket.GetTcpText(TCP_CONGESTION));
        foreach (string name in new[] { "reno", "bbr", "cubic" })
        {
            socket.SetOption(IPPROTO_TCP, TCP_CONGESTION, System.Text.Encoding.ASCII.GetBytes(name));
            Expect.Equal(name, socket.GetTcpText(TCP_CONGESTION));
        }
        Expect.Fails(Errno.ENOENT, host.Sockets.SetSockOpt(socket.Descriptor, IPPROTO_TCP, TCP_CONGESTION, "nosuch"u8));
        Expect.Fails(Errno.EINVAL, host.Sockets.SetSockOpt(socket.Descriptor, IPPROTO_TCP, TCP_CONGESTION, []));
        Expect.Equal("cubic", socket.GetTcpText(TCP_CONGESTION));
    }

    /// <summary>An accepted connection has the listener's congestion control.</summary>
    [Scenario("T-010", "INH-004")]
    public static void CongestionControlIsInherited(HostProcess host)
    {
        (Socket client, Socket server) = host.TcpPairWith(listener: static socket => socket.SetOption(IPPROTO_TCP, TCP_CONGESTION, "reno"u8));
        using (client)
        using (server)
            Expect.Equal("reno", server.GetTcpText(TCP_CONGESTION));
    }

    /// <summary>A name that the level does not have, and the level on a socket that has no TCP.</summary>
    [Scenario("OPG-01", "OPG-02")]
    public static void UnknownNames(HostProcess host)
    {
        using Socket stream = host.Tcp(), datagram = host.Udp();
        Expect.Fails(Errno.ENOPROTOOPT, stream.TrySetTcp(9999, 1));
        Expect.Fails(Errno.ENOPROTOOPT, stream.TryGet(IPPROTO_TCP, 9999));
        Expect.Fails(Errno.ENOPROTOOPT, datagram.TrySetTcp(TCP_NODELAY, 1));
        Expect.Fails(Errno.EOPNOTSUPP, datagram.TryGet(IPPROTO_TCP, TCP_NODELAY));
    }

    /// <summary>get copies as much as there is room for.</summary>
    [Scenario("OPG-08")]
    public static void ShortReads(HostProcess host)
    {
        using Socket socket = host.Tcp();
        foreach ((int room, int copied) in new[] { (0, 0), (1, 1), (4, 4), (8, 4) })
        {
            byte[] value = new byte[8];
            int length = room;
            Expect.Success(host.Sockets.GetSockOpt(socket.Descriptor, IPPROTO_TCP, TCP_KEEPIDLE, value, ref length));
            Expect.Equal(copied, length);
            byte[] expected = [.. BitConverter.GetBytes(7200).AsSpan(0, copied), .. new byte[8 - copied]];
            Expect.Bytes(expected, value);
        }
    }

    private static void CheckRanges(HostProcess host, params (int Name, int First, int Least, int Greatest)[] options)
    {
        using Socket socket = host.Tcp();
        foreach ((int name, int first, int least, int greatest) in options)
        {
            Expect.Equal(first, socket.GetTcp(name), $"option {name} of a new socket");
            foreach (int right in new[] { least, greatest })
            {
                socket.SetTcp(name, right);
                Expect.Equal(right, socket.GetTcp(name), $"option {name} set to {right}");
            }
            foreach (int wrong in new[] { least - 1, -1, unchecked(greatest + 1) })
                Expect.Fails(Errno.EINVAL, socket.TrySetTcp(name, wrong), $"option {name} set to {wrong}");
        }
    }
}
