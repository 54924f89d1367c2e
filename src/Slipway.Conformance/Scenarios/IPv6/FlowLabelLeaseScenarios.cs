using System.Buffers.Binary;
using Slipway.Sockets;
using static Slipway.Sockets.FlowLabelAction;
using static Slipway.Sockets.FlowLabelFlags;
using static Slipway.Sockets.FlowLabelShare;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>Flow labels that sockets lease: IPV6_FLOWLABEL_MGR (section FL).</summary>
public static class FlowLabelLeaseScenarios
{
    private static InetAddress Here => new InetAddress("::1", 0);

    /// <summary>A label of one's own wish, and one that the system chooses.</summary>
    [Scenario("FL-06")]
    public static void LabelsAreLeased(HostProcess host)
    {
        using Socket one = host.Udp(AddressFamily.Inet6), two = host.Udp(AddressFamily.Inet6);
        for (int length = 0; length < FlowLabelRequest.Length; length += 31) Expect.Fails(Errno.EINVAL, one.TrySet(IPPROTO_IPV6, IPV6_FLOWLABEL_MGR, new byte[length]));
        Expect.Fails(Errno.ENOENT, Ask(one, Lease(0x1234) with { Flags = FlowLabelFlags.None }));
        Expect.Success(Ask(one, Lease(0x1234)));
        Expect.Success(Ask(one, Lease(0x1234) with { Flags = FlowLabelFlags.None }));
        Expect.Fails(Errno.EEXIST, Ask(one, Lease(0x1234) with { Flags = IPV6_FL_F_CREATE | IPV6_FL_F_EXCL }));
        Expect.Fails(Errno.EEXIST, Ask(two, Lease(0x1234) with { Flags = IPV6_FL_F_EXCL }));
        Expect.Success(Ask(two, Lease(0x1234)));
        Expect.Fails(Errno.EINVAL, Ask(one, Lease(0x1234) with { Action = (FlowLabelAction)3 }));
        int chosen = one.LeaseFlowLabel(Lease(0)), other = one.LeaseFlowLabel(Lease(0));
        Expect.InRange(1, 0xF_FFFF, chosen);
        Expect.True(chosen != other);
        one.ReturnFlowLabel(chosen);
        // Leased twice, given back twice.
        one.ReturnFlowLabel(0x1234);
        one.ReturnFlowLabel(0x1234);
        Expect.Throws(Errno.ESRCH, () => one.ReturnFlowLabel(0x1234));
        two.ReturnFlowLabel(0x1234);
    }

    /// <summary>What no lease can be.</summary>
    [Scenario("FL-07")]
    public static void ImpossibleLeases(HostProcess host)
    {
        using Socket socket = host.Udp(AddressFamily.Inet6);
        foreach (FlowLabelRequest request in new[]
        {
            Lease(0x10_0000), Lease(-1), Lease(1) with { Destination = new InetAddress("::", 0) }, Lease(1) with { Destination = new InetAddress("::ffff:127.0.0.1", 0) },
            Lease(1) with { Share = IPV6_FL_S_NONE }, Lease(1) with { Share = (FlowLabelShare)4 }, Lease(1) with { Share = (FlowLabelShare)254 },
        })
            Expect.Fails(Errno.EINVAL, Ask(socket, request));
        // A group is as good as any; flags that nobody knows say nothing.
        Expect.Success(Ask(socket, Lease(1) with { Destination = new InetAddress("ff02::1", 0), Flags = IPV6_FL_F_CREATE | (FlowLabelFlags)0x10 }));
    }

