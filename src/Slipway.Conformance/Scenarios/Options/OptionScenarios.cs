using System.Buffers.Binary;
using Slipway.Sockets;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>Options one by one, as far as datagram sockets have them (sections OPT and S).</summary>
public static class OptionScenarios
{
    /// <summary>SO_BINDTODEVICE: only packets of that device, a name that reads back, errors.</summary>
    [Scenario("OPT-06")]
    public static void BindToDevice(HostProcess near, HostProcess far)
    {
        using Socket socket = near.Udp(), local = near.Udp();
        socket.Bind(InetAddress.AnyIPv4(5000));
        byte[] name = new byte[16];
        Expect.Equal(0, socket.GetOption(SOL_SOCKET, SO_BINDTODEVICE, name));
        Expect.Fails(Errno.ENODEV, near.Sockets.SetSockOpt(socket.Descriptor, SOL_SOCKET, SO_BINDTODEVICE, "nodev\0"u8));
        socket.SetOption(SOL_SOCKET, SO_BINDTODEVICE, "eth0\0"u8);
        Expect.Equal(5, socket.GetOption(SOL_SOCKET, SO_BINDTODEVICE, name));
        Expect.Bytes("eth0\0"u8, name.AsSpan(0, 5));
        int length = 15;
        Expect.Fails(Errno.EINVAL, near.Sockets.GetSockOpt(socket.Descriptor, SOL_SOCKET, SO_BINDTODEVICE, name, ref length));
        local.SendTextTo("over loopback", InetAddress.LoopbackIPv4(5000));
        socket.ExpectEmpty();
        using Socket peer = far.Udp();
        peer.SendTextTo("over eth0", new InetAddress("10.0.0.1", 5000));
        socket.LimitReceive(TimeSpan.FromSeconds(2));
        Expect.Equal("over eth0", socket.ReceiveText());
        socket.SetOption(SOL_SOCKET, SO_BINDTODEVICE, "\0"u8);
        Expect.Equal(0, socket.GetOption(SOL_SOCKET, SO_BINDTODEVICE, name));
        local.SendTextTo("again", InetAddress.LoopbackIPv4(5000));
        Expect.Equal("again", socket.ReceiveText());
    }

    /// <summary>SO_BSDCOMPAT is accepted and always reads 0.</summary>
    [Scenario("OPT-08")]
    public static void BsdCompat(HostProcess host)
    {
        using Socket socket = host.Udp();
        socket.SetSocketLevel(SO_BSDCOMPAT, 1);
        Expect.Equal(0, socket.GetSocketLevel(SO_BSDCOMPAT));
    }

    /// <summary>SO_INCOMING_CPU is a number, -1 at first.</summary>
    [Scenario("OPT-14")]
    public static void IncomingCpu(HostProcess host)
    {
        using Socket socket = host.Udp();
        Expect.Equal(-1, socket.GetSocketLevel(SO_INCOMING_CPU));
        socket.SetSocketLevel(SO_INCOMING_CPU, 1);
        Expect.Equal(1, socket.GetSocketLevel(SO_INCOMING_CPU));
    }

    /// <summary>SO_PRIORITY and SO_MARK are kept.</summary>
    [Scenario("OPT-18", "OPT-23")]
    public static void PriorityAndMark(HostProcess host)
    {
        using Socket socket = host.Udp();
        Expect.Equal((0, 0), (socket.GetSocketLevel(SO_PRIORITY), socket.GetSocketLevel(SO_MARK)));
        socket.SetSocketLevel(SO_PRIORITY, 6);
        socket.SetSocketLevel(SO_MARK, 77);
        Expect.Equal((6, 77), (socket.GetSocketLevel(SO_PRIORITY), socket.GetSocketLevel(SO_MARK)));
    }

    /// <summary>SO_PASSCRED and SO_PASSSEC belong to AF_UNIX alone.</summary>
    [Scenario("OPT-20")]
    public static void CredentialsAreLocal(HostProcess host)
    {
        using Socket socket = host.Udp();
        foreach (int name in new[] { SO_PASSCRED, SO_PASSSEC })
        {
            Expect.Fails(Errno.EOPNOTSUPP, socket.TrySet(SOL_SOCKET, name, 1));
            Expect.Fails(Errno.EOPNOTSUPP, socket.TryGet(SOL_SOCKET, name));
        }
    }

