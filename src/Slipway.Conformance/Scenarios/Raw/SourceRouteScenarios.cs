using Slipway.Sockets;
using static Slipway.Conformance.RawSockets;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>IP_OPTIONS that depend on the packet: source routes, recorded routes, time stamps (ip(7), RFC 791 §3.1).</summary>
public static class SourceRouteScenarios
{
    private const byte Loose = 131, Strict = 137, RecordRoute = 7, Timestamp = 68;

    private static readonly InetAddress Far = new("10.0.0.2", 0);

    /// <summary>A source route is given with its first hop, unvisited and once; it reads as it was given.</summary>
    [Scenario("EXT-07")]
    public static void Values(HostProcess near, HostProcess far)
    {
        using Socket raw = near.Raw(), udp = near.Udp(), stream = near.Sockets.Open(AddressFamily.Inet, SocketType.Stream);
        foreach (Socket socket in new[] { raw, udp, stream })
        {
            foreach (byte kind in new[] { Loose, Strict })
            {
                byte[] one = [kind, 7, 4, 10, 0, 0, 2, 0], two = [kind, 11, 4, 10, 0, 0, 2, 10, 6, 0, 1, 0];
                foreach (byte[] route in new[] { one, two })
                {
                    Expect.Success(socket.TrySet(IPPROTO_IP, IP_OPTIONS, route));
                    Expect.Equal(Convert.ToHexString(route), socket.GetHex(IPPROTO_IP, IP_OPTIONS));
                }
                foreach (byte[] wrong in new byte[][]
                {
                    [kind, 11, 8, 10, 0, 0, 2, 10, 6, 0, 1, 0], [kind, 3, 4, 0], [kind, 6, 4, 1, 2, 3, 0, 0], [.. one.AsSpan(0, 7), .. one],
                }) Expect.Fails(Errno.EINVAL, socket.TrySet(IPPROTO_IP, IP_OPTIONS, wrong), Convert.ToHexString(wrong));
                Expect.Equal(Convert.ToHexString(two), socket.GetHex(IPPROTO_IP, IP_OPTIONS));
            }
        }
    }

    /// <summary>The route that is asked for is that to the first hop, which a strict source route wants on the link.</summary>
    [Scenario("EXT-08")]
    public static void TheFirstHopIsRouted(RoutedHosts hosts)
    {
        foreach (Func<Socket> open in new Func<Socket>[] { () => hosts.Near.Raw(), () => hosts.Near.Udp() })
        {
            using Socket socket = open();
            InetAddress final = new("10.0.2.1", 9), nowhere = new("192.0.2.1", 9);
            socket.SetOption(IPPROTO_IP, IP_OPTIONS, [Strict, 7, 4, 10, 0, 2, 1, 0]);
            Expect.Fails(Errno.ENETUNREACH, socket.TrySendTo("x"u8, final));
            socket.SetOption(IPPROTO_IP, IP_OPTIONS, [Loose, 7, 4, 10, 0, 2, 1, 0]);
            Expect.Equal(1, socket.SendTo("x"u8, nowhere));
            socket.SetOption(IPPROTO_IP, IP_OPTIONS, [Strict, 7, 4, 10, 0, 1, 254, 0]);
            Expect.Equal(1, socket.SendTo("x"u8, final));
            // A message's options take the place of the socket's; and nobody takes what comes with a source route (accept_source_route).
            using Socket receiver = hosts.Router.Raw();
            socket.SendTo("x"u8, new InetAddress("10.0.1.254", 9));
            receiver.ExpectEmpty();
        }
    }

    /// <summary>The sender is the first in a recorded route, and stamps the time where it is asked.</summary>
    [Scenario("EXT-09")]
    public static void RecordedRoutes(HostProcess near, HostProcess far)
    {
        using Socket sender = near.Raw(), receiver = far.Raw();
        sender.SetOption(IPPROTO_IP, IP_OPTIONS, [RecordRoute, 11, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        sender.SendTo("x"u8, Far);
        Expect.Equal("070B0C0A0000010A00000200", Convert.ToHexString(receiver.ReceivePacket(), 20, 12));
        Expect.Equal("070B04000000000000000000", sender.GetHex(IPPROTO_IP, IP_OPTIONS));
        // Addresses with times: of the sender, then of the receiver.
        sender.SetOption(IPPROTO_IP, IP_OPTIONS, [Timestamp, 20, 5, 1, .. new byte[16]]);
        sender.SendTo("x"u8, Far);
        byte[] options = receiver.ReceivePacket()[20..40];
        Expect.Equal("44141501" + "0A000001", Convert.ToHexString(options, 0, 8));
        Expect.Equal("0A000002", Convert.ToHexString(options, 12, 4));
        Expect.True(options.AsSpan(8, 4).IndexOfAnyExcept((byte)0) >= 0);
        // Prespecified addresses: only who is named writes.
        sender.SetOption(IPPROTO_IP, IP_OPTIONS, [Timestamp, 12, 5, 3, 10, 0, 0, 2, 0, 0, 0, 0]);
        sender.SendTo("x"u8, Far);
        Expect.Equal("440C0D03" + "0A000002", Convert.ToHexString(receiver.ReceivePacket(), 20, 8));
    }
}