    /// <summary>Alone, with one's own process, one's own user, with everybody.</summary>
    [Scenario("FL-08")]
    public static void WhoSharesALabel(HostProcess host)
    {
        using Socket one = host.Udp(AddressFamily.Inet6), two = host.Udp(AddressFamily.Inet6);
        int label = 0x100;
        foreach (FlowLabelShare share in new[] { IPV6_FL_S_PROCESS, IPV6_FL_S_USER, IPV6_FL_S_ANY })
        {
            Expect.Success(Ask(one, Lease(++label) with { Share = share }));
            Expect.Success(Ask(two, Lease(label) with { Share = share, Flags = FlowLabelFlags.None }), share.ToString());
            Expect.Fails(Errno.EPERM, Ask(two, Lease(label) with { Share = share == IPV6_FL_S_ANY ? IPV6_FL_S_USER : IPV6_FL_S_ANY }), share.ToString());
        }
        Expect.Success(Ask(one, Lease(0x200) with { Share = IPV6_FL_S_EXCL }));
        Expect.Fails(Errno.EPERM, Ask(two, Lease(0x200) with { Share = IPV6_FL_S_EXCL }));
        Expect.Fails(Errno.EPERM, Ask(two, Lease(0x200)));
        Expect.Fails(Errno.EPERM, Ask(one, Lease(0x200) with { Share = IPV6_FL_S_EXCL }));
        // Given back it lingers: nobody may have it, and only who would make it is told so.
        one.ReturnFlowLabel(0x200);
        Expect.Fails(Errno.ENOENT, Ask(two, Lease(0x200) with { Share = IPV6_FL_S_EXCL, Flags = FlowLabelFlags.None }));
        Expect.Fails(Errno.EPERM, Ask(two, Lease(0x200) with { Share = IPV6_FL_S_EXCL }));
    }

    /// <summary>One lease that nobody else may use, and all labels need one.</summary>
    [Scenario("FL-09")]
    public static void LabelsNeedALease(HostProcess host)
    {
        using Socket receiver = host.LabelReader(), socket = host.Udp(AddressFamily.Inet6), holder = host.Udp(AddressFamily.Inet6), stream = host.Tcp(AddressFamily.Inet6);
        InetAddress to = receiver.LocalAddress, stray = FlowLabelScenarios.With(to, 0x777), leased = FlowLabelScenarios.With(to, 0x888);
        foreach (Socket sender in new[] { socket, stream }) sender.SetOption(IPPROTO_IPV6, IPV6_FLOWINFO_SEND, 1);
        socket.SendTextTo("free", stray);
        Expect.Equal(0x777, receiver.ReceiveLabel());
        Expect.Success(Ask(socket, Lease(0x888)));
        Expect.Success(Ask(holder, Lease(0x999) with { Share = IPV6_FL_S_EXCL }));
        Expect.Fails(Errno.EINVAL, socket.TrySendTo("no"u8, stray));
        Expect.Fails(Errno.EINVAL, socket.TryConnect(stray));
        Expect.Fails(Errno.EINVAL, stream.TryConnect(stray));
        Expect.Fails(Errno.EINVAL, socket.TrySendWith(to, "no", (IPV6_FLOWINFO, Bytes(0x777))));
        socket.SendTextTo("yes", leased);
        Expect.Equal(0x888, receiver.ReceiveLabel());
        Expect.Success(socket.TrySendWith(to, "yes", (IPV6_FLOWINFO, Bytes(0x888))));
        Expect.Equal(0x888, receiver.ReceiveLabel());
        // None is free, and the socket's own is connected to.
        socket.SendTextTo("none", to);
        Expect.True(receiver.ReceiveLabel() != 0x888);
        Expect.Success(socket.TryConnect(leased));
        socket.SendText("peer");
        Expect.Equal(0x888, receiver.ReceiveLabel());
        // Without the option the address's label is not looked at.
        socket.SetOption(IPPROTO_IPV6, IPV6_FLOWINFO_SEND, 0);
        socket.SendTextTo("unseen", stray);
        Expect.True(receiver.ReceiveLabel() != 0x777);
    }

