using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>shutdown and close of datagram sockets (section SHUT).</summary>
public static class ShutdownScenarios
{
    /// <summary>The three directions and no other.</summary>
    [Scenario("SHUT-01", "LG-015")]
    public static void Directions(HostProcess host)
    {
        Expect.Equal((0, 1, 2), ((int)ShutdownHow.Receive, (int)ShutdownHow.Send, (int)ShutdownHow.Both));
        (Socket socket, Socket peer) = host.UdpPair();
        using (socket)
        using (peer)
        {
            Expect.Fails(Errno.EINVAL, host.Sockets.Shutdown(socket.Descriptor, (ShutdownHow)3));
            Expect.Fails(Errno.EINVAL, host.Sockets.Shutdown(socket.Descriptor, (ShutdownHow)(-1)));
            socket.Shutdown(ShutdownHow.Both);
        }
    }

    /// <summary>Without a peer shutdown fails, and still takes effect.</summary>
    [Scenario("SHUT-02")]
    public static void WithoutAPeer(HostProcess host)
    {
        using Socket socket = host.UdpOnLoopback();
        Expect.Throws(Errno.ENOTCONN, () => socket.Shutdown(ShutdownHow.Both));
        Expect.Equal(0, socket.Receive(new byte[4]));
        Expect.True((socket.PollNow(PollEvents.POLLIN) & PollEvents.POLLHUP) != PollEvents.None);
    }

    /// <summary>On a connected datagram socket SHUT_RD ends receiving with 0, SHUT_WR sending with EPIPE.</summary>
    [Scenario("SHUT-09")]
    public static void ConnectedDatagrams(HostProcess host)
    {
        (Socket reader, Socket writer) = host.UdpPair();
        using (reader)
        using (writer)
        {
            reader.Shutdown(ShutdownHow.Receive);
            Expect.Equal(0, reader.Receive(new byte[4]));
            writer.Shutdown(ShutdownHow.Send);
            Expect.Throws(Errno.EPIPE, () => writer.SendText("x"));
        }
    }

    /// <summary>shutdown acts on the socket, whichever descriptor names it.</summary>
    [Scenario("SHUT-06", "LG-017")]
    public static void ActsOnAllDescriptors(HostProcess host)
    {
        (Socket socket, Socket peer) = host.UdpPair();
        using (socket)
        using (peer)
        {
            using Socket copy = socket.Duplicate();
            socket.Shutdown(ShutdownHow.Send);
            Expect.Throws(Errno.EPIPE, () => copy.SendText("x"));
        }
    }

    /// <summary>shutdown by another thread wakes a blocked receive.</summary>
    [Scenario("SHUT-08")]
    public static void WakesABlockedReceive(HostProcess host)
    {
        (Socket socket, Socket peer) = host.UdpPair();
        using (socket)
        using (peer)
        {
            int received = -1;
            ProcessThread reader = host.StartThread("reader", () => received = socket.Receive(new byte[4]));
            reader.WaitUntilBlocked();
            socket.Shutdown(ShutdownHow.Receive);
            reader.Join();
            Expect.Equal(0, received);
        }
    }

    /// <summary>close by another thread does not wake it: the call holds the socket open.</summary>
    [Scenario("SHUT-08")]
    public static void CloseDoesNotWake(HostProcess host)
    {
        (Socket socket, Socket peer) = host.UdpPair();
        using (peer)
        {
            string? received = null;
            ProcessThread reader = host.StartThread("reader", () => received = socket.ReceiveText());
            reader.WaitUntilBlocked();
            host.Sockets.Close(socket.Detach());
            peer.SendText("after the close");
            reader.Join();
            Expect.Equal("after the close", received);
        }
    }

    /// <summary>A lingering datagram socket closes at once.</summary>
    [Scenario("LG-021")]
    public static void NoLingering(HostProcess host)
    {
        (Socket socket, Socket peer) = host.UdpPair();
        using (peer)
        {
            socket.SetOption(SocketLevel.SOL_SOCKET, SocketOptionName.SO_LINGER, [1, 0, 0, 0, 100, 0, 0, 0]);
            socket.SendText("x");
            socket.Dispose();
            Expect.Equal("x", peer.ReceiveText());
        }
    }
}
