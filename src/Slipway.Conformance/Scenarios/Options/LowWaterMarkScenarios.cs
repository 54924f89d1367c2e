using Slipway.Sockets;
using static Slipway.Sockets.IoControl;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>Low-water marks of stream sockets (section LW).</summary>
public static class LowWaterMarkScenarios
{
    /// <summary>Below the mark the socket is not readable, at the mark it is.</summary>
    [Scenario("LW-001", "S-010")]
    public static void ReadableAtTheMark(HostProcess host)
    {
        using StreamPair pair = Marked(host);
        (Socket client, Socket server) = pair;
        client.Send(new byte[99]);
        server.WaitForBytes(host, 99);
        Expect.Equal(PollEvents.None, server.PollNow(PollEvents.POLLIN));
        var readable = new DescriptorSet();
        readable.Add(server.Descriptor);
        Expect.Equal(0, Expect.Success(host.Sockets.Select(server.Descriptor + 1, readable, null, null, TimeSpan.Zero)));
        client.Send(new byte[1]);
        server.WaitForBytes(host, 100);
        Expect.Equal(PollEvents.POLLIN, server.PollNow(PollEvents.POLLIN));
    }

    /// <summary>The values that can be set: 0 means 1.</summary>
    [Scenario("S-010")]
    public static void Values(HostProcess host)
    {
        using Socket socket = host.Tcp();
        Expect.Equal(1, socket.GetSocketLevel(SO_RCVLOWAT));
        foreach ((int asked, int stored) in new[] { (0, 1), (1, 1), (100, 100) })
        {
            socket.SetSocketLevel(SO_RCVLOWAT, asked);
            Expect.Equal(stored, socket.GetSocketLevel(SO_RCVLOWAT));
        }
    }

    /// <summary>The end of the stream makes it readable, whatever the mark.</summary>
    [Scenario("LW-002")]
    public static void ReadableAtTheEnd(HostProcess host)
    {
        using StreamPair pair = Marked(host);
        (Socket client, Socket server) = pair;
        client.Send(new byte[50]);
        client.Shutdown(ShutdownHow.Send);
        Expect.True(server.WaitFor(PollEvents.POLLIN).HasFlag(PollEvents.POLLIN));
        Expect.Equal(50, server.Receive(new byte[100]));
        Expect.Equal(0, server.Receive(new byte[100]));
    }

    /// <summary>An error makes it readable as well.</summary>
    [Scenario("LW-002")]
    public static void ReadableAtAnError(HostProcess host)
    {
        (Socket client, Socket server) = Marked(host);
        using (server)
        {
            client.Send(new byte[50]);
            client.Abort();
            Expect.True(server.WaitFor(PollEvents.POLLIN).HasFlag(PollEvents.POLLIN | PollEvents.POLLERR));
        }
    }

    /// <summary>A receive of fewer bytes than the mark waits for no more than it asks for.</summary>
    [Scenario("LW-003")]
    public static void ShortReceive(HostProcess host)
    {
        using StreamPair pair = Marked(host);
        (Socket client, Socket server) = pair;
        client.Send(new byte[50]);
        Expect.Equal(20, server.Receive(new byte[20]));
    }

    /// <summary>A receive that does not wait takes what is there.</summary>
    [Scenario("LW-004")]
    public static void WithoutWaiting(HostProcess host)
    {
        using StreamPair pair = Marked(host);
        (Socket client, Socket server) = pair;
        client.Send(new byte[50]);
        server.WaitForBytes(host, 50);
        Expect.Equal(50, Expect.Success(server.TryReceive(new byte[1000])));
    }

    /// <summary>A receive that waits returns when the mark is reached: nothing at 50 bytes, 110 after 60 more.</summary>
    [Scenario("LW-005")]
    public static void BlockedUntilTheMark(HostProcess host)
    {
        using StreamPair pair = Marked(host);
        (Socket client, Socket server) = pair;
        int received = -1;
        ProcessThread reader = host.StartThread("reader", () => received = server.Receive(new byte[1000]));
        reader.WaitUntilBlocked();
        client.Send(new byte[50]);
        server.WaitForBytes(host, 50);
        reader.WaitUntilBlocked();
        Expect.Equal(-1, Volatile.Read(ref received));
        client.Send(new byte[60]);
        reader.Join();
        Expect.Equal(110, received);
    }

    /// <summary>
    /// Linux counts only what the receive has not taken yet: with 50 bytes taken, 60 more do not wake it, and 40 after that do. Our receive returns when the mark is reached in all.
    /// </summary>
    [Scenario("LW-006", NotOnStack = "the mark counts all bytes of a call, not only those that it has not taken yet: a known difference")]
    public static void TakenBytesDoNotCount(HostProcess host)
    {
        using StreamPair pair = Marked(host);
        (Socket client, Socket server) = pair;
        int received = -1;
        client.Send(new byte[50]);
        ProcessThread reader = host.StartThread("reader", () => received = server.Receive(new byte[1000]));
        reader.WaitUntilBlocked();
        client.Send(new byte[60]);
        server.WaitForBytes(host, 60);
        reader.WaitUntilBlocked();
        Expect.Equal(-1, Volatile.Read(ref received));
        client.Send(new byte[40]);
        reader.Join();
        Expect.Equal(150, received);
    }

    /// <summary>The same on our stack: 50 bytes are there, 60 more make 110, which is beyond the mark.</summary>
    [Scenario("LW-006", NotOnKernel = "Linux counts only the bytes that the receive has not taken yet: a known difference")]
    public static void TakenBytesCount(HostProcess host)
    {
        using StreamPair pair = Marked(host);
        (Socket client, Socket server) = pair;
        int received = -1;
        client.Send(new byte[50]);
        ProcessThread reader = host.StartThread("reader", () => received = server.Receive(new byte[1000]));
        reader.WaitUntilBlocked();
        client.Send(new byte[60]);
        reader.Join();
        Expect.Equal(110, received);
    }

    /// <summary>
    /// A stream is writable when the free room of its buffer is at least half of what is queued. Filled to the brim it is not; it becomes so only after the peer has read a good part,
    /// and at that moment at most two thirds of the buffer are taken.
    /// </summary>
    [Scenario("LW-008", "FC-014")]
    public static void WritableWithAThirdFree(HostProcess host)
    {
        using StreamPair pair = host.TcpPairWith(
            listener: static socket => socket.SetSocketLevel(SO_RCVBUF, 20000), client: static socket => socket.SetSocketLevel(SO_SNDBUF, 40000));
        (Socket client, Socket server) = pair;
        client.Fill(host);
        Expect.Equal(PollEvents.None, client.PollNow(PollEvents.POLLOUT));
        int queued = client.Ask(SIOCOUTQ), drained = 0;
        while (client.PollNow(PollEvents.POLLOUT) == PollEvents.None)
        {
            drained += server.Patient().Receive(new byte[2000]);
            host.Sleep(TimeSpan.FromMilliseconds(2));
        }
        // The kernel counts its bookkeeping, too, so that 80000 hold fewer bytes; a byte or a segment freed is not enough.
        Expect.InRange(10_000, 80_000, drained);
        Expect.InRange(1, Math.Min(queued - 5000, 2 * 80_000 / 3), client.Ask(SIOCOUTQ));
    }

    /// <summary>A connection whose server has a low-water mark of 100.</summary>
    private static StreamPair Marked(HostProcess host)
    {
        StreamPair pair = host.TcpPair();
        pair.Server.SetSocketLevel(SO_RCVLOWAT, 100);
        pair.Server.Patient();
        return pair;
    }
}
