using System.Numerics;
using Slipway.Sockets;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>Buffers of stream sockets, and the window scale that follows from them (section BUF).</summary>
public static class StreamBufferScenarios
{
    /// <summary>The sizes of a new stream socket are those of tcp_rmem and tcp_wmem; what is asked for is doubled, within the limits.</summary>
    [Scenario("BUF-001", "BUF-002", "BUF-003", "S-008", "S-009")]
    public static void Sizes(HostProcess host)
    {
        using Socket socket = host.Tcp();
        Expect.Equal(host.Sysctl("ipv4/tcp_rmem")[1], socket.GetSocketLevel(SO_RCVBUF));
        Expect.Equal(host.Sysctl("ipv4/tcp_wmem")[1], socket.GetSocketLevel(SO_SNDBUF));
        foreach ((int name, int least, string limit) in new[] { (SO_RCVBUF, 2304, "core/rmem_max"), (SO_SNDBUF, 4608, "core/wmem_max") })
        {
            foreach (int asked in new[] { 0, 1, 100, 1000 })
            {
                socket.SetSocketLevel(name, asked);
                Expect.Equal(least, socket.GetSocketLevel(name), $"asked {asked}");
            }
            foreach (int asked in new[] { 65536, 90000 })
            {
                socket.SetSocketLevel(name, asked);
                Expect.Equal(2 * asked, socket.GetSocketLevel(name), $"asked {asked}");
            }
            socket.SetSocketLevel(name, 1 << 30);
            Expect.Equal(2 * host.Sysctl(limit)[0], socket.GetSocketLevel(name), limit);
        }
    }

    /// <summary>
    /// The shift of the window is the smallest by which 65535 reaches the receive buffer, at most 14; half of the buffer's size counts. It is fixed by the SYN: a buffer that is set
    /// later changes nothing, and by default it allows for all that tcp_rmem lets the buffer grow to.
    /// </summary>
    [Scenario("BUF-005", "BUF-007", "INH-008", "T-009")]
    public static void WindowScaleOfTheClient(HostProcess host)
    {
        foreach ((int asked, int shift) in new[] { (4000, 0), (65535, 0), (65536, 1), (131070, 1), (300_000, 3), (2_000_000, 5), (4_000_000, 6) })
        {
            if (asked > host.Sysctl("core/rmem_max")[0]) continue;
            (Socket client, Socket server) = host.TcpPairWith(client: socket => socket.SetSocketLevel(SO_RCVBUF, asked));
            using (client)
            using (server)
            {
                Expect.Equal(shift, client.Info().ReceiveScale, $"shift for SO_RCVBUF {asked}");
                Expect.Equal(shift, server.Info().SendScale);
            }
        }
        (Socket late, Socket peer) = host.TcpPairWith();
        using (late)
        using (peer)
        {
            late.SetSocketLevel(SO_RCVBUF, 300_000);
            Expect.Equal(ShiftFor(Math.Max(host.Sysctl("ipv4/tcp_rmem")[2], host.Sysctl("core/rmem_max")[0])), late.Info().ReceiveScale);
        }
    }

    /// <summary>For the server, what was set on the listener counts.</summary>
    [Scenario("BUF-006", "INH-008")]
    public static void WindowScaleOfTheServer(HostProcess host)
    {
        (Socket client, Socket server) = host.TcpPairWith(listener: static socket => socket.SetSocketLevel(SO_RCVBUF, 200_000));
        using (client)
        using (server)
        {
            Expect.Equal(2, server.Info().ReceiveScale);
            Expect.Equal(2, client.Info().SendScale);
        }
    }

    /// <summary>Windows are scaled only if both SYNs say so.</summary>
    [Scenario("BUF-007")]
    public static void WindowScaleNeedsBoth(HostProcess near, HostProcess far)
    {
        Expect.True(far.Files.WriteText("/proc/sys/net/ipv4/tcp_window_scaling", "0"));
        (Socket client, Socket server) = near.TcpPairWith(far);
        using (client)
        using (server)
        {
            foreach (Socket end in new[] { client, server })
            {
                Expect.Equal(0, end.Info().Options & TcpInfoBlock.WindowScaling);
                Expect.Equal((0, 0), (end.Info().SendScale, end.Info().ReceiveScale));
            }
        }
    }

    /// <summary>A smaller buffer discards nothing that is queued.</summary>
    [Scenario("BUF-012")]
    public static void ShrinkingKeepsTheQueue(HostProcess host)
    {
        (Socket client, Socket server) = host.TcpPair();
        using (client)
        using (server)
        {
            byte[] data = new byte[60000];
            for (int i = 0; i < data.Length; i++) data[i] = (byte)(i * 7);
            client.Send(data);
            server.WaitForBytes(host, data.Length);
            server.SetSocketLevel(SO_RCVBUF, 2000);
            byte[] received = new byte[data.Length];
            Expect.Equal(data.Length, server.Receive(received));
            Expect.Bytes(data, received);
        }
    }

    private static int ShiftFor(int space) => Math.Clamp(BitOperations.Log2((uint)space) - 15, 0, 14);
}
