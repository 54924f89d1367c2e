using System.Buffers.Binary;
using Slipway.Sockets;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>What holds for all options: names, levels, lengths, flags, privileges (sections OPG and OPT-00 to OPT-02).</summary>
public static class OptionRuleScenarios
{
    private static readonly int[] FlagOptions =
        [SO_BROADCAST, SO_KEEPALIVE, SO_OOBINLINE, SO_DONTROUTE, SO_REUSEADDR, SO_REUSEPORT, SO_TIMESTAMP, SO_TIMESTAMPNS, SO_RXQ_OVFL, SO_DEBUG];

    private static readonly int[] ReadOnlyOptions =
        [SO_TYPE, SO_ERROR, SO_ACCEPTCONN, SO_PROTOCOL, SO_DOMAIN, SO_PEERCRED, SO_SNDLOWAT];

    /// <summary>A name that the level does not have.</summary>
    [Scenario("OPG-01", "OPT-00")]
    public static void UnknownName(HostProcess host)
    {
        using Socket ipv4 = host.Udp(), ipv6 = host.Udp(AddressFamily.Inet6);
        foreach ((Socket socket, int level) in new[] { (ipv4, SOL_SOCKET), (ipv4, IPPROTO_IP), (ipv6, IPPROTO_IPV6), (ipv4, IPPROTO_UDP) })
        {
            Expect.Fails(Errno.ENOPROTOOPT, socket.TrySet(level, 9999, 1));
            Expect.Fails(Errno.ENOPROTOOPT, socket.TryGet(level, 9999));
        }
    }

    /// <summary>A level that the socket does not have: set and get differ.</summary>
    [Scenario("OPG-02", "OPT-00", "OPT-39")]
    public static void UnknownLevel(HostProcess host)
    {
        using Socket socket = host.Udp();
        foreach (int level in new[] { 77, IPPROTO_TCP, IPPROTO_IPV6 })
        {
            Expect.Fails(Errno.ENOPROTOOPT, socket.TrySet(level, 1, 1));
            Expect.Fails(Errno.EOPNOTSUPP, socket.TryGet(level, 1));
        }
    }

    /// <summary>Options of a number that is closed, and of a descriptor that is no socket.</summary>
    [Scenario("OPG-03", "FD-25", OwnProcess = true)] // a closed number may be anybody's the moment after
    public static void NotASocket(HostProcess host)
    {
        int closed = host.Udp().Detach();
        host.Sockets.Close(closed);
        byte[] value = new byte[4];
        int length = 4;
        Expect.Fails(Errno.EBADF, host.Sockets.GetSockOpt(closed, SOL_SOCKET, SO_TYPE, value, ref length));
        Expect.Fails(Errno.EBADF, host.Sockets.SetSockOpt(closed, SOL_SOCKET, SO_BROADCAST, value));
        Expect.Fails(Errno.ENOTSOCK, host.Sockets.GetSockOpt(0, SOL_SOCKET, SO_TYPE, value, ref length));
        Expect.Fails(Errno.ENOTSOCK, host.Sockets.SetSockOpt(0, SOL_SOCKET, SO_BROADCAST, value));
    }

    /// <summary>An int of SOL_SOCKET needs four bytes; more are fine.</summary>
    [Scenario("OPG-04", "OPT-00")]
    public static void LengthOfAnInt(HostProcess host)
    {
        using Socket socket = host.Udp();
        foreach (int name in FlagOptions)
        {
            Expect.Fails(Errno.EINVAL, Set(socket, SOL_SOCKET, name, 0));
            Expect.Fails(Errno.EINVAL, Set(socket, SOL_SOCKET, name, 1));
            Expect.Fails(Errno.EINVAL, Set(socket, SOL_SOCKET, name, 3));
            Expect.Success(Set(socket, SOL_SOCKET, name, 8));
        }
    }

    /// <summary>Options of IPPROTO_IP take one byte too; no byte at all is 0 for most of them.</summary>
    [Scenario("OPG-05", "OPT-00")]
    public static void LengthOfAnIPv4Option(HostProcess host)
    {
        using Socket socket = host.Udp();
        Expect.Success(host.Sockets.SetSockOpt(socket.Descriptor, IPPROTO_IP, IP_TTL, [44]));
        Expect.Equal(44, socket.GetOption(IPPROTO_IP, IP_TTL));
        Expect.Success(host.Sockets.SetSockOpt(socket.Descriptor, IPPROTO_IP, IP_RECVTTL, [1]));
        Expect.Equal(1, socket.GetOption(IPPROTO_IP, IP_RECVTTL));
        Expect.Success(host.Sockets.SetSockOpt(socket.Descriptor, IPPROTO_IP, IP_RECVTTL, []));
        Expect.Equal(0, socket.GetOption(IPPROTO_IP, IP_RECVTTL));
        Expect.Fails(Errno.EINVAL, host.Sockets.SetSockOpt(socket.Descriptor, IPPROTO_IP, IP_TTL, []));
        Expect.Fails(Errno.EINVAL, host.Sockets.SetSockOpt(socket.Descriptor, IPPROTO_IP, IP_MINTTL, []));
        Expect.Fails(Errno.EINVAL, host.Sockets.SetSockOpt(socket.Descriptor, IPPROTO_IP, IP_FREEBIND, []));
    }

