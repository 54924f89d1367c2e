using System.Text;
using Slipway.Sockets;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>Signed segments (TCP_MD5SIG, TCP_MD5SIG_EXT; RFC 2385).</summary>
public static class SignatureScenarios
{
    // What would come comes at once on one machine; a first SYN that nobody answers is repeated after a second.
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(300);
    private static readonly InetAddress Loopback = InetAddress.LoopbackIPv4();

    /// <summary>What setsockopt takes and refuses.</summary>
    [Scenario("T-011")]
    public static void Keys(HostProcess host)
    {
        using Socket socket = host.Tcp(), six = host.Tcp(AddressFamily.Inet6);
        Expect.Fails(Errno.ENOPROTOOPT, socket.TryGet(IPPROTO_TCP, TCP_MD5SIG));
        Expect.Fails(Errno.ENOPROTOOPT, socket.TryGet(IPPROTO_TCP, TCP_MD5SIG_EXT));
        Expect.Fails(Errno.ENOENT, Set(socket, "10.0.0.1", ""));
        Expect.Success(Set(socket, "10.0.0.1", "one"));
        Expect.Success(Set(socket, "10.0.0.1", "two"));
        Expect.Success(Set(socket, "10.0.0.1", ""));
        Expect.Fails(Errno.ENOENT, Set(socket, "10.0.0.1", ""));
        Expect.Success(Set(socket, "10.0.0.1", new string('x', 80)));
        byte[] key = new SignatureKey(new InetAddress("10.0.0.1", 0), "key"u8.ToArray()).ToBytes();
        Expect.Fails(Errno.EINVAL, Set(socket, key[..^1]));
        Expect.Fails(Errno.EINVAL, Set(socket, []));
        Expect.Success(Set(socket, [.. key, .. new byte[84]]));
        key[130] = 81;
        Expect.Fails(Errno.EINVAL, Set(socket, key));
        // The family is the socket's own; on IPv6 a peer of IPv4 is named by its mapped address.
        Expect.Fails(Errno.EINVAL, Set(socket, "fd00::1", "key"));
        Expect.Fails(Errno.EINVAL, Set(six, "10.0.0.1", "key"));
        Expect.Success(Set(six, "fd00::1", "key"));
        Expect.Success(Set(six, "::ffff:10.0.0.1", "key"));
        // No capability is needed, and a listener takes keys as well.
        socket.Bind(Loopback);
        socket.Listen(1);
        Expect.Success(Set(socket, "10.0.0.2", "key"));
    }

    /// <summary>Prefixes and interfaces.</summary>
    [Scenario("T-011")]
    public static void ExtendedKeys(HostProcess host)
    {
        using Socket socket = host.Tcp(), six = host.Tcp(AddressFamily.Inet6);
        foreach (byte length in (byte[])[0, 8, 32]) Expect.Success(Set(socket, "10.0.0.0", "key", length));
        Expect.Fails(Errno.EINVAL, Set(socket, "10.0.0.0", "key", 33));
        Expect.Fails(Errno.EINVAL, Set(six, "fd00::", "key", 129));
        Expect.Fails(Errno.EINVAL, Set(six, "::ffff:10.0.0.0", "key", 33));
        Expect.Success(Set(six, "::ffff:10.0.0.0", "key", 8));
        // A key is taken away by what it was set by, bits beyond the prefix included.
        Expect.Success(Set(socket, "10.1.2.3", "key", 8));
        Expect.Fails(Errno.ENOENT, Set(socket, "10.9.9.9", "", 8));
        Expect.Success(Set(socket, "10.1.2.3", "", 8));
        // An interface must be that of a routing domain; none at all is another key than any.
        Expect.Fails(Errno.EINVAL, Set(socket, new SignatureKey(new InetAddress("10.0.0.4", 0), "key"u8.ToArray()) { InterfaceIndex = 1 }));
        Expect.Fails(Errno.EINVAL, Set(socket, new SignatureKey(new InetAddress("10.0.0.4", 0), "key"u8.ToArray()) { InterfaceIndex = 99 }));
        Expect.Success(Set(socket, new SignatureKey(new InetAddress("10.0.0.4", 0), "key"u8.ToArray()) { InterfaceIndex = 0 }));
        Expect.Fails(Errno.ENOENT, Set(socket, "10.0.0.4", ""));
        Expect.Success(Set(socket, new SignatureKey(new InetAddress("10.0.0.4", 0), default) { InterfaceIndex = 0 }));
    }

