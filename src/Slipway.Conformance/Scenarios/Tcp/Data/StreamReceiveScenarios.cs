using Slipway.Sockets;
using static Slipway.Sockets.MessageFlags;

namespace Slipway.Conformance;

/// <summary>Receiving from streams: the end, flags, counts, vectors (sections DATA, FD, IOCTL).</summary>
public static class StreamReceiveScenarios
{
    /// <summary>The end is 0, after all the data and again and again; no data is no end.</summary>
    [Scenario("DATA-23", "IOCTL-05")]
    public static void TheEnd(HostProcess near, HostProcess far)
    {
        using StreamPair pair = near.TcpPair(far);
        pair.Server.ExpectEmpty();
        pair.Client.SendText("all of it");
        pair.Client.Dispose();
        pair.Server.WaitFor(PollEvents.POLLRDHUP);
        Expect.Equal(9, pair.Server.Available);
        Expect.Equal("all of", pair.Server.ReceiveText(6));
        Expect.Equal(" it", pair.Server.ReceiveText());
        for (int i = 0; i < 3; i++) Expect.Equal(0, pair.Server.Receive(new byte[1]));
        Expect.Equal(0, pair.Server.Available);
    }

    /// <summary>recvfrom on a connection names nobody: the length becomes 0, the room stays as it was.</summary>
    [Scenario("DATA-24")]
    public static void NoAddress(HostProcess host)
    {
        using StreamPair pair = host.TcpPair();
        pair.Client.SendText("12");
        pair.Server.WaitForBytes(host, 2);
        byte[] address = new byte[16];
        address.AsSpan().Fill(0xEE);
        int length = 16;
        Expect.Equal(1, Expect.Success(host.Sockets.RecvFrom(pair.Server.Descriptor, new byte[1], MessageFlags.None, address, ref length)));
        Expect.Equal(0, length);
        var message = new ReceiveMessage { Buffer = new byte[1], Address = address };
        Expect.Equal(1, pair.Server.ReceiveMessage(ref message));
        Expect.Equal(0, message.AddressLength);
        Expect.Equal(16, address.Count(static b => b == 0xEE));
    }

    /// <summary>MSG_TRUNC throws bytes of a stream away instead of copying them.</summary>
    [Scenario("DATA-26")]
    public static void Discard(HostProcess host)
    {
        using StreamPair pair = host.TcpPair();
        pair.Client.SendText("discard, keep");
        pair.Server.WaitForBytes(host, 13);
        byte[] buffer = new byte[9];
        buffer.AsSpan().Fill(0xEE);
        Expect.Equal(9, pair.Server.Receive(buffer, MSG_TRUNC));
        Expect.Equal(9, buffer.Count(static b => b == 0xEE));
        Expect.Equal("keep", pair.Server.ReceiveText());
    }

    /// <summary>MSG_PEEK leaves the bytes where they are.</summary>
    [Scenario("DATA-27")]
    public static void Peek(HostProcess host)
    {
        using StreamPair pair = host.TcpPair();
        pair.Client.SendText("twice");
        Expect.Equal("tw", Peeked(2));
        Expect.Equal("twice", Peeked(9));
        Expect.Equal(5, pair.Server.Available);
        Expect.Equal("twice", pair.Server.ReceiveText());
        pair.Server.ExpectEmpty();

        string Peeked(int room)
        {
            pair.Server.WaitForBytes(host, 5);
            return pair.Server.ReceiveText(room, MSG_PEEK);
        }
    }

    /// <summary>MSG_WAITALL waits for the whole length; the end, a timeout, or MSG_DONTWAIT give what there is.</summary>
    [Scenario("DATA-28")]
    public static void WaitForAll(HostProcess host)
    {
        using StreamPair pair = host.TcpPair();
        pair.Client.SendText("123");
        pair.Server.WaitForBytes(host, 3);
        string? whole = null;
        ProcessThread reader = host.StartThread("reader", () => whole = pair.Server.ReceiveText(10, MSG_WAITALL));
        reader.WaitUntilBlocked();
        pair.Client.SendText("4567");
        pair.Client.SendText("890ab");
        reader.Join();
        Expect.Equal("1234567890", whole);
        Expect.Equal("ab", pair.Server.ReceiveText());

        pair.Client.SendText("now");
        pair.Server.WaitForBytes(host, 3);
        Expect.Equal("now", pair.Server.ReceiveText(10, MSG_WAITALL | MSG_DONTWAIT));

        pair.Client.SendText("abc");
        pair.Server.LimitReceive(TimeSpan.FromMilliseconds(200));
        Expect.Equal("abc", pair.Server.ReceiveText(10, MSG_WAITALL));

        pair.Client.SendText("1234567890");
        pair.Client.Shutdown(ShutdownHow.Send);
        pair.Server.WaitFor(PollEvents.POLLRDHUP);
        Expect.Equal("1234567890", pair.Server.ReceiveText(20, MSG_WAITALL));
        Expect.Equal(0, pair.Server.Receive(new byte[20], MSG_WAITALL));
    }

