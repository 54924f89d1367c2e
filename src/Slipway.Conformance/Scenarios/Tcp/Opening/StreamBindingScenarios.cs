using Slipway.Sockets;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>Binding stream sockets to an address that somebody has or had (section BIND), and the options of OPT-40.</summary>
public static class StreamBindingScenarios
{
    /// <summary>Two sockets share an address only if both have SO_REUSEADDR and the first does not listen.</summary>
    [Scenario("BIND-17")]
    public static void BothMustReuse(HostProcess host)
    {
        foreach ((bool first, bool second, bool listens, Errno expected) in new[]
        {
            (false, false, false, Errno.EADDRINUSE), (true, false, false, Errno.EADDRINUSE), (false, true, false, Errno.EADDRINUSE),
            (true, true, false, Errno.None), (true, true, true, Errno.EADDRINUSE), (false, true, true, Errno.EADDRINUSE),
        })
        {
            using Socket holder = host.TcpAt(InetAddress.LoopbackIPv4(), first), comer = host.Tcp();
            if (listens) holder.Listen();
            if (second) comer.SetSocketLevel(SO_REUSEADDR, 1);
            Expect.Fails(expected, comer.TryBind(holder.LocalAddress), $"bind, SO_REUSEADDR {first} and {second}, listening {listens}");
        }
    }

    /// <summary>Of two sockets that share a port only one can listen.</summary>
    [Scenario("BIND-18")]
    public static void OneListener(HostProcess host)
    {
        using Socket first = host.TcpAt(InetAddress.LoopbackIPv4(), reuse: true), second = host.TcpAt(first.LocalAddress, reuse: true);
        first.Listen();
        Expect.Fails(Errno.EADDRINUSE, host.Sockets.Listen(second.Descriptor, 1));
        first.Dispose();
        second.Listen();
        using Socket client = host.TcpTo(second.LocalAddress);
    }

    /// <summary>A listener on the wildcard has the port at every address, SO_REUSEADDR or not.</summary>
    [Scenario("BIND-19")]
    public static void WildcardListener(HostProcess host)
    {
        using Socket listener = host.TcpAt(InetAddress.AnyIPv4(), reuse: true), specific = host.Tcp();
        listener.Listen();
        specific.SetSocketLevel(SO_REUSEADDR, 1);
        Expect.Fails(Errno.EADDRINUSE, specific.TryBind(InetAddress.LoopbackIPv4(listener.LocalAddress.Port)));
    }

    /// <summary>A server that closed first and starts again: only SO_REUSEADDR on the old listener and on the new one gets past TIME_WAIT.</summary>
    [Scenario("BIND-23", "BIND-24")]
    public static void RestartAfterClosingFirst(HostProcess host)
    {
        foreach ((bool old, bool @new, Errno expected) in new[]
        {
            (false, false, Errno.EADDRINUSE), (false, true, Errno.EADDRINUSE), (true, false, Errno.EADDRINUSE), (true, true, Errno.None),
        })
        {
            InetAddress address = Serve(host, old, serverFirst: true);
            Expect.Fails(expected, Restart(host, address, @new), $"bind, SO_REUSEADDR {old} then and {@new} now");
        }
    }

    /// <summary>Without SO_REUSEADDR the server has to wait a minute.</summary>
    [Scenario("BIND-23", NotOnKernel = "takes a minute of real time")]
    public static void RestartAfterAMinute(HostProcess host)
    {
        InetAddress address = Serve(host, reuse: false, serverFirst: true);
        host.Sleep(TimeSpan.FromSeconds(59));
        Expect.Fails(Errno.EADDRINUSE, Restart(host, address, reuse: false));
        host.Sleep(TimeSpan.FromSeconds(2));
        Expect.Success(Restart(host, address, reuse: false));
    }

    /// <summary>The client closed first: TIME_WAIT is at its side, and the server's port is free at once.</summary>
    [Scenario("BIND-25")]
    public static void RestartAfterTheClientsClose(HostProcess host)
    {
        InetAddress address = Serve(host, reuse: false, serverFirst: false);
        host.WaitUntil(() => Restart(host, address, reuse: false) == Errno.None, static () => "the server's port stays taken");
    }

    /// <summary>Connections of a closed listener that live on count as those in TIME_WAIT do.</summary>
    [Scenario("BIND-26")]
    public static void RestartWithLivingConnections(HostProcess host)
    {
        foreach ((bool old, bool @new, Errno expected) in new[] { (false, false, Errno.EADDRINUSE), (false, true, Errno.EADDRINUSE), (true, true, Errno.None) })
        {
            using Socket listener = host.TcpAt(InetAddress.LoopbackIPv4(), old);
            listener.Listen();
            InetAddress address = listener.LocalAddress;
            using StreamPair living = new(host.TcpTo(address), listener.Accept());
            listener.Dispose();
            Expect.Fails(expected, Restart(host, address, @new), $"bind, SO_REUSEADDR {old} then and {@new} now");
            living.Client.SendText("alive");
            Expect.Equal("alive", living.Server.ReceiveReady());
        }
    }

    /// <summary>Options of TCP as they are before a connection, and their ranges.</summary>
    [Scenario("OPT-40")]
    public static void DefaultsAndRanges(HostProcess host)
    {
        using Socket socket = host.Tcp();
        foreach ((int name, int value, int low, int high) in new[]
        {
            (TCP_KEEPIDLE, 7200, 1, 32767), (TCP_KEEPINTVL, 75, 1, 32767), (TCP_KEEPCNT, 9, 1, 127), (TCP_SYNCNT, 6, 1, 127),
        })
        {
            Expect.Equal(value, socket.GetOption(IPPROTO_TCP, name), $"default of {name}");
            Expect.Fails(Errno.EINVAL, socket.TrySet(IPPROTO_TCP, name, low - 1));
            Expect.Fails(Errno.EINVAL, socket.TrySet(IPPROTO_TCP, name, high + 1));
            foreach (int allowed in new[] { low, high })
            {
                socket.SetOption(IPPROTO_TCP, name, allowed);
                Expect.Equal(allowed, socket.GetOption(IPPROTO_TCP, name), $"option {name}");
            }
        }
        Expect.Equal((536, 0), (socket.GetOption(IPPROTO_TCP, TCP_MAXSEG), socket.GetOption(IPPROTO_TCP, TCP_USER_TIMEOUT)));
        Expect.Fails(Errno.EINVAL, socket.TrySet(IPPROTO_TCP, TCP_MAXSEG, 87));
        Expect.Success(socket.TrySet(IPPROTO_TCP, TCP_MAXSEG, 88));
        Expect.Fails(Errno.EINVAL, socket.TrySet(IPPROTO_TCP, TCP_USER_TIMEOUT, -1));
    }

    /// <summary>A server serves one client and is closed, listener and all.</summary>
    private static InetAddress Serve(HostProcess host, bool reuse, bool serverFirst)
    {
        using Socket listener = host.TcpAt(InetAddress.LoopbackIPv4(), reuse);
        listener.Listen();
        InetAddress address = listener.LocalAddress;
        using Socket client = host.TcpTo(address), server = listener.Accept();
        (Socket first, Socket second) = serverFirst ? (server, client) : (client, server);
        first.Dispose();
        second.ExpectEnd();
        return address;
    }

    private static Errno Restart(HostProcess host, InetAddress address, bool reuse)
    {
        using Socket socket = host.Tcp();
        if (reuse) socket.SetSocketLevel(SO_REUSEADDR, 1);
        Errno error = socket.TryBind(address);
        return error == Errno.None ? host.Sockets.Listen(socket.Descriptor, 1) : error;
    }
}
