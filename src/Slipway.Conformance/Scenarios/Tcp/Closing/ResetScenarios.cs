using Slipway.Sockets;
using static Slipway.Conformance.StreamSockets;

namespace Slipway.Conformance;

/// <summary>Connections that the peer has reset or closed, as reads, writes and poll see them (sections DATA, ASYNC).</summary>
public static class ResetScenarios
{
    /// <summary>Data that came before the reset is read first; then the error once, then the end; a send finds a broken pipe.</summary>
    [Scenario("DATA-33")]
    public static void DataBeforeTheReset(HostProcess near, HostProcess far)
    {
        using StreamPair pair = near.TcpPair(far);
        pair.Client.SendText("data");
        pair.Server.WaitForBytes(near, 4);
        pair.Client.Abort();
        pair.Server.WaitFor(PollEvents.POLLERR);
        Expect.Equal("data", pair.Server.ReceiveText());
        Expect.Throws(Errno.ECONNRESET, () => pair.Server.Receive(new byte[4]));
        Expect.Equal(0, pair.Server.Receive(new byte[4]));
        Expect.Fails(Errno.EPIPE, pair.Server.TrySend("x"));
        Expect.Throws(Errno.ENOTCONN, () => _ = pair.Server.RemoteAddress);
    }

    /// <summary>The peer has closed: the first send is taken, and answered by a reset; the next finds a broken pipe, while a receive sees an orderly end.</summary>
    [Scenario("DATA-34", "DATA-02", OwnProcess = true)]
    public static void WriteAfterThePeersClose(HostProcess near, HostProcess far)
    {
        var pipe = new SignalLog(near, Signal.SIGPIPE);
        using StreamPair bySend = near.TcpPair(far), byOption = near.TcpPair(far), byReceive = near.TcpPair(far);
        foreach (StreamPair pair in new[] { bySend, byOption, byReceive })
        {
            pair.Server.Dispose();
            pair.Client.ExpectEnd();
            Expect.Equal(1, pair.Client.SendText("x"));
            pair.Client.WaitFor(PollEvents.POLLERR);
        }
        Expect.Throws(Errno.EPIPE, () => bySend.Client.SendText("x"));
        pipe.Next();
        Expect.Throws(Errno.EPIPE, () => bySend.Client.SendText("x"));
        pipe.Next();
        Expect.Equal(Errno.EPIPE, byOption.Client.TakeError());
        Expect.Equal(Errno.None, byOption.Client.TakeError());
        Expect.Equal(0, byReceive.Client.Receive(new byte[1]));
        pipe.ExpectCount(0);
    }

    /// <summary>The peer has reset an open connection: poll reports all there is, and writing tells the error first, then the broken pipe with its signal.</summary>
    [Scenario("DATA-35", "ASYNC-05", OwnProcess = true)]
    public static void WriteAfterTheReset(HostProcess near, HostProcess far)
    {
        var pipe = new SignalLog(far, Signal.SIGPIPE, waiter: near);
        using StreamPair pair = near.TcpPair(far);
        pair.Client.Abort();
        pair.Server.WaitFor(PollEvents.POLLERR);
        Expect.Equal(Broken, pair.Server.PollNow(StreamEvents));
        Expect.Throws(Errno.ECONNRESET, () => pair.Server.SendText("x"));
        pipe.ExpectCount(0);
        Expect.Equal(Broken & ~PollEvents.POLLERR, pair.Server.PollNow(StreamEvents));
        Expect.Throws(Errno.EPIPE, () => pair.Server.SendText("x"));
        pipe.Next();
        Expect.Equal(0, pair.Server.Receive(new byte[1]));
    }

    /// <summary>A blocked receive and a blocked send end with the error when the reset comes.</summary>
    [Scenario("DATA-33", "DATA-35")]
    public static void ResetWakesWhoWaits(HostProcess near, HostProcess far)
    {
        using StreamPair reading = near.TcpPair(far), writing = near.TcpPair(far);
        CallResult received = default, sent = default;
        ProcessThread reader = near.StartThread("reader", () =>
        {
            int none = 0;
            received = near.Sockets.RecvFrom(reading.Client.Descriptor, new byte[1], MessageFlags.None, default, ref none);
        });
        reader.WaitUntilBlocked();
        reading.Server.Abort();
        reader.Join();
        Expect.Fails(Errno.ECONNRESET, received);

        writing.Client.Fill(near);
        ProcessThread writer = near.StartThread("writer", () => sent = near.Sockets.SendTo(writing.Client.Descriptor, new byte[1 << 20], MessageFlags.MSG_NOSIGNAL, default));
        writer.WaitUntilBlocked();
        writing.Server.Abort();
        writer.Join();
        Expect.Fails(Errno.ECONNRESET, sent);
        Expect.Fails(Errno.EPIPE, writing.Client.TrySend("x"));
    }
}