    /// <summary>sock_diag tells the administrator of the keys, the newest first.</summary>
    [Scenario("T-011")]
    public static void KeysAreTold(HostProcess host)
    {
        using Socket socket = host.Tcp(AddressFamily.Inet6);
        Expect.Success(Set(socket, "fd00::1", "six"));
        Expect.Success(Set(socket, "::ffff:10.2.0.0", "net", 16));
        socket.Bind(InetAddress.AnyIPv6(0));
        socket.Listen(1);
        using var diagnostics = new SocketDiagnostics(host.Sockets);
        DiagnosedSocket told = diagnostics.Inet(AddressFamily.Inet6, IpProtocol.Tcp, details: 1 << DiagnosticAttribute.INET_DIAG_INFO - 1).Single(s => s.Local.Port == socket.LocalAddress.Port);
        Expect.Equal("10.2.0.0:0/16 net, [fd00::1]:0/128 six", string.Join(", ", told.SignatureKeys.Select(static k => $"{k.Peer}/{k.PrefixLength} {Encoding.ASCII.GetString(k.Secret.Span)}")));
        Expect.Equal(0, diagnostics.Inet(AddressFamily.Inet6, IpProtocol.Tcp).Single(s => s.Local.Port == socket.LocalAddress.Port).SignatureKeys.Count);
    }

    /// <summary>Keys cost option memory.</summary>
    [Scenario("T-011")]
    public static void ManyKeys(HostProcess host)
    {
        using Socket socket = host.Tcp();
        int most = (host.Sysctl("core/optmem_max")[0] - 1) / 136;
        for (int i = 0; i < most; i++) Expect.Success(Set(socket, $"10.0.{i >> 8}.{i & 255}", "key"));
        Expect.Fails(Errno.ENOMEM, Set(socket, "10.9.9.9", "key"));
        Expect.Success(Set(socket, "10.0.0.0", "another"));
        Expect.Success(Set(socket, "10.0.0.0", ""));
        Expect.Success(Set(socket, "10.9.9.9", "key"));
    }

    /// <summary>Both ends have the key: a connection, of which both ends go on having it.</summary>
    [Scenario("T-012")]
    public static void SameKey(HostProcess host)
    {
        using Socket listener = Listen(host, "secret");
        using Socket client = host.Tcp().Patient();
        Expect.Success(Set(client, "127.0.0.1", "secret"));
        client.Connect(listener.LocalAddress);
        using Socket server = listener.Accept().Patient();
        // Timestamps do not fit a signed SYN: selective acknowledgments and window scaling are left of the options.
        Expect.Equal((6, 6), (OptionsOf(client), OptionsOf(server)));
        byte[] long_ = new byte[300_000];
        Array.Fill(long_, (byte)'x');
        client.NonBlocking = true;
        int sent = 0, read = 0;
        byte[] room = new byte[1 << 17];
        while (read < long_.Length)
        {
            if (sent < long_.Length && client.PollNow(PollEvents.POLLOUT) != 0) sent += client.Send(long_.AsSpan(sent));
            read += server.Receive(room);
        }
        server.SendText("well");
        client.WaitFor(PollEvents.POLLIN);
        Expect.Equal(4, client.Receive(room));
        // The connection has the listener's key for its peer alone, and without it the peer hears no more.
        Expect.Success(Set(server, "127.0.0.1", ""));
        Expect.Fails(Errno.ENOENT, Set(server, "127.0.0.1", ""));
        server.SendText("unsigned");
        Expect.Equal(PollEvents.None, client.Poll(PollEvents.POLLIN, Soon));
        // Signed again, what is sent again is believed.
        Expect.Success(Set(server, "127.0.0.1", "secret"));
        client.WaitFor(PollEvents.POLLIN);
        Expect.Equal(8, client.Receive(room));
    }

    /// <summary>Another key, or a key at one end alone: no connection, and no word about it.</summary>
    [Scenario("T-012")]
    public static void NoKeyOrAnother(HostProcess host)
    {
        foreach ((string atServer, string atClient) in (ReadOnlySpan<(string, string)>)[("one", "two"), ("one", ""), ("", "two")])
        {
            using Socket listener = Listen(host, atServer);
            using Socket client = host.Tcp();
            client.NonBlocking = true;
            if (atClient.Length > 0) Expect.Success(Set(client, "127.0.0.1", atClient));
            Expect.Fails(Errno.EINPROGRESS, client.TryConnect(listener.LocalAddress));
            Expect.Equal(PollEvents.None, client.Poll(PollEvents.POLLOUT, Soon));
            Expect.Equal(PollEvents.None, listener.PollNow(PollEvents.POLLIN));
        }
    }