    /// <summary>A signal gives a waiting MSG_WAITALL what there is.</summary>
    [Scenario("DATA-28", OwnProcess = true)]
    public static void InterruptedWaitForAll(HostProcess host)
    {
        var seen = new SignalLog(host, Signal.SIGUSR1);
        using StreamPair pair = host.TcpPair();
        pair.Client.SendText("abc");
        pair.Server.WaitForBytes(host, 3);
        string? part = null;
        ProcessThread reader = host.StartThread("reader", () => part = pair.Server.ReceiveText(10, MSG_WAITALL));
        reader.WaitUntilBlocked();
        Expect.Success(reader.Interrupt(Signal.SIGUSR1));
        seen.Next();
        reader.Join();
        Expect.Equal("abc", part);
    }

    /// <summary>Six calls of one effect, and vectors that gather and scatter.</summary>
    [Scenario("DATA-01", "DATA-19", "FD-22")]
    public static void SixCallsAndVectors(HostProcess host)
    {
        using StreamPair pair = host.TcpPair();
        (SocketSystem system, int sender, int receiver) = (host.Sockets, pair.Client.Descriptor, pair.Server.Descriptor);
        Expect.Equal(1, Expect.Success(system.Write(sender, "1"u8)));
        Expect.Equal(1, pair.Client.SendText("2"));
        Expect.Equal(1, pair.Client.SendTextTo("3", pair.Server.LocalAddress));
        Expect.Equal(3, pair.Client.SendMessage(new SendMessage { Vectors = new ReadOnlyMemory<byte>[] { "4"u8.ToArray(), "56"u8.ToArray() } }));
        Expect.Equal(4, Expect.Success(system.WriteV(sender, new ReadOnlyMemory<byte>[] { "78"u8.ToArray(), "90"u8.ToArray() })));
        pair.Server.WaitForBytes(host, 10);
        byte[] one = new byte[1], two = new byte[2], rest = new byte[9];
        Expect.Equal(1, Expect.Success(system.Read(receiver, one)));
        Expect.Bytes("1"u8, one);
        Expect.Equal("2", pair.Server.ReceiveText(1));
        var message = new ReceiveMessage { Vectors = new Memory<byte>[] { one, two } };
        Expect.Equal(3, pair.Server.ReceiveMessage(ref message));
        Expect.Bytes("345"u8, [.. one, .. two]);
        Expect.Equal(5, Expect.Success(system.ReadV(receiver, new Memory<byte>[] { two, rest })));
        Expect.Bytes("67890"u8, [.. two, .. rest.AsSpan(0, 3)]);
    }

    /// <summary>Nothing sent is nothing; no room takes nothing: read at once, recv only when data is there.</summary>
    [Scenario("FD-23", "FD-24")]
    public static void NoBytes(HostProcess host)
    {
        using StreamPair pair = host.TcpPair();
        Expect.Equal(0, pair.Client.Send([]));
        Expect.Equal(0, Expect.Success(host.Sockets.Write(pair.Client.Descriptor, [])));
        Expect.Equal(0, Expect.Success(host.Sockets.Read(pair.Server.Descriptor, [])));
        Expect.Fails(Errno.EAGAIN, pair.Server.TryReceive([]));
        pair.Client.SendText("kept");
        pair.Server.WaitForBytes(host, 4);
        Expect.Equal(0, pair.Server.Receive([]));
        Expect.Equal("kept", pair.Server.ReceiveText());
    }

    /// <summary>FIONREAD and SIOCOUTQ count bytes; the stamp of the last packet is a thing of datagrams.</summary>
    [Scenario("IOCTL-01", "IOCTL-05", "IOCTL-06")]
    public static void Counts(HostProcess host)
    {
        using StreamPair pair = host.TcpPair();
        Expect.Equal((0, 0), (pair.Server.Available, pair.Client.Ask(IoControl.SIOCOUTQ)));
        pair.Client.SendText("ab");
        pair.Client.SendText("cde");
        pair.Server.WaitForBytes(host, 5);
        Expect.Equal(5, pair.Server.Available);
        host.WaitUntil(() => pair.Client.Ask(IoControl.SIOCOUTQ) == 0, static () => "the data was not acknowledged");
        Expect.Equal("abc", pair.Server.ReceiveText(3));
        Expect.Equal(2, pair.Server.Available);
        foreach (uint request in new[] { IoControl.SIOCGSTAMP, IoControl.SIOCGSTAMPNS })
            Expect.Fails(Errno.ENOENT, host.Sockets.Ioctl(pair.Server.Descriptor, request, new byte[16]));
        int queued = pair.Client.Fill(host);
        Expect.InRange(1, queued, pair.Client.Ask(IoControl.SIOCOUTQ));
    }
}
