using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>SO_RCVTIMEO and SO_SNDTIMEO of stream sockets (section TO).</summary>
public static class StreamTimeoutScenarios
{
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(200);

    /// <summary>Every call that receives gives up with EAGAIN, accept too; poll takes no notice.</summary>
    [Scenario("TO-001", "TO-002", "S-012")]
    public static void Receiving(HostProcess host)
    {
        (Socket client, Socket server) = host.TcpPair();
        using Socket listener = host.TcpListener();
        using (client)
        using (server)
        {
            server.LimitReceive(Limit);
            listener.LimitReceive(Limit);
            foreach (Func<CallResult> call in new Func<CallResult>[]
            {
                () => Receive(server),
                () => host.Sockets.Read(server.Descriptor, new byte[1]),
                () => host.Sockets.ReadV(server.Descriptor, new Memory<byte>[] { new byte[1], new byte[1] }),
                () =>
                {
                    var message = new ReceiveMessage { Buffer = new byte[1] };
                    return host.Sockets.RecvMsg(server.Descriptor, ref message, MessageFlags.None);
                },
                () => listener.TryAccept(),
            })
            {
                var clock = new ScenarioClock(host);
                Expect.Fails(Errno.EAGAIN, call());
                clock.ExpectElapsed(Limit);
            }
            var polling = new ScenarioClock(host);
            Expect.Equal(PollEvents.None, server.Poll(PollEvents.POLLIN, TimeSpan.FromMilliseconds(300)));
            polling.ExpectElapsed(TimeSpan.FromMilliseconds(300));
        }
    }

    /// <summary>Each wait has the whole time: a receive with MSG_WAITALL that got a part when the time is over returns the part.</summary>
    [Scenario("TO-005")]
    public static void PartOfAll(HostProcess host)
    {
        (Socket client, Socket server) = host.TcpPair();
        using (client)
        using (server)
        {
            server.LimitReceive(Limit);
            client.SendText("12345");
            server.WaitForBytes(host, 5);
            var clock = new ScenarioClock(host);
            Expect.Equal(5, server.Receive(new byte[10], MessageFlags.MSG_WAITALL));
            clock.ExpectElapsed(Limit);
        }
    }

    /// <summary>A send gives up with the count of what went, or with EAGAIN if nothing did; so do all its relatives.</summary>
    [Scenario("TO-003", "S-013")]
    public static void Sending(HostProcess host)
    {
        (Socket client, Socket server) = host.TcpPair();
        using (client)
        using (server)
        {
            client.LimitSend(Limit);
            byte[] block = new byte[20_000_000];
            Expect.InRange(1, block.Length - 1, Expect.Success(client.System.SendTo(client.Descriptor, block, MessageFlags.MSG_NOSIGNAL, default)));
            client.Fill(host);
            foreach (Func<CallResult> call in new Func<CallResult>[]
            {
                () => client.System.SendTo(client.Descriptor, block, MessageFlags.None, default),
                () => client.System.Write(client.Descriptor, block),
                () => client.System.WriteV(client.Descriptor, new ReadOnlyMemory<byte>[] { block, block }),
                () => client.System.SendMsg(client.Descriptor, new SendMessage { Buffer = block }, MessageFlags.None),
            })
            {
                var clock = new ScenarioClock(host);
                Expect.Fails(Errno.EAGAIN, call());
                clock.ExpectElapsed(Limit);
            }
        }
    }

    /// <summary>A connect that nobody answers gives up with EINPROGRESS, and goes on: the next connect says EALREADY.</summary>
    [Scenario("TO-003", "S-013")]
    public static void Connecting(HostProcess host)
    {
        (Socket listener, Socket queued) = host.FullListener();
        using (listener)
        using (queued)
        {
            using Socket socket = host.Tcp();
            socket.LimitSend(Limit);
            var clock = new ScenarioClock(host);
            Expect.Fails(Errno.EINPROGRESS, socket.TryConnect(listener.LocalAddress));
            clock.ExpectElapsed(Limit);
            Expect.Fails(Errno.EALREADY, socket.TryConnect(listener.LocalAddress));
        }
    }

    private static CallResult Receive(Socket socket)
    {
        int none = 0;
        return socket.System.RecvFrom(socket.Descriptor, new byte[1], MessageFlags.None, default, ref none);
    }
}