    /// <summary>Options of IPPROTO_IPV6 need four bytes; IPV6_DONTFRAG makes do with fewer.</summary>
    [Scenario("OPG-06")]
    public static void LengthOfAnIPv6Option(HostProcess host)
    {
        using Socket socket = host.Udp(AddressFamily.Inet6);
        foreach (int name in new[] { IPV6_UNICAST_HOPS, IPV6_RECVPKTINFO, IPV6_RECVHOPLIMIT, IPV6_RECVTCLASS, IPV6_V6ONLY, IPV6_TCLASS })
        {
            Expect.Fails(Errno.EINVAL, Set(socket, IPPROTO_IPV6, name, 1));
            Expect.Fails(Errno.EINVAL, Set(socket, IPPROTO_IPV6, name, 0));
        }
        Expect.Success(Set(socket, IPPROTO_IPV6, IPV6_DONTFRAG, 1));
        Expect.Success(Set(socket, IPPROTO_IPV6, IPV6_DONTFRAG, 0));
    }

    /// <summary>A flag is 1 whatever was not 0.</summary>
    [Scenario("OPG-07", "OPT-02")]
    public static void FlagsNormalise(HostProcess host)
    {
        using Socket socket = host.Udp();
        foreach (int name in FlagOptions)
        {
            foreach (int value in new[] { 42, -3, 7 })
            {
                socket.SetSocketLevel(name, value);
                Expect.Equal(1, socket.GetSocketLevel(name), $"option {name} set to {value}");
            }
            socket.SetSocketLevel(name, 0);
            Expect.Equal(0, socket.GetSocketLevel(name), $"option {name} set to 0");
        }
    }

    /// <summary>get copies as much as there is room for, from the low end, and says how much.</summary>
    [Scenario("OPG-08", "OPT-01")]
    public static void ShortReads(HostProcess host)
    {
        using Socket socket = host.Udp();
        socket.SetSocketLevel(SO_RCVBUF, 0x12345);
        int whole = socket.GetSocketLevel(SO_RCVBUF);
        foreach ((int room, int copied) in new[] { (0, 0), (1, 1), (2, 2), (4, 4), (8, 4) })
        {
            byte[] value = new byte[8];
            int length = room;
            Expect.Success(host.Sockets.GetSockOpt(socket.Descriptor, SOL_SOCKET, SO_RCVBUF, value, ref length));
            Expect.Equal(copied, length);
            byte[] expected = new byte[8];
            BinaryPrimitives.WriteInt32LittleEndian(expected, whole);
            expected.AsSpan(copied).Clear();
            Expect.Bytes(expected, value);
        }
        int negative = -1;
        Expect.Fails(Errno.EINVAL, host.Sockets.GetSockOpt(socket.Descriptor, SOL_SOCKET, SO_RCVBUF, new byte[4], ref negative));
    }

    /// <summary>Options that can only be read; a value that is too short is found first.</summary>
    [Scenario("OPG-09", "S-016", "S-017", "S-011", "OPT-03", "OPT-11", "OPT-24", "OPT-28", "OPT-36", "OPT-22")]
    public static void ReadOnly(HostProcess host)
    {
        using Socket socket = host.Udp();
        foreach (int name in ReadOnlyOptions)
        {
            Expect.Fails(Errno.ENOPROTOOPT, socket.TrySet(SOL_SOCKET, name, 1));
            Expect.Fails(Errno.EINVAL, Set(socket, SOL_SOCKET, name, 1));
        }
        Expect.Equal((int)SocketType.Datagram, socket.GetSocketLevel(SO_TYPE));
        Expect.Equal(0, socket.GetSocketLevel(SO_ACCEPTCONN));
        Expect.Equal((int)AddressFamily.Inet, socket.GetSocketLevel(SO_DOMAIN));
        Expect.Equal((int)IpProtocol.Udp, socket.GetSocketLevel(SO_PROTOCOL));
        Expect.Equal(1, socket.GetSocketLevel(SO_SNDLOWAT));
        byte[] credentials = new byte[12];
        Expect.Equal(12, socket.GetOption(SOL_SOCKET, SO_PEERCRED, credentials));
        Expect.Equal((0, -1, -1), (BitConverter.ToInt32(credentials), BitConverter.ToInt32(credentials, 4), BitConverter.ToInt32(credentials, 8)));
    }

