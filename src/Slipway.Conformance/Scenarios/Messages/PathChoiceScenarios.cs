using System.Buffers.Binary;
using Slipway.Sockets;
using static Slipway.Conformance.RawSockets;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>SO_TXREHASH: streams that try another path after a timeout (section EXT).</summary>
public static class PathChoiceScenarios
{
    /// <summary>The values, of streams alone.</summary>
    [Scenario("EXT-19")]
    public static void Values(HostProcess host)
    {
        using Socket tcp = host.Tcp(), six = host.Tcp(AddressFamily.Inet6), udp = host.Udp(), raw = host.Raw();
        foreach (Socket socket in new[] { udp, raw })
        {
            Expect.Fails(Errno.EOPNOTSUPP, socket.TryGet(SOL_SOCKET, SO_TXREHASH));
            foreach (int value in new[] { 0, 1, 2 }) Expect.Fails(Errno.EOPNOTSUPP, socket.TrySet(SOL_SOCKET, SO_TXREHASH, value));
            Expect.Fails(Errno.EINVAL, socket.TrySet(SOL_SOCKET, SO_TXREHASH, [0]));
        }
        foreach (Socket socket in new[] { tcp, six })
        {
            Expect.Equal(1, socket.GetSocketLevel(SO_TXREHASH));
            foreach (int value in new[] { 0, -1, 0, 1 })
            {
                socket.SetSocketLevel(SO_TXREHASH, value);
                Expect.Equal(Math.Abs(value), socket.GetSocketLevel(SO_TXREHASH));
            }
            foreach (int wrong in new[] { -2, 2, 255 }) Expect.Fails(Errno.EINVAL, socket.TrySet(SOL_SOCKET, SO_TXREHASH, wrong));
            Expect.Fails(Errno.EINVAL, socket.TrySet(SOL_SOCKET, SO_TXREHASH, [0]));
        }
        (Socket client, Socket server) = host.TcpPairWith(listener: static socket => socket.SetSocketLevel(SO_TXREHASH, 0));
        using (client)
        using (server) Expect.Equal((1, 0), (client.GetSocketLevel(SO_TXREHASH), server.GetSocketLevel(SO_TXREHASH)));
    }

    /// <summary>A SYN that nobody answers goes by another label each time, if it may.</summary>
    [Scenario("EXT-20")]
    public static void OfASyn(HostProcess near, HostProcess far)
    {
        // The listener takes nothing that has passed a router, or could have: not a word comes back.
        using Socket listener = far.Tcp(AddressFamily.Inet6), seen = far.Raw((int)IpProtocol.Tcp, AddressFamily.Inet6), chooser = near.NonBlockingTcp(AddressFamily.Inet6), keeper = near.NonBlockingTcp(AddressFamily.Inet6);
        listener.SetOption(IPPROTO_IPV6, IPV6_MINHOPCOUNT, 255);
        listener.Bind(new InetAddress("fd00::2", 5000));
        listener.Listen();
        seen.SetOption(IPPROTO_IPV6, IPV6_FLOWINFO, 1);
        keeper.SetSocketLevel(SO_TXREHASH, 0);
        var labels = new Dictionary<int, List<string>>();
        foreach (Socket socket in new[] { chooser, keeper })
        {
            Expect.Throws(Errno.EINPROGRESS, () => socket.Connect(new InetAddress("fd00::2", 5000)));
            labels[socket.LocalAddress.Port] = [];
        }
        while (labels.Values.Any(static list => list.Count < 3))
        {
            (byte[] segment, string messages) = seen.ReceiveWithMessages(IPPROTO_IPV6);
            if (labels.TryGetValue(BinaryPrimitives.ReadUInt16BigEndian(segment), out List<string>? list)) list.Add(messages);
        }
        List<string> chosen = labels[chooser.LocalAddress.Port], kept = labels[keeper.LocalAddress.Port];
        Expect.Equal((3, 1), (chosen.Take(3).Distinct(StringComparer.Ordinal).Count(), kept.Take(3).Distinct(StringComparer.Ordinal).Count()), string.Join(' ', chosen.Concat(kept)));
        Expect.Equal((2, 0), (chooser.Info().PathTimeouts, keeper.Info().PathTimeouts));
    }
}
