using System.Buffers.Binary;
using System.Text;
using Slipway.Sockets;
using static Slipway.Sockets.MessageFlags;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>Datagrams on their way: fragments, routers, path MTU, hop limits.</summary>
public static class PathScenarios
{
    /// <summary>Every size class arrives intact over a link, fragmented where it must be.</summary>
    [Scenario("FD-17", "DATA-07")]
    public static void EverySizeOverALink(HostProcess near, HostProcess far)
    {
        foreach ((string from, string to) in new[] { ("10.0.0.1", "10.0.0.2"), ("fd00::1", "fd00::2") })
        {
            var source = new InetAddress(from, 0);
            using Socket sender = near.Udp(source.Family), receiver = far.Udp(source.Family);
            sender.Bind(source);
            receiver.Bind(new InetAddress(to, 0));
            receiver.LimitReceive(TimeSpan.FromSeconds(10));
            byte[] buffer = new byte[65536];
            foreach (int size in new[] { 0, 1, 2, 511, 1232, 1452, 1453, 1472, 1473, 1480, 1481, 2952, 2953, 8000, 30001, 65507 })
            {
                byte[] data = new byte[size];
                for (int i = 0; i < size; i++) data[i] = (byte)(i * 31 + size);
                Expect.Equal(size, sender.SendTo(data, receiver.LocalAddress));
                int received = receiver.ReceiveFrom(buffer, out InetAddress peer);
                Expect.Equal(size, received);
                Expect.Equal(sender.LocalAddress, peer);
                Expect.Bytes(data, buffer.AsSpan(0, received));
            }
        }
    }

    /// <summary>A text that crosses the router both ways.</summary>
    [Scenario("CONN-16")]
    public static void ThroughARouter(RoutedHosts hosts)
    {
        foreach ((string from, string to) in new[] { ("10.0.1.1", "10.0.2.1"), ("fd01::1", "fd02::1") })
        {
            var source = new InetAddress(from, 0);
            using Socket near = hosts.Near.Udp(source.Family), far = hosts.Far.Udp(source.Family);
            near.Bind(source);
            far.Bind(new InetAddress(to, 0));
            near.LimitReceive(TimeSpan.FromSeconds(10));
            far.LimitReceive(TimeSpan.FromSeconds(10));
            near.SendTextTo("ping", far.LocalAddress);
            byte[] buffer = new byte[16];
            Expect.Equal(4, far.ReceiveFrom(buffer, out InetAddress peer));
            Expect.Equal(near.LocalAddress, peer);
            far.SendTextTo("pong", peer);
            Expect.Equal("pong", Encoding.ASCII.GetString(buffer, 0, 4) == "ping" ? near.ReceiveText() : "");
        }
    }

    /// <summary>Path MTU discovery: the first large datagram meets the router's "fragmentation needed", then EMSGSIZE and the right IP_MTU; without it the datagram arrives whole.</summary>
    [Scenario("I4-014")]
    public static void PathMtuDiscovery(RoutedHosts hosts)
    {
        using Socket near = hosts.Near.Udp(), far = hosts.Far.Udp();
        far.Bind(new InetAddress("10.0.2.1", 5000));
        far.LimitReceive(TimeSpan.FromSeconds(10));
        Expect.Fails(Errno.ENOTCONN, near.TryGet(IPPROTO_IP, IP_MTU));
        near.Connect(far.LocalAddress);
        Expect.Equal(1500, near.GetOption(IPPROTO_IP, IP_MTU));
        Expect.Equal(1, near.GetOption(IPPROTO_IP, IP_MTU_DISCOVER));

        near.SetOption(IPPROTO_IP, IP_MTU_DISCOVER, 2); // IP_PMTUDISC_DO
        Expect.Throws(Errno.EMSGSIZE, () => near.Send(new byte[4000]));
        Expect.Equal(1472, near.Send(new byte[1472])); // fits the first link, not the second
        Expect.True(near.Poll(PollEvents.POLLIN, TimeSpan.FromSeconds(10)).HasFlag(PollEvents.POLLERR));
        Expect.Throws(Errno.EMSGSIZE, () => near.Send(new byte[1400])); // too long for the path that is known now
        Expect.Equal((int)Errno.EMSGSIZE, near.GetSocketLevel(SO_ERROR)); // what the router said is still pending
        Expect.Equal(1280, near.GetOption(IPPROTO_IP, IP_MTU));
        Expect.Equal(1252, near.Send(new byte[1252]));
        Expect.Equal(1252, far.Receive(new byte[4096]));

        near.SetOption(IPPROTO_IP, IP_MTU_DISCOVER, 0); // IP_PMTUDISC_DONT
        Expect.Equal(4000, near.Send(new byte[4000]));
        Expect.Equal(4000, far.Receive(new byte[4096]));
    }

    /// <summary>A datagram whose TTL ends at the router: time exceeded through the error queue.</summary>
    [Scenario("OPT-41", "I4-007", "DATA-30")]
    public static void TimeToLiveEndsAtTheRouter(RoutedHosts hosts)
    {
        using Socket socket = hosts.Near.Udp();
        socket.SetOption(IPPROTO_IP, IP_TTL, 1);
        socket.SetOption(IPPROTO_IP, IP_RECVERR, 1);
        socket.Connect(new InetAddress("10.0.2.1", 5000));
        socket.SendText("x");
        Expect.True(socket.Poll(PollEvents.POLLIN, TimeSpan.FromSeconds(10)).HasFlag(PollEvents.POLLERR));
        byte[] control = new byte[128];
        var message = new ReceiveMessage { Buffer = new byte[16], Control = control };
        Expect.Equal(1, socket.ReceiveMessage(ref message, MSG_ERRQUEUE));
        ReadOnlySpan<byte> error = control.AsSpan(16);
        Expect.Equal((int)Errno.EHOSTUNREACH, BinaryPrimitives.ReadInt32LittleEndian(error));
        Expect.Equal((2, 11, 0), (error[4], error[5], error[6]));
        Expect.True(InetAddress.TryRead(error.Slice(16, 16), out InetAddress offender));
        Expect.Equal(new InetAddress("10.0.1.254", 0), offender);
    }
}
