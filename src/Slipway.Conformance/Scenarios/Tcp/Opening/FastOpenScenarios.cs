using Slipway.Sockets;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>TCP Fast Open (RFC 7413, tcp(7)): both ends on one host, whose sysctl is set.</summary>
public static class FastOpenScenarios
{
    private const string Sysctl = "/proc/sys/net/ipv4/tcp_fastopen";
    private const int SynData = 32;

    /// <summary>The first connection brings the cookie, the second sends its data with the SYN.</summary>
    [Scenario("T-010")]
    public static void DataWithTheSyn(HostProcess host)
    {
        Expect.True(host.Files.WriteText(Sysctl, "3"));
        using Socket listener = Listener(host);
        Exchange(host, listener, "first", 0);
        Exchange(host, listener, "second", SynData);
        Exchange(host, listener, "third", SynData);
    }

    /// <summary>tcp_fastopen_key: made when a listener first wants one, written and read as hexadecimal numbers, and not what a socket's own option tells.</summary>
    [Scenario("T-014")]
    public static void KeyOfTheHost(HostProcess host)
    {
        const string Path = "/proc/sys/net/ipv4/tcp_fastopen_key", Zeros = "00000000-00000000-00000000-00000000", One = "00000001-00000002-00000003-00000004";
        string Key() => host.Files.ReadText(Path)!.Trim();
        Expect.Equal(Zeros, Key());
        using Socket socket = host.Tcp();
        socket.SetTcp(TCP_FASTOPEN, 5);
        Expect.True(Key() != Zeros && Key().Length == Zeros.Length);
        foreach (string bad in (string[])["1-2-3", "xyz", "1-2-3-4,", "1-2-3-4,5", "+1-2-3-4", "-1-2-3-4"]) Expect.True(!host.Files.WriteText(Path, bad), bad);
        foreach ((string written, string read) in (ReadOnlySpan<(string, string)>)
            [
                ("1-2-3-4", One), ("1-2-3-4,5-6-7-8", One + ",00000005-00000006-00000007-00000008"), ("0x1-2-3-4 and more", One), (" 1-2-3-4\n", One),
                ("100000000-2-3-4", "00000000-00000002-00000003-00000004"), ("A-b-C-d", "0000000a-0000000b-0000000c-0000000d"), (Zeros, Zeros),
            ])
        {
            Expect.True(host.Files.WriteText(Path, written), written);
            Expect.Equal(read, Key());
        }
        Expect.Equal(0, socket.GetOption(IPPROTO_TCP, TCP_FASTOPEN_KEY, new byte[32]));
        // A cookie is by the host's key.
        Expect.True(host.Files.WriteText(Sysctl, "3"));
        Expect.True(host.Files.WriteText(Path, One));
        using Socket listener = Listener(host);
        Exchange(host, listener, "first", 0);
        Exchange(host, listener, "second", SynData);
        Expect.True(host.Files.WriteText(Path, "5-6-7-8"));
        Exchange(host, listener, "by another key", 0);
        Exchange(host, listener, "renewed", SynData);
    }

    /// <summary>Settings of what is remembered of destinations, and of pauses of fast open.</summary>
    [Scenario("T-014")]
    public static void Settings(HostProcess host)
    {
        foreach ((string name, string usual, string most, string tooMuch) in (ReadOnlySpan<(string, string, string, string)>)
            [("tcp_no_metrics_save", "0", "255", "256"), ("tcp_no_ssthresh_metrics_save", "1", "1", "2"), ("tcp_fastopen_blackhole_timeout_sec", "0", "2147483647", "2147483648")])
        {
            string path = "/proc/sys/net/ipv4/" + name;
            Expect.Equal(usual, host.Files.ReadText(path)!.Trim());
            Expect.True(host.Files.WriteText(path, most));
            Expect.True(!host.Files.WriteText(path, tooMuch));
            Expect.True(!host.Files.WriteText(path, "-1"));
            Expect.Equal(most, host.Files.ReadText(path)!.Trim());
        }
    }

    /// <summary>Without waiting: EINPROGRESS while there is no cookie, then what went with the SYN.</summary>
    [Scenario("T-010")]
    public static void WithoutWaiting(HostProcess host)
    {
        Expect.True(host.Files.WriteText(Sysctl, "3"));
        using Socket listener = Listener(host);
        using Socket first = host.NonBlockingTcp(), second = host.NonBlockingTcp();
        Expect.Fails(Errno.EINPROGRESS, TrySend(first, listener, "none"));
        using Socket accepted = listener.Accept();
        first.WaitFor(PollEvents.POLLOUT);
        Expect.Equal(3, Expect.Success(TrySend(second, listener, "abc")));
        using Socket other = listener.Accept();
        Expect.Equal("abc", other.ReceiveReady());
        Expect.Fails(Errno.EISCONN, TrySend(accepted, listener, "x"));
    }

