using System.Buffers.Binary;
using Slipway.Sockets;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>Buffers, low-water marks and timeouts of datagram sockets (sections BUF, LW, TO; OPT-25 to OPT-34; PROC).</summary>
public static class BufferAndTimeoutScenarios
{
    /// <summary>The sizes of a new datagram socket, and the doubling of what is asked for.</summary>
    [Scenario("OPT-25", "OPT-33", "S-008", "S-009", "BUF-001", "PROC-01", "PROC-03", "PROC-10")]
    public static void Sizes(HostProcess host)
    {
        using Socket socket = host.Udp();
        foreach (int name in new[] { SO_RCVBUF, SO_SNDBUF })
        {
            Expect.Equal(212992, socket.GetSocketLevel(name));
            socket.SetSocketLevel(name, 65536);
            Expect.Equal(131072, socket.GetSocketLevel(name));
            socket.SetSocketLevel(name, 300000);
            Expect.Equal(600000, socket.GetSocketLevel(name));
        }
    }

    /// <summary>The least sizes.</summary>
    [Scenario("OPT-25", "OPT-33", "BUF-002")]
    public static void LeastSizes(HostProcess host)
    {
        using Socket socket = host.Udp();
        foreach (int asked in new[] { 0, 1, 100, 1000 })
        {
            socket.SetSocketLevel(SO_RCVBUF, asked);
            Expect.Equal(2304, socket.GetSocketLevel(SO_RCVBUF));
            socket.SetSocketLevel(SO_SNDBUF, asked);
            Expect.Equal(4608, socket.GetSocketLevel(SO_SNDBUF));
        }
    }

    /// <summary>The greatest sizes: twice the sysctl; negative means huge; never an error.</summary>
    [Scenario("OPT-25", "OPT-33", "BUF-003", "PROC-02", "PROC-04")]
    public static void GreatestSizes(HostProcess host)
    {
        using Socket socket = host.Udp();
        foreach ((int name, string sysctl) in new[] { (SO_RCVBUF, "rmem_max"), (SO_SNDBUF, "wmem_max") })
        {
            int max = ReadSysctl(host, sysctl);
            foreach (int asked in new[] { 1 << 30, int.MaxValue, -1 })
            {
                socket.SetSocketLevel(name, asked);
                Expect.Equal(2 * max, socket.GetSocketLevel(name), $"{sysctl} {max}, asked {asked}");
            }
        }
    }

    /// <summary>With privilege there is no limit; the forcing options cannot be read.</summary>
    [Scenario("OPT-26", "OPT-34", "BUF-004")]
    public static void ForcedSizes(HostProcess host)
    {
        using Socket socket = host.Udp();
        socket.SetSocketLevel(SO_RCVBUFFORCE, 50_000_000);
        Expect.Equal(100_000_000, socket.GetSocketLevel(SO_RCVBUF));
        socket.SetSocketLevel(SO_SNDBUFFORCE, 50_000_000);
        Expect.Equal(100_000_000, socket.GetSocketLevel(SO_SNDBUF));
        Expect.Fails(Errno.ENOPROTOOPT, socket.TryGet(SOL_SOCKET, SO_RCVBUFFORCE));
        Expect.Fails(Errno.ENOPROTOOPT, socket.TryGet(SOL_SOCKET, SO_SNDBUFFORCE));
    }

