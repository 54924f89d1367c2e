using Slipway.Sockets;
using static Slipway.Conformance.StreamSockets;

namespace Slipway.Conformance;

/// <summary>connect with O_NONBLOCK: in progress, done, refused, and what the calls say meanwhile (section CONN).</summary>
public static class PendingConnectScenarios
{
    /// <summary>connect does not wait, not even on loopback; when it is done the socket can be written and has no error.</summary>
    [Scenario("CONN-22", "ASYNC-07")]
    public static void Succeeds(HostProcess near, HostProcess far)
    {
        using Socket remote = far.TcpListenerAt(new InetAddress("10.0.0.2", 0)), local = near.TcpListener();
        foreach (Socket listener in new[] { remote, local })
        {
            using Socket socket = near.NonBlockingTcp();
            Expect.Fails(Errno.EINPROGRESS, socket.TryConnect(listener.LocalAddress));
            Expect.Equal(PollEvents.POLLOUT, socket.WaitFor(StreamEvents));
            Expect.Equal(Errno.None, socket.TakeError());
            Expect.Equal(listener.LocalAddress, socket.RemoteAddress);
            using Socket server = listener.Accept();
        }
    }

    /// <summary>While the attempt goes on a second connect says so; the first after it is done succeeds, the next says that it is connected.</summary>
    [Scenario("CONN-23")]
    public static void ConnectMeanwhile(HostProcess host)
    {
        (Socket listener, Socket queued) = host.FullListener();
        using (listener)
        using (queued)
        {
            using Socket socket = host.NonBlockingTcp();
            Expect.Fails(Errno.EINPROGRESS, socket.TryConnect(listener.LocalAddress));
            Expect.Fails(Errno.EALREADY, socket.TryConnect(listener.LocalAddress));
            using Socket first = listener.Accept();
            socket.WaitFor(PollEvents.POLLOUT);
            Expect.Success(socket.TryConnect(listener.LocalAddress));
            Expect.Fails(Errno.EISCONN, socket.TryConnect(listener.LocalAddress));
        }
    }

    /// <summary>A refusal makes everything ready; SO_ERROR tells it once, and takes POLLERR away, no more.</summary>
    [Scenario("CONN-24")]
    public static void Refused(HostProcess near, HostProcess far)
    {
        using Socket socket = RefusedSocket(near, new InetAddress("10.0.0.2", far.FreeTcpPort()));
        DescriptorSet read = new(), write = new(), except = new();
        foreach (DescriptorSet set in new[] { read, write, except }) set.Add(socket.Descriptor);
        Expect.Equal(2, Expect.Success(near.Sockets.Select(socket.Descriptor + 1, read, write, except, TimeSpan.Zero)));
        Expect.Equal((true, true, false), (read.Contains(socket.Descriptor), write.Contains(socket.Descriptor), except.Contains(socket.Descriptor)));
        Expect.Equal(Errno.ECONNREFUSED, socket.TakeError());
        Expect.Equal(Errno.None, socket.TakeError());
        Expect.Equal(Broken & ~PollEvents.POLLERR, socket.PollNow(StreamEvents));
    }

    /// <summary>The next connect tells the refusal, or ECONNABORTED where SO_ERROR has been read; the one after it starts anew.</summary>
    [Scenario("CONN-25")]
    public static void ConnectAfterRefusal(HostProcess host)
    {
        foreach (bool taken in new[] { false, true })
        {
            var closed = InetAddress.LoopbackIPv4(host.FreeTcpPort());
            using Socket socket = RefusedSocket(host, closed), listener = host.TcpListener();
            if (taken) socket.TakeError();
            Expect.Fails(taken ? Errno.ECONNABORTED : Errno.ECONNREFUSED, socket.TryConnect(closed));
            Expect.Fails(Errno.EINPROGRESS, socket.TryConnect(listener.LocalAddress));
            Expect.Equal(PollEvents.POLLOUT, socket.WaitFor(StreamEvents));
            Expect.Equal(listener.LocalAddress, socket.RemoteAddress);
        }
    }

    /// <summary>A receive takes the refusal once, then sees the end; a send finds a broken pipe.</summary>
    [Scenario("CONN-26")]
    public static void DataAfterRefusal(HostProcess host)
    {
        var closed = InetAddress.LoopbackIPv4(host.FreeTcpPort());
        using Socket reader = RefusedSocket(host, closed), writer = RefusedSocket(host, closed);
        Expect.Fails(Errno.ECONNREFUSED, reader.TryReceive(new byte[1]));
        Expect.Equal(0, Expect.Success(reader.TryReceive(new byte[1])));
        Expect.Equal(0, Expect.Success(reader.TryReceive(new byte[1])));
        Expect.Fails(Errno.EPIPE, reader.TrySend("x"));
        Expect.Fails(Errno.ECONNREFUSED, writer.TrySend("x"));
        Expect.Fails(Errno.EPIPE, writer.TrySend("x"));
    }

    /// <summary>While the SYN is under way nothing is ready, and data can neither be sent nor received.</summary>
    [Scenario("CONN-27")]
    public static void NothingMeanwhile(HostProcess host)
    {
        (Socket listener, Socket queued) = host.FullListener();
        using (listener)
        using (queued)
        {
            using Socket socket = host.NonBlockingTcp();
            Expect.Fails(Errno.EINPROGRESS, socket.TryConnect(listener.LocalAddress));
            Expect.Fails(Errno.EAGAIN, socket.TrySend("x"));
            Expect.Fails(Errno.EAGAIN, socket.TryReceive(new byte[1]));
            Expect.Equal(PollEvents.None, socket.PollNow(StreamEvents));
            Expect.Throws(Errno.ENOTCONN, () => _ = socket.RemoteAddress);
            Expect.Equal(Errno.None, socket.TakeError());
        }
    }

    private static Socket RefusedSocket(HostProcess host, InetAddress closed)
    {
        Socket socket = host.NonBlockingTcp();
        Expect.Fails(Errno.EINPROGRESS, socket.TryConnect(closed));
        Expect.Equal(Broken, socket.WaitFor(StreamEvents));
        return socket;
    }
}