    /// <summary>TCP_FASTOPEN_CONNECT: with a cookie connect returns at once, the socket is writable, and the first write opens the connection.</summary>
    [Scenario("T-010")]
    public static void AtConnect(HostProcess host)
    {
        Expect.True(host.Files.WriteText(Sysctl, "3"));
        using Socket listener = Listener(host);
        Exchange(host, listener, "cookie", 0);
        using Socket client = host.NonBlockingTcp();
        client.SetTcp(TCP_FASTOPEN_CONNECT, 1);
        Expect.Success(client.TryConnect(listener.LocalAddress));
        Expect.Equal(PollEvents.POLLOUT, client.WaitFor(PollEvents.POLLOUT));
        Expect.Equal(TcpInfoBlock.SynSent, client.Info().State);
        Expect.Fails(Errno.EISCONN, client.TryConnect(listener.LocalAddress));
        Expect.Equal(2, Expect.Success(client.TrySend("hi")));
        using Socket server = listener.Accept();
        Expect.Equal("hi", server.ReceiveReady());
        Expect.Equal(SynData, client.Info().Options & SynData);
    }

    /// <summary>Ranges, and the states in which the options can be set.</summary>
    [Scenario("T-010")]
    public static void Options(HostProcess host)
    {
        Expect.True(host.Files.WriteText(Sysctl, "1"));
        (Socket client, Socket server) = host.TcpPair();
        using Socket fresh = host.Tcp();
        using (client)
        using (server)
        {
            foreach (int name in new[] { TCP_FASTOPEN, TCP_FASTOPEN_CONNECT, TCP_FASTOPEN_NO_COOKIE })
            {
                Expect.Equal(0, fresh.GetTcp(name), $"option {name}");
                Expect.Fails(Errno.EINVAL, fresh.TrySetTcp(name, -1), $"option {name}");
                Expect.Fails(Errno.EINVAL, client.TrySetTcp(name, 1), $"option {name}");
                Expect.Success(fresh.TrySetTcp(name, 1), $"option {name}");
                Expect.Equal(1, fresh.GetTcp(name), $"option {name}");
            }
            Expect.Success(fresh.TrySetTcp(TCP_FASTOPEN, 100));
            Expect.Equal(100, fresh.GetTcp(TCP_FASTOPEN));
            Expect.Fails(Errno.EINVAL, fresh.TrySetTcp(TCP_FASTOPEN_CONNECT, 2));
            byte[] key = [.. Enumerable.Range(1, 32).Select(static i => (byte)i)], read = new byte[64];
            foreach (int length in new[] { 16, 32 })
            {
                fresh.SetOption(IPPROTO_TCP, TCP_FASTOPEN_KEY, key.AsSpan(0, length));
                Expect.Equal(length, fresh.GetOption(IPPROTO_TCP, TCP_FASTOPEN_KEY, read));
                Expect.Bytes(key.AsSpan(0, length), read.AsSpan(0, length));
            }
            foreach (int length in new[] { 4, 15, 17, 33 })
                Expect.Fails(Errno.EINVAL, host.Sockets.SetSockOpt(fresh.Descriptor, IPPROTO_TCP, TCP_FASTOPEN_KEY, new byte[length]), $"{length} bytes");
        }
    }

    /// <summary>Where tcp_fastopen does not allow it, neither MSG_FASTOPEN nor TCP_FASTOPEN_CONNECT is there.</summary>
    [Scenario("T-010")]
    public static void SwitchedOff(HostProcess host)
    {
        Expect.True(host.Files.WriteText(Sysctl, "0"));
        using Socket listener = Listener(host), client = host.Tcp();
        Expect.Fails(Errno.EOPNOTSUPP, TrySend(client, listener, "x"));
        Expect.Fails(Errno.EOPNOTSUPP, client.TrySetTcp(TCP_FASTOPEN_CONNECT, 1));
    }

    /// <summary>Nobody listens: the send that opens says so.</summary>
    [Scenario("T-010")]
    public static void Refused(HostProcess host)
    {
        Expect.True(host.Files.WriteText(Sysctl, "3"));
        using Socket client = host.Tcp();
        var nobody = new InetAddress("127.0.0.1", host.FreeTcpPort());
        Expect.Fails(Errno.ECONNREFUSED, client.System.SendTo(client.Descriptor, "x"u8, MessageFlags.MSG_FASTOPEN, nobody.ToSockAddr()));
    }

    private static Socket Listener(HostProcess host)
    {
        Socket listener = host.TcpListener();
        listener.SetTcp(TCP_FASTOPEN, 5);
        return listener;
    }

    private static CallResult TrySend(Socket socket, Socket listener, string text)
        => socket.System.SendTo(socket.Descriptor, System.Text.Encoding.ASCII.GetBytes(text), MessageFlags.MSG_FASTOPEN | MessageFlags.MSG_NOSIGNAL, listener.LocalAddress.ToSockAddr());

    private static void Exchange(HostProcess host, Socket listener, string text, int synData)
    {
        using Socket client = host.Tcp();
        Expect.Equal(text.Length, Expect.Success(TrySend(client, listener, text)));
        using Socket server = listener.Accept();
        server.WaitForBytes(host, text.Length);
        Expect.Equal(text, server.ReceiveReady());
        Expect.Equal(synData, client.Info().Options & SynData, text);
        Expect.Equal(synData, server.Info().Options & SynData, text);
        server.Send("back"u8);
        client.WaitForBytes(host, 4);
    }
}