    /// <summary>Longer leases, and whose they are.</summary>
    [Scenario("FL-10")]
    public static void LeasesAreRenewed(HostProcess host)
    {
        using Socket one = host.Udp(AddressFamily.Inet6), two = host.Udp(AddressFamily.Inet6);
        one.SetOption(IPPROTO_IPV6, IPV6_FLOWINFO_SEND, 1);
        Expect.Success(Ask(one, Lease(0x300)));
        Expect.Success(one.TryConnect(FlowLabelScenarios.With(new InetAddress("::1", 9), 0x300)));
        FlowLabelRequest lease = Read(one, default);
        Expect.Equal(6, (int)lease.Linger);
        Expect.InRange(5, 6, lease.Expires);
        one.RenewFlowLabel(0x300, TimeSpan.FromSeconds(200), TimeSpan.FromSeconds(30));
        lease = Read(one, default);
        Expect.Equal(30, (int)lease.Linger);
        Expect.InRange(199, 200, lease.Expires);
        // Nothing is shortened.
        one.RenewFlowLabel(0x300, TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(7));
        lease = Read(one, default);
        Expect.Equal(30, (int)lease.Linger);
        Expect.InRange(199, 200, lease.Expires);
        Expect.Throws(Errno.ESRCH, () => two.RenewFlowLabel(0x300, TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(7)));
        Expect.Success(Ask(two, new FlowLabelRequest(default, 0x300) { Action = IPV6_FL_A_RENEW, Linger = 40 }));
        Expect.Equal(40, (int)Read(one, default).Linger);
        Expect.Fails(Errno.ESRCH, Ask(two, new FlowLabelRequest(default, 0x301) { Action = IPV6_FL_A_RENEW }));
    }

    /// <summary>Who has no privilege leases for 150 seconds at most, and 32 labels.</summary>
    [Scenario("FL-10", OwnProcess = true)]
    public static void LimitsOfUsers(HostProcess host)
    {
        using Socket socket = host.Udp(AddressFamily.Inet6);
        Expect.Success(Ask(socket, Lease(0x400) with { Linger = 151, Expires = ushort.MaxValue }));
        host.RunAsUser(1000, () =>
        {
            Expect.Success(Ask(socket, Lease(0x401) with { Linger = 150, Expires = 150 }));
            Expect.Fails(Errno.EPERM, Ask(socket, Lease(0x402) with { Linger = 151 }));
            Expect.Fails(Errno.EPERM, Ask(socket, Lease(0x402) with { Expires = 151 }));
            Expect.Fails(Errno.EPERM, Ask(socket, new FlowLabelRequest(default, 0x401) { Action = IPV6_FL_A_RENEW, Linger = 151 }));
            using Socket other = host.Udp(AddressFamily.Inet6);
            Expect.Fails(Errno.ESRCH, Ask(other, new FlowLabelRequest(default, 0x401) { Action = IPV6_FL_A_RENEW }));
            for (int i = 2; i < 32; i++) Expect.Success(Ask(socket, Lease(0)));
            Expect.Fails(Errno.ENOBUFS, Ask(socket, Lease(0)));
            Expect.Success(Ask(other, Lease(0)));
        });
    }