    /// <summary>SO_PEEK_OFF: peeks go on where the last one ended, reads bring the offset back.</summary>
    [Scenario("OPT-21")]
    public static void PeekOffset(HostProcess host)
    {
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            Expect.Equal(-1, receiver.GetSocketLevel(SO_PEEK_OFF));
            receiver.SetSocketLevel(SO_PEEK_OFF, 4);
            sender.SendText("aabbccddeeff");
            var message = new ReceiveMessage { Buffer = new byte[2] };
            Expect.Equal(2, receiver.ReceiveMessage(ref message, MessageFlags.MSG_PEEK));
            Expect.Bytes("cc"u8, message.Buffer);
            Expect.Equal(MessageFlags.MSG_TRUNC, message.Flags);
            Expect.Equal(6, receiver.GetSocketLevel(SO_PEEK_OFF));
            Expect.Equal("dd", receiver.ReceiveText(2, MessageFlags.MSG_PEEK));
            Expect.Equal(8, receiver.GetSocketLevel(SO_PEEK_OFF));
            Expect.Equal("aabbccddeeff", receiver.ReceiveText());
            Expect.Equal(0, receiver.GetSocketLevel(SO_PEEK_OFF));
            receiver.SetSocketLevel(SO_PEEK_OFF, -1);
            Expect.Equal(-1, receiver.GetSocketLevel(SO_PEEK_OFF));
        }
    }

    /// <summary>SO_REUSEADDR and SO_REUSEPORT may be set on a lone socket.</summary>
    [Scenario("OPT-30", "OPT-31", "S-014", "S-015", "RU-020")]
    public static void ReuseIsAlwaysSettable(HostProcess host)
    {
        using Socket socket = host.UdpOnLoopback();
        foreach (int name in new[] { SO_REUSEADDR, SO_REUSEPORT })
        {
            Expect.Equal(0, socket.GetSocketLevel(name));
            socket.SetSocketLevel(name, 1);
            Expect.Equal(1, socket.GetSocketLevel(name));
        }
    }

    /// <summary>SO_BUSY_POLL: microseconds, not negative.</summary>
    [Scenario("OPT-37")]
    public static void BusyPoll(HostProcess host)
    {
        using Socket socket = host.Udp();
        Expect.Equal(0, socket.GetSocketLevel(SO_BUSY_POLL));
        Expect.Fails(Errno.EINVAL, socket.TrySet(SOL_SOCKET, SO_BUSY_POLL, -1));
        socket.SetSocketLevel(SO_BUSY_POLL, 50);
        Expect.Equal(50, socket.GetSocketLevel(SO_BUSY_POLL));
    }

    /// <summary>SO_DOMAIN, SO_PROTOCOL and SO_TYPE of an IPv6 socket.</summary>
    [Scenario("OPT-11", "OPT-24", "OPT-36", "S-016", "S-017")]
    public static void WhatASocketIs(HostProcess host)
    {
        using Socket socket = host.Udp(AddressFamily.Inet6);
        Expect.Equal((10, 17, 2), (socket.GetSocketLevel(SO_DOMAIN), socket.GetSocketLevel(SO_PROTOCOL), socket.GetSocketLevel(SO_TYPE)));
    }

    /// <summary>SO_TIMESTAMP puts the arrival into a control message of 32 bytes; SO_TIMESTAMPNS takes its place.</summary>
    [Scenario("OPT-35")]
    public static void Timestamps(HostProcess host)
    {
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            foreach (int name in new[] { SO_TIMESTAMP, SO_TIMESTAMPNS })
            {
                receiver.SetSocketLevel(name, 1);
                sender.SendText("x");
                byte[] control = new byte[64];
                var message = new ReceiveMessage { Buffer = new byte[4], Control = control };
                receiver.ReceiveMessage(ref message);
                Expect.Equal(32, message.ControlLength);
                Expect.Equal(name, BinaryPrimitives.ReadInt32LittleEndian(control.AsSpan(12)));
                Expect.InRange(-2, 2, host.Time.GetUtcNow().ToUnixTimeSeconds() - BinaryPrimitives.ReadInt64LittleEndian(control.AsSpan(16)));
            }
        }
    }

    /// <summary>255.255.255.255 without a route is unreachable before it is forbidden.</summary>
    [Scenario("S-001")]
    public static void LimitedBroadcastWithoutARoute(HostProcess host)
    {
        using Socket socket = host.Udp();
        Expect.Throws(Errno.ENETUNREACH, () => socket.SendTextTo("x", new InetAddress("255.255.255.255", 9)));
    }

    /// <summary>Errors of SO_ERROR are gone when read; select shows them as readable and writable, not as exceptions.</summary>
    [Scenario("OPT-12", "S-004", "ASYNC-08")]
    public static void PendingErrorInSelect(HostProcess host)
    {
        InetAddress closed;
        using (Socket probe = host.UdpOnLoopback()) closed = probe.LocalAddress;
        using Socket socket = host.Udp();
        socket.Connect(closed);
        socket.SendText("x");
        DescriptorSet read = new(), write = new(), except = new();
        foreach (DescriptorSet set in new[] { read, write, except }) set.Add(socket.Descriptor);
        Expect.Equal(2, Expect.Success(host.Sockets.Select(socket.Descriptor + 1, read, write, except, TimeSpan.Zero)));
        Expect.Equal((true, true, false), (read.Contains(socket.Descriptor), write.Contains(socket.Descriptor), except.Contains(socket.Descriptor)));
        Expect.Equal((int)Errno.ECONNREFUSED, socket.GetSocketLevel(SO_ERROR));
        Expect.Equal(0, socket.GetSocketLevel(SO_ERROR));
    }
}