    /// <summary>At a port where nobody listens a signed SYN is not even refused.</summary>
    [Scenario("T-012")]
    public static void NobodyThere(HostProcess host)
    {
        ushort port = host.FreeTcpPort();
        using Socket client = host.Tcp(), plain = host.Tcp();
        client.NonBlocking = true;
        Expect.Success(Set(client, "127.0.0.1", "key"));
        Expect.Fails(Errno.EINPROGRESS, client.TryConnect(new InetAddress("127.0.0.1", port)));
        Expect.Equal(PollEvents.None, client.Poll(PollEvents.POLLOUT, Soon));
        Expect.Fails(Errno.ECONNREFUSED, plain.TryConnect(new InetAddress("127.0.0.1", port)));
    }

    /// <summary>The longest prefix counts, and a listener of IPv6 takes peers of IPv4 by their keys.</summary>
    [Scenario("T-012")]
    public static void PrefixesAndMappedPeers(HostProcess host)
    {
        using Socket listener = host.Tcp(AddressFamily.Inet6);
        Expect.Success(Set(listener, "::ffff:127.0.0.0", "net", 8));
        Expect.Success(Set(listener, "::ffff:127.0.0.2", "host"));
        Expect.Success(Set(listener, "::", "six", 0));
        listener.Bind(InetAddress.AnyIPv6(0));
        listener.Listen(4);
        ushort port = listener.LocalAddress.Port;
        foreach ((string from, string key) in (ReadOnlySpan<(string, string)>)[("127.0.0.1", "net"), ("127.0.0.2", "host")])
        {
            using Socket client = host.Tcp().Patient();
            client.Bind(new InetAddress(from, 0));
            Expect.Success(Set(client, "127.0.0.1", key));
            client.Connect(new InetAddress("127.0.0.1", port));
            using Socket server = listener.Accept();
            server.SendText("well");
            Expect.Equal(4, client.Receive(new byte[10]));
            // What was a key of many is one of this peer now.
            Expect.Fails(Errno.ENOENT, Set(server, "::ffff:127.0.0.0", "", 8));
            Expect.Success(Set(server, "::ffff:" + from, ""));
        }
        using Socket six = host.Tcp(AddressFamily.Inet6).Patient();
        Expect.Success(Set(six, "::1", "six"));
        six.Connect(InetAddress.LoopbackIPv6(port));
        using Socket accepted = listener.Accept();
        accepted.SendText("well");
        Expect.Equal(4, six.Receive(new byte[10]));
    }

    /// <summary>A connection can be signed from some moment on, and its end is signed too.</summary>
    [Scenario("T-012")]
    public static void FromNowOn(HostProcess host)
    {
        using StreamPair pair = host.TcpPair();
        foreach (Socket end in (Socket[])[pair.Client, pair.Server]) Expect.Success(Set(end, "127.0.0.1", "late"));
        pair.Client.SendText("signed");
        Expect.Equal(6, pair.Server.Receive(new byte[10]));
        // The options that were agreed on stay; a signature and timestamps fit together.
        Expect.Equal(7, OptionsOf(pair.Client));
        pair.Client.SetOption(SocketOptions.Linger, new LingerOption(true, 0));
        Expect.Success(pair.Client.TryClose());
        Expect.Throws(Errno.ECONNRESET, () => pair.Server.Receive(new byte[10]));
    }

    private static Socket Listen(HostProcess host, string secret)
    {
        Socket listener = host.Tcp();
        if (secret.Length > 0) Expect.Success(Set(listener, "127.0.0.1", secret));
        listener.Bind(Loopback);
        listener.Listen(4);
        return listener;
    }

    private static int OptionsOf(Socket socket)
    {
        byte[] info = new byte[8];
        socket.GetOption(IPPROTO_TCP, TCP_INFO, info);
        return info[5];
    }

    private static Errno Set(Socket socket, string peer, string secret, byte? prefix = null)
        => Set(socket, new SignatureKey(new InetAddress(peer, 0), Encoding.ASCII.GetBytes(secret)) { PrefixLength = prefix });

    private static Errno Set(Socket socket, SignatureKey key)
        => socket.System.SetSockOpt(socket.Descriptor, IPPROTO_TCP, key.IsExtended ? TCP_MD5SIG_EXT : TCP_MD5SIG, key.ToBytes());

    private static Errno Set(Socket socket, byte[] value) => socket.System.SetSockOpt(socket.Descriptor, IPPROTO_TCP, TCP_MD5SIG, value);
}