    /// <summary>A burst into a small buffer: what fits is kept, the rest is dropped and counted at the next datagram that is queued.</summary>
    [Scenario("BUF-009", "OPT-32")]
    public static void DropsAreCounted(HostProcess host)
    {
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            receiver.SetSocketLevel(SO_RCVBUF, 4000);
            Expect.Equal(8000, receiver.GetSocketLevel(SO_RCVBUF));
            Expect.Equal(0, receiver.GetSocketLevel(SO_RXQ_OVFL));
            receiver.SetSocketLevel(SO_RXQ_OVFL, 1);
            for (int i = 0; i < 50; i++) sender.Send(new byte[100]);
            byte[] buffer = new byte[128], control = new byte[64];
            for (int i = 0; i < 9; i++)
            {
                var kept = new ReceiveMessage { Buffer = buffer, Control = control };
                Expect.Equal(100, receiver.ReceiveMessage(ref kept));
                Expect.Equal(0, kept.ControlLength); // no drop had happened when these were queued
            }
            receiver.ExpectEmpty();
            sender.SendText("after");
            var message = new ReceiveMessage { Buffer = buffer, Control = control };
            Expect.Equal(5, receiver.ReceiveMessage(ref message));
            Expect.Equal((SOL_SOCKET, SO_RXQ_OVFL), (BinaryPrimitives.ReadInt32LittleEndian(control.AsSpan(8)), BinaryPrimitives.ReadInt32LittleEndian(control.AsSpan(12))));
            Expect.Equal(41, BinaryPrimitives.ReadInt32LittleEndian(control.AsSpan(16)));
        }
    }

    /// <summary>A smaller buffer discards nothing that is queued.</summary>
    [Scenario("BUF-012")]
    public static void ShrinkingKeepsTheQueue(HostProcess host)
    {
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            for (int i = 0; i < 20; i++) sender.Send([(byte)i]);
            receiver.SetSocketLevel(SO_RCVBUF, 0);
            sender.Send([99]);
            byte[] one = new byte[1];
            for (int i = 0; i < 20; i++)
            {
                Expect.Success(receiver.TryReceive(one));
                Expect.Equal((byte)i, one[0]);
            }
            receiver.ExpectEmpty();
        }
    }

    /// <summary>SO_RCVLOWAT is kept and means nothing to datagrams.</summary>
    [Scenario("OPT-27", "S-010", "LW-007")]
    public static void LowWaterMark(HostProcess host)
    {
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            Expect.Equal(1, receiver.GetSocketLevel(SO_RCVLOWAT));
            receiver.SetSocketLevel(SO_RCVLOWAT, 0);
            Expect.Equal(1, receiver.GetSocketLevel(SO_RCVLOWAT));
            receiver.SetSocketLevel(SO_RCVLOWAT, 100);
            Expect.Equal(100, receiver.GetSocketLevel(SO_RCVLOWAT));
            sender.SendText("0123456789");
            Expect.Equal(PollEvents.POLLIN, receiver.PollNow(PollEvents.POLLIN));
            Expect.Equal(10, receiver.Receive(new byte[100]));
        }
    }

    /// <summary>SO_RCVTIMEO ends a wait with EAGAIN, and poll takes no notice of it.</summary>
    [Scenario("OPT-29", "S-012", "TO-001", "TO-002")]
    public static void ReceiveTimeout(HostProcess host)
    {
        using Socket socket = host.UdpOnLoopback();
        socket.LimitReceive(TimeSpan.FromMilliseconds(200));
        foreach (Action<Socket> call in new Action<Socket>[]
        {
            static s => s.Receive(new byte[1]),
            static s => s.ReceiveFrom(new byte[1], out _),
            static s =>
            {
                var message = new ReceiveMessage { Buffer = new byte[1] };
                s.ReceiveMessage(ref message);
            },
        })
        {
            long started = host.Time.GetTimestamp();
            Expect.Throws(Errno.EAGAIN, () => call(socket));
            Expect.InRange(200, 10_000, (long)host.Time.GetElapsedTime(started).TotalMilliseconds);
        }
        long polled = host.Time.GetTimestamp();
        Expect.Equal(PollEvents.None, socket.Poll(PollEvents.POLLIN, TimeSpan.FromMilliseconds(300)));
        Expect.InRange(300, 10_000, (long)host.Time.GetElapsedTime(polled).TotalMilliseconds);
    }

    /// <summary>Values of a timeout: range of the microseconds, length, negative seconds, none at first.</summary>
    [Scenario("OPT-29", "S-012", "S-013", "TO-004")]
    public static void TimeoutValues(HostProcess host)
    {
        using Socket socket = host.Udp();
        foreach (int name in new[] { SO_RCVTIMEO, SO_SNDTIMEO })
        {
            byte[] value = new byte[16];
            Expect.Equal(16, socket.GetOption(SOL_SOCKET, name, value));
            Expect.Bytes(new byte[16], value);
            Expect.Fails(Errno.EDOM, socket.System.SetSockOpt(socket.Descriptor, SOL_SOCKET, name, TimeValue(0, 1_000_000)));
            Expect.Fails(Errno.EDOM, socket.System.SetSockOpt(socket.Descriptor, SOL_SOCKET, name, TimeValue(0, -1)));
            Expect.Fails(Errno.EINVAL, socket.TrySet(SOL_SOCKET, name, 1));
            socket.SetOption(SOL_SOCKET, name, TimeValue(3, 500_000));
            socket.GetOption(SOL_SOCKET, name, value);
            Expect.Bytes(TimeValue(3, 500_000), value);
            socket.SetOption(SOL_SOCKET, name, TimeValue(-1, 0));
            socket.GetOption(SOL_SOCKET, name, value);
            Expect.Bytes(new byte[16], value);
        }
    }

    /// <summary>Negative seconds are an expired timeout: the call does not wait.</summary>
    [Scenario("TO-004")]
    public static void NegativeTimeoutDoesNotWait(HostProcess host)
    {
        using Socket socket = host.UdpOnLoopback();
        socket.SetOption(SOL_SOCKET, SO_RCVTIMEO, TimeValue(-1, 0));
        Expect.Throws(Errno.EAGAIN, () => socket.Receive(new byte[1]));
    }

    /// <summary>A datagram socket has room to write again as soon as the link took the last.</summary>
    [Scenario("LW-009")]
    public static void WritableAgain(HostProcess near, HostProcess far)
    {
        using Socket sender = near.Udp();
        var to = new InetAddress("10.0.0.2", 5000);
        using Socket receiver = far.Udp();
        receiver.Bind(to);
        receiver.LimitReceive(TimeSpan.FromSeconds(2));
        for (int i = 0; i < 10; i++)
        {
            sender.SendTextTo("x", to);
            Expect.Equal(PollEvents.POLLOUT, sender.Poll(PollEvents.POLLOUT, TimeSpan.FromSeconds(2)));
            Expect.Equal("x", receiver.ReceiveText());
        }
    }

    /// <summary>Control data beyond optmem_max is refused.</summary>
    [Scenario("PROC-07")]
    public static void ControlDataLimit(HostProcess host)
    {
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            int max = ReadSysctl(host, "optmem_max");
            Expect.Equal(131072, max);
            Expect.Fails(Errno.ENOBUFS, host.Sockets.SendMsg(sender.Descriptor, new SendMessage { Buffer = "x"u8, Control = new byte[max + 64] }, MessageFlags.None));
            receiver.ExpectEmpty();
        }
    }

    /// <summary>The sysctls of sockets, with the kernel's defaults.</summary>
    [Scenario("PROC-01", "PROC-03", "PROC-08", "PROC-09")]
    public static void Sysctls(HostProcess host)
    {
        Expect.Equal(212992, ReadSysctl(host, "rmem_default"));
        Expect.Equal(212992, ReadSysctl(host, "wmem_default"));
        Expect.Equal(4096, ReadSysctl(host, "somaxconn"));
    }

    /// <summary>The sysctls that a machine has once, not once a namespace.</summary>
    [Scenario("PROC-05", "PROC-06", "PROC-08", OnMachine = true)]
    public static void SysctlsOfTheMachine(HostProcess host)
    {
        Expect.Equal((5, 10), (ReadSysctl(host, "message_cost"), ReadSysctl(host, "message_burst")));
        Expect.Equal(1000, ReadSysctl(host, "netdev_max_backlog"));
        Expect.Equal((0, 0), (ReadSysctl(host, "busy_read"), ReadSysctl(host, "busy_poll")));
    }

    private static int ReadSysctl(HostProcess host, string name)
        => int.TryParse(host.Files.ReadText("/proc/sys/net/core/" + name), out int value)
            ? value
            : throw new ExpectationException($"/proc/sys/net/core/{name} cannot be read");

    private static byte[] TimeValue(long seconds, long microseconds)
    {
        byte[] value = new byte[16];
        BinaryPrimitives.WriteInt64LittleEndian(value, seconds);
        BinaryPrimitives.WriteInt64LittleEndian(value.AsSpan(8), microseconds);
        return value;
    }
}
