using Slipway.Sockets;
using static Slipway.Sockets.MessageFlags;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>Sends that tell when their memory is free again (MSG_ZEROCOPY).</summary>
public static class ZeroCopyScenarios
{
    /// <summary>Which sockets have it.</summary>
    [Scenario("ZC-001")]
    public static void Option(HostProcess host)
    {
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        using (Socket stream = host.Tcp())
        {
            foreach (Socket socket in (Socket[])[sender, stream])
            {
                Expect.Equal(0, socket.GetSocketLevel(SO_ZEROCOPY));
                Expect.Fails(Errno.EINVAL, socket.TrySet(SOL_SOCKET, SO_ZEROCOPY, 2));
                Expect.Fails(Errno.EINVAL, socket.TrySet(SOL_SOCKET, SO_ZEROCOPY, -1));
            }
            Expect.Equal(1, sender.SendText("x", MSG_ZEROCOPY));
            sender.ExpectNoError();
            sender.SetSocketLevel(SO_ZEROCOPY, 1);
            Expect.Equal(1, sender.GetSocketLevel(SO_ZEROCOPY));
        }
        (Socket local, Socket other) = host.Sockets.OpenPair(SocketType.Datagram);
        using (local)
        using (other)
            Expect.Fails(Errno.EOPNOTSUPP, local.TrySet(SOL_SOCKET, SO_ZEROCOPY, 1));
    }

    /// <summary>Completions of datagrams.</summary>
    [Scenario("ZC-002", "ZC-003")]
    public static void Datagrams(HostProcess host)
    {
        foreach (AddressFamily family in (AddressFamily[])[AddressFamily.Inet, AddressFamily.Inet6])
        {
            (Socket sender, Socket receiver) = host.UdpPair(family);
            using (sender)
            using (receiver)
            {
                sender.SetSocketLevel(SO_ZEROCOPY, 1);
                sender.SendText("one", MSG_ZEROCOPY);
                ExpectCompletion(sender.ReceiveError(), 0, 0);
                sender.SendText("two", MSG_ZEROCOPY);
                sender.SendText("three", MSG_ZEROCOPY);
                sender.SendText("", MSG_ZEROCOPY);
                sender.SendText("plain");
                sender.SendText("four", MSG_ZEROCOPY);
                ExpectCompletion(sender.ReceiveError(), 1, 4);
                Expect.Throws(Errno.EMSGSIZE, () => sender.Send(new byte[65530], MSG_ZEROCOPY));
                sender.ExpectNoError();
                sender.SendText("five", MSG_ZEROCOPY);
                ExpectCompletion(sender.ReceiveError(), 5, 5);
                Expect.Equal("one", receiver.ReceiveText());
            }
        }
    }

    /// <summary>Completions of a stream.</summary>
    [Scenario("ZC-002")]
    public static void Streams(HostProcess host)
    {
        using StreamPair pair = host.TcpPair();
        pair.Client.SetSocketLevel(SO_ZEROCOPY, 1);
        for (uint i = 0; i < 3; i++)
        {
            pair.Client.Send(new byte[1000], MSG_ZEROCOPY);
            Expect.Equal(1000, pair.Server.Receive(new byte[2000]));
            ExpectCompletion(pair.Client.ReceiveError(), i, i);
        }
    }

    /// <summary>The datagram goes later.</summary>
    [Scenario("ZC-004")]
    public static void Corked(HostProcess host)
    {
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            sender.SetSocketLevel(SO_ZEROCOPY, 1);
            sender.SetOption(IPPROTO_UDP, UDP_CORK, 1);
            sender.SendText("a", MSG_ZEROCOPY);
            sender.SendText("b", MSG_ZEROCOPY);
            sender.ExpectNoError();
            sender.SetOption(IPPROTO_UDP, UDP_CORK, 0);
            ExpectCompletion(sender.ReceiveError(), 0, 1);
            Expect.Equal("ab", receiver.ReceiveText());
        }
    }

    /// <summary>Completions that nobody reads: stamps between them keep them apart.</summary>
    [Scenario("ZC-005")]
    public static void TooManyUnread(HostProcess host)
    {
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            sender.SetSocketLevel(SO_ZEROCOPY, 1);
            sender.SetSocketLevel(SO_TIMESTAMPING, (int)(TimestampingFlags.SOF_TIMESTAMPING_TX_SOFTWARE | TimestampingFlags.SOF_TIMESTAMPING_OPT_TSONLY));
            const int Memory = 131072, Each = 832;
            for (int i = 0; i < Memory / Each; i++) sender.SendText("x", MSG_ZEROCOPY);
            Expect.Throws(Errno.ENOBUFS, () => sender.SendText("x", MSG_ZEROCOPY));
            sender.SendText("x");
            Received first = sender.ReceiveError(), second = sender.ReceiveError();
            Expect.Equal(ExtendedSocketError.OriginTimestamping, first.Error.Origin);
            ExpectCompletion(second, 0, 0);
            sender.SendText("x", MSG_ZEROCOPY);
        }
    }

    /// <summary>Memory that is lent, and given back by completions.</summary>
    [Scenario("ZC-006")]
    public static void Lending(HostProcess host)
    {
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        using (var lender = new ZeroCopySender(sender))
        {
            for (int i = 1; i <= 3; i++)
            {
                Expect.Equal(1000, lender.Send(new byte[1000]));
                Expect.Equal(0, lender.Send(default));
                Expect.Equal(i, lender.Pending);
            }
            Expect.Throws(Errno.EMSGSIZE, () => lender.Send(new byte[70000]));
            sender.Poll(PollEvents.POLLERR, TimeSpan.FromSeconds(5));
            Expect.Equal(3, lender.Collect());
            Expect.Equal(0, lender.Pending);
            Expect.True(lender.Copied);
            Expect.Equal(0, lender.Collect());
        }
        using StreamPair pair = host.TcpPair();
        using var stream = new ZeroCopySender(pair.Client);
        Expect.Equal(5000, stream.Send(new byte[5000]));
        int received = 0;
        while (received < 5000) received += pair.Server.Receive(new byte[5000]);
        pair.Client.Poll(PollEvents.POLLERR, TimeSpan.FromSeconds(5));
        Expect.Equal(1, stream.Collect());
        using Socket raw = host.Sockets.Open(AddressFamily.Unix, SocketType.Datagram);
        Expect.Throws(Errno.EOPNOTSUPP, () => new ZeroCopySender(raw).Dispose());
    }

    private static void ExpectCompletion(Received completion, uint first, uint last)
    {
        ExtendedSocketError error = completion.Error;
        Expect.Equal(Errno.None, error.Error);
        Expect.Equal(ExtendedSocketError.OriginZeroCopy, error.Origin);
        Expect.Equal(first, error.Info);
        Expect.Equal(last, error.Data);
        Expect.Equal(ExtendedSocketError.CodeCopied, error.Code);
        Expect.Equal(0, completion.Data.Length);
        Expect.Equal(0, completion.AddressLength);
        Expect.Equal(MSG_ERRQUEUE, completion.Flags);
    }
}