    /// <summary>Options that a datagram socket does not use are kept all the same.</summary>
    [Scenario("OPG-10", "S-005", "S-006", "S-007", "OPT-15", "OPT-16", "OPT-19")]
    public static void KeptWithoutUse(HostProcess host)
    {
        using Socket socket = host.Udp();
        foreach (int name in new[] { SO_KEEPALIVE, SO_OOBINLINE })
        {
            Expect.Equal(0, socket.GetSocketLevel(name));
            socket.SetSocketLevel(name, 1);
            Expect.Equal(1, socket.GetSocketLevel(name));
        }
        byte[] linger = new byte[8];
        Expect.Equal(8, socket.GetOption(SOL_SOCKET, SO_LINGER, linger));
        Expect.Bytes(new byte[8], linger);
        Expect.Fails(Errno.EINVAL, Set(socket, SOL_SOCKET, SO_LINGER, 4));
        socket.SetOption(SOL_SOCKET, SO_LINGER, [5, 0, 0, 0, 7, 0, 0, 0]);
        socket.GetOption(SOL_SOCKET, SO_LINGER, linger);
        Expect.Bytes([1, 0, 0, 0, 7, 0, 0, 0], linger);
    }

    /// <summary>What an unprivileged process may not set.</summary>
    [Scenario("OPG-11", "OPT-09", "OPT-18", "OPT-23", "OPT-26", "OPT-34", "BUF-004", "S-002", OwnProcess = true)]
    public static void Privileges(HostProcess host)
    {
        using Socket socket = host.Udp();
        host.RunAsUser(1234, () =>
        {
            Expect.Fails(Errno.EACCES, socket.TrySet(SOL_SOCKET, SO_DEBUG, 1));
            Expect.Success(socket.TrySet(SOL_SOCKET, SO_DEBUG, 0));
            Expect.Success(socket.TrySet(SOL_SOCKET, SO_PRIORITY, 6));
            Expect.Fails(Errno.EPERM, socket.TrySet(SOL_SOCKET, SO_PRIORITY, 7));
            Expect.Fails(Errno.EPERM, socket.TrySet(SOL_SOCKET, SO_PRIORITY, -1));
            Expect.Fails(Errno.EPERM, socket.TrySet(SOL_SOCKET, SO_MARK, 5));
            Expect.Fails(Errno.EPERM, socket.TrySet(SOL_SOCKET, SO_RCVBUFFORCE, 50_000_000));
            Expect.Fails(Errno.EPERM, socket.TrySet(SOL_SOCKET, SO_SNDBUFFORCE, 50_000_000));
            Expect.Fails(Errno.EPERM, socket.TrySet(IPPROTO_IP, IP_TRANSPARENT, 1));
        });
        Expect.Success(socket.TrySet(SOL_SOCKET, SO_PRIORITY, 7));
        Expect.Equal(7, socket.GetSocketLevel(SO_PRIORITY));
        Expect.Success(socket.TrySet(SOL_SOCKET, SO_MARK, 5));
        Expect.Equal(5, socket.GetSocketLevel(SO_MARK));
    }

    /// <summary>The sixteen options of POSIX have Linux's numbers.</summary>
    [Scenario("OPT-38", "OPG-12")]
    public static void NumbersOfPosix(HostProcess host)
    {
        Expect.Equal((1, 2, 3, 4, 5, 6), (SO_DEBUG, SO_REUSEADDR, SO_TYPE, SO_ERROR, SO_DONTROUTE, SO_BROADCAST));
        Expect.Equal((7, 8, 9, 10, 13), (SO_SNDBUF, SO_RCVBUF, SO_KEEPALIVE, SO_OOBINLINE, SO_LINGER));
        Expect.Equal((18, 19, 20, 21, 30), (SO_RCVLOWAT, SO_SNDLOWAT, SO_RCVTIMEO, SO_SNDTIMEO, SO_ACCEPTCONN));
        using Socket socket = host.Udp();
        foreach (int name in new[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 18, 19, 30 }) Expect.Success(socket.TryGet(SOL_SOCKET, name));
        foreach (int name in new[] { SO_LINGER, SO_RCVTIMEO, SO_SNDTIMEO }) socket.GetOption(SOL_SOCKET, name, new byte[16]);
    }

    private static Errno Set(Socket socket, int level, int name, int length)
        => socket.System.SetSockOpt(socket.Descriptor, level, name, new byte[length]);
}