    /// <summary>What is read back, and reflection instead of a lease.</summary>
    [Scenario("FL-11")]
    public static void LeasesAreRead(HostProcess host)
    {
        using Socket socket = host.Udp(AddressFamily.Inet6);
        byte[] room = new byte[FlowLabelRequest.Length];
        int length = FlowLabelRequest.Length - 1;
        Expect.Fails(Errno.EINVAL, socket.System.GetSockOpt(socket.Descriptor, IPPROTO_IPV6, IPV6_FLOWLABEL_MGR, room.AsSpan(0, length), ref length));
        length = room.Length;
        Expect.Fails(Errno.ENOENT, socket.System.GetSockOpt(socket.Descriptor, IPPROTO_IPV6, IPV6_FLOWLABEL_MGR, room, ref length));
        new FlowLabelRequest(default, 0) { Action = IPV6_FL_A_PUT }.Write(room);
        Expect.Fails(Errno.EINVAL, socket.System.GetSockOpt(socket.Descriptor, IPPROTO_IPV6, IPV6_FLOWLABEL_MGR, room, ref length));
        socket.SetOption(IPPROTO_IPV6, IPV6_FLOWINFO_SEND, 1);
        Expect.Success(Ask(socket, Lease(0x500) with { Linger = 20, Expires = 10 }));
        Expect.Success(socket.TryConnect(FlowLabelScenarios.With(new InetAddress("::1", 9), 0x500)));
        FlowLabelRequest lease = Read(socket, default);
        Expect.Equal(new FlowLabelRequest(Here, 0x500) { Share = IPV6_FL_S_ANY, Linger = 20, Expires = lease.Expires }, lease);
        Expect.Equal(0, Read(socket, IPV6_FL_F_REMOTE).Label);
        // Given back it is the peer's no more.
        socket.ReturnFlowLabel(0x500);
        Expect.Equal(0u, socket.RemoteAddress!.FlowInfo);

        using Socket stream = host.Tcp(AddressFamily.Inet6);
        FlowLabelRequest reflect = new(default, 0) { Flags = IPV6_FL_F_REFLECT };
        Expect.Fails(Errno.EPERM, Ask(stream, reflect));
        Expect.Fails(Errno.ESRCH, Ask(stream, reflect with { Action = IPV6_FL_A_PUT }));
        Expect.Fails(Errno.ENOPROTOOPT, Ask(socket, reflect with { Action = IPV6_FL_A_PUT }));
        Expect.True(host.Files.WriteText("/proc/sys/net/ipv6/flowlabel_consistency", "0"));
        Expect.Fails(Errno.ENOPROTOOPT, Ask(socket, reflect));
        Expect.Success(Ask(stream, reflect));
        Expect.Equal(default, Read(stream, default) with { Destination = default });
        Expect.Success(Ask(stream, reflect with { Action = IPV6_FL_A_PUT }));
        Expect.Fails(Errno.ESRCH, Ask(stream, reflect with { Action = IPV6_FL_A_PUT }));
    }

    /// <summary>An accepted connection knows the label that its peer began with, and its peer gave one.</summary>
    [Scenario("FL-11", "FL-04")]
    public static void ThePeersLabel(HostProcess host)
    {
        using Socket listener = host.TcpListener(family: AddressFamily.Inet6), client = host.Tcp(AddressFamily.Inet6);
        client.SetOption(IPPROTO_IPV6, IPV6_FLOWINFO_SEND, 1);
        client.Connect(FlowLabelScenarios.With(listener.LocalAddress, 0x4711));
        using Socket server = listener.Accept();
        Expect.Equal(0x4711, Read(server, IPV6_FL_F_REMOTE).Label);
        Expect.Equal(0, Read(client, IPV6_FL_F_REMOTE).Label);
        Expect.Equal(0x4711u, client.RemoteAddress!.FlowInfo);
    }

    private static FlowLabelRequest Lease(int label) => new(Here, label) { Share = IPV6_FL_S_ANY, Flags = IPV6_FL_F_CREATE };

    private static Errno Ask(Socket socket, FlowLabelRequest request)
    {
        byte[] value = new byte[FlowLabelRequest.Length];
        request.Write(value);
        return socket.System.SetSockOptInPlace(socket.Descriptor, IPPROTO_IPV6, IPV6_FLOWLABEL_MGR, value);
    }

    private static FlowLabelRequest Read(Socket socket, FlowLabelFlags flags)
    {
        byte[] value = new byte[FlowLabelRequest.Length];
        new FlowLabelRequest(default, 0) { Flags = flags }.Write(value);
        Expect.Equal(FlowLabelRequest.Length, socket.GetOption(IPPROTO_IPV6, IPV6_FLOWLABEL_MGR, value));
        return FlowLabelRequest.Read(value);
    }

    private static byte[] Bytes(int label)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, label);
        return bytes;
    }
}
