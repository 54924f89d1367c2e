using System.Buffers.Binary;
using Slipway.Sockets;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>One send that makes several datagrams, one receive that takes several (UDP_SEGMENT, UDP_GRO).</summary>
public static class DatagramSegmentScenarios
{
    private static readonly AddressFamily[] Families = [AddressFamily.Inet, AddressFamily.Inet6];

    /// <summary>The option: its range, and what a send becomes.</summary>
    [Scenario("UG-001")]
    public static void OptionCutsSends(HostProcess host)
    {
        foreach (AddressFamily family in Families)
        {
            (Socket sender, Socket receiver) = host.UdpPair(family);
            using (sender)
            using (receiver)
            {
                Expect.Equal(0, sender.GetOption(IPPROTO_UDP, UDP_SEGMENT));
                Expect.Fails(Errno.EINVAL, sender.TrySet(IPPROTO_UDP, UDP_SEGMENT, -1));
                Expect.Fails(Errno.EINVAL, sender.TrySet(IPPROTO_UDP, UDP_SEGMENT, 65536));
                Expect.Fails(Errno.EINVAL, host.Sockets.SetSockOpt(sender.Descriptor, IPPROTO_UDP, UDP_SEGMENT, new byte[2]));
                Expect.Success(sender.TrySet(IPPROTO_UDP, UDP_SEGMENT, 65535));
                sender.SetOption(IPPROTO_UDP, UDP_SEGMENT, 1000);
                Expect.Equal(1000, sender.GetOption(IPPROTO_UDP, UDP_SEGMENT));
                byte[] data = Pattern(2500);
                Expect.Equal(2500, sender.Send(data));
                ExpectDatagrams(receiver, data, 1000, 1000, 500);
                Expect.Equal(1000, sender.Send(data.AsSpan(0, 1000)));
                Expect.Equal(0, sender.Send(default));
                ExpectDatagrams(receiver, data, 1000, 0);
            }
        }
    }

    /// <summary>The size for one call.</summary>
    [Scenario("UG-002")]
    public static void ControlMessageCutsOneSend(HostProcess host)
    {
        foreach (AddressFamily family in Families)
        {
            (Socket sender, Socket receiver) = host.UdpPair(family);
            using (sender)
            using (receiver)
            {
                byte[] data = Pattern(1200);
                Expect.Equal(1200, Expect.Success(SendWith(sender, data, UDP_SEGMENT, [0xF4, 1])));
                ExpectDatagrams(receiver, data, 500, 500, 200);
                sender.SetOption(IPPROTO_UDP, UDP_SEGMENT, 1000);
                Expect.Success(SendWith(sender, data, UDP_SEGMENT, [0, 0]));
                ExpectDatagrams(receiver, data, 1200);
                Expect.Fails(Errno.EINVAL, SendWith(sender, data, UDP_SEGMENT, [0xF4, 1, 0, 0]));
                Expect.Fails(Errno.EINVAL, SendWith(sender, data, UDP_SEGMENT, [1]));
                Expect.Fails(Errno.EINVAL, SendWith(sender, data, UDP_GRO, [1, 0]));
                Expect.Fails(Errno.EINVAL, SendWith(sender, data, UDP_CORK, [1, 0, 0, 0]));
                receiver.ExpectEmpty();
            }
        }
    }

    /// <summary>How many and how long.</summary>
    [Scenario("UG-003")]
    public static void Limits(HostProcess host)
    {
        foreach (AddressFamily family in Families)
        {
            (Socket sender, Socket receiver) = host.UdpPair(family);
            using (sender)
            using (receiver)
            {
                sender.SetOption(IPPROTO_UDP, UDP_SEGMENT, 10);
                Expect.Throws(Errno.EINVAL, () => sender.Send(new byte[1281]));
                Expect.Equal(1280, sender.Send(new byte[1280]));
                for (int i = 0; i < 128; i++) Expect.Equal(10, receiver.Receive(new byte[20]));
                receiver.ExpectEmpty();
                sender.SetOption(IPPROTO_UDP, UDP_SEGMENT, 1000);
                Expect.Throws(Errno.EMSGSIZE, () => sender.Send(new byte[65530]));
            }
        }
    }

    /// <summary>A size that the path does not take, between hosts with an MTU of 1500.</summary>
    [Scenario("UG-003")]
    public static void SizeBeyondThePath(HostProcess near, HostProcess far)
    {
        using Socket receiver = far.Udp(), sender = near.Udp();
        receiver.Bind(new InetAddress("10.0.0.2", 0));
        sender.Connect(receiver.LocalAddress);
        sender.SetOption(IPPROTO_UDP, UDP_SEGMENT, 1473);
        Expect.Throws(Errno.EMSGSIZE, () => sender.Send(new byte[3000]));
        Expect.Throws(Errno.EMSGSIZE, () => sender.Send(new byte[1473]));
        Expect.Equal(1472, sender.Send(new byte[1472]));
        Expect.Equal(1472, receiver.Receive(new byte[2000]));
        sender.SetOption(IPPROTO_UDP, UDP_SEGMENT, 1472);
        Expect.Equal(3000, sender.Send(new byte[3000]));
        Expect.Equal(1472, receiver.Receive(new byte[4000]));
    }

    /// <summary>Who cuts must be able to make checksums.</summary>
    [Scenario("UG-004")]
    public static void NeedsChecksums(HostProcess host)
    {
        foreach (AddressFamily family in Families)
        {
            (Socket sender, Socket receiver) = host.UdpPair(family);
            using (sender)
            using (receiver)
            {
                sender.SetOption(IPPROTO_UDP, UDP_SEGMENT, 1000);
                if (family == AddressFamily.Inet) sender.SetSocketLevel(SO_NO_CHECK, 1);
                else sender.SetOption(IPPROTO_UDP, UDP_NO_CHECK6_TX, 1);
                Expect.Throws(Errno.EINVAL, () => sender.Send(new byte[2500]));
                Expect.Throws(Errno.EINVAL, () => sender.Send(new byte[500]));
                receiver.ExpectEmpty();
            }
        }
    }

    /// <summary>Several datagrams in one receive.</summary>
    [Scenario("UG-005", "UG-006", "UG-008")]
    public static void ReceiveTakesSeveral(HostProcess host)
    {
        foreach (AddressFamily family in Families)
        {
            (Socket sender, Socket receiver) = host.UdpPair(family);
            using (sender)
            using (receiver)
            {
                Expect.Equal(0, receiver.GetOption(IPPROTO_UDP, UDP_GRO));
                receiver.SetOption(IPPROTO_UDP, UDP_GRO, -3);
                Expect.Equal(1, receiver.GetOption(IPPROTO_UDP, UDP_GRO));
                sender.SetOption(IPPROTO_UDP, UDP_SEGMENT, 1000);
                byte[] data = Pattern(2500);
                sender.Send(data);
                byte[] memory = new byte[36];
                receiver.GetOption(SOL_SOCKET, SO_MEMINFO, memory);
                Expect.Equal(2500 + 832, BinaryPrimitives.ReadInt32LittleEndian(memory));
                Expect.Equal(2500, receiver.Available);
                ExpectJoined(receiver, data, 64, 2500, 1000, MessageFlags.None);
                sender.Send(data.AsSpan(0, 1000));
                ExpectJoined(receiver, data, 64, 1000, null, MessageFlags.None);
                sender.Send(data);
                ExpectJoined(receiver, data, 64, 2500, 1000, MessageFlags.MSG_TRUNC, room: 1500);
                sender.Send(data);
                ExpectJoined(receiver, data, 0, 2500, null, MessageFlags.MSG_CTRUNC);
                receiver.SetOption(IPPROTO_UDP, UDP_GRO, 0);
                sender.Send(data);
                ExpectDatagrams(receiver, data, 1000, 1000, 500);
            }
        }
    }

    /// <summary>Its place among the other control messages.</summary>
    [Scenario("UG-006")]
    public static void PlaceOfTheControlMessage(HostProcess host)
    {
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            receiver.SetOption(IPPROTO_UDP, UDP_GRO, 1);
            receiver.SetOption(IPPROTO_IP, IP_RECVTTL, 1);
            receiver.SetSocketLevel(SO_TIMESTAMP, 1);
            sender.SetOption(IPPROTO_UDP, UDP_SEGMENT, 100);
            sender.Send(new byte[250]);
            var message = new ReceiveMessage { Buffer = new byte[300], Control = new byte[200] };
            Expect.Equal(250, receiver.ReceiveMessage(ref message));
            var reader = new ControlMessageReader(message.Control[..message.ControlLength]);
            Expect.True(reader.MoveNext() && reader.Is(SOL_SOCKET, SO_TIMESTAMP));
            Expect.True(reader.MoveNext() && reader.Is(IPPROTO_UDP, UDP_GRO) && reader.Int32 == 100);
            Expect.True(reader.MoveNext() && reader.Is(IPPROTO_IP, IP_TTL));
            Expect.True(!reader.MoveNext());
        }
    }

    /// <summary>Held back first, cut then.</summary>
    [Scenario("UG-007")]
    public static void CorkedSegments(HostProcess host)
    {
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            byte[] data = Pattern(300);
            sender.SetOption(IPPROTO_UDP, UDP_SEGMENT, 100);
            sender.SetOption(IPPROTO_UDP, UDP_CORK, 1);
            Expect.Equal(150, sender.Send(data.AsSpan(0, 150)));
            sender.SetOption(IPPROTO_UDP, UDP_SEGMENT, 400);
            Expect.Equal(150, sender.Send(data.AsSpan(150)));
            receiver.ExpectEmpty();
            sender.SetOption(IPPROTO_UDP, UDP_CORK, 0);
            ExpectDatagrams(receiver, data, 100, 100, 100);
            sender.SetOption(IPPROTO_UDP, UDP_SEGMENT, 100);
            Expect.Equal(10000, sender.Send(new byte[10000], MessageFlags.MSG_MORE));
            Expect.Throws(Errno.EINVAL, () => sender.Send(new byte[10000]));
            sender.SetOption(IPPROTO_UDP, UDP_CORK, 1);
            sender.Send(new byte[10000]);
            sender.Send(new byte[10000]);
            sender.SetOption(IPPROTO_UDP, UDP_CORK, 0);
            receiver.ExpectEmpty();
        }
    }

    /// <summary>Over a link.</summary>
    [Scenario("UG-009")]
    public static void OverALink(HostProcess near, HostProcess far)
    {
        foreach (string address in (string[])["10.0.0.2", "fd00::2"])
        {
            AddressFamily family = address.Contains(':', StringComparison.Ordinal) ? AddressFamily.Inet6 : AddressFamily.Inet;
            using Socket receiver = far.Udp(family), sender = near.Udp(family);
            receiver.Bind(new InetAddress(address, 0));
            receiver.LimitReceive(TimeSpan.FromSeconds(5));
            sender.Connect(receiver.LocalAddress);
            sender.SetOption(IPPROTO_UDP, UDP_SEGMENT, 1200);
            byte[] data = Pattern(5000);
            sender.Send(data);
            byte[] buffer = new byte[6000];
            for (int at = 0; at < 5000; at += 1200)
            {
                int length = Math.Min(1200, 5000 - at);
                Expect.Equal(length, receiver.Receive(buffer));
                Expect.Bytes(data.AsSpan(at, length), buffer.AsSpan(0, length));
            }
            receiver.SetOption(IPPROTO_UDP, UDP_GRO, 1);
            sender.Send(data);
            Expect.Equal(PollEvents.POLLIN, receiver.Poll(PollEvents.POLLIN, TimeSpan.FromSeconds(5)));
            ExpectJoined(receiver, data, 64, 5000, 1200, MessageFlags.None);
        }
    }

    /// <summary>Bytes that tell their place.</summary>
    private static byte[] Pattern(int length)
    {
        byte[] data = new byte[length];
        for (int i = 0; i < length; i++) data[i] = (byte)(i * 7 + i / 251);
        return data;
    }

    private static CallResult SendWith(Socket sender, byte[] data, int type, ReadOnlySpan<byte> value)
    {
        var writer = new ControlMessageWriter(stackalloc byte[32]);
        writer.TryAdd(IPPROTO_UDP, type, value);
        return sender.System.SendMsg(sender.Descriptor, new SendMessage { Buffer = data, Control = writer.Written }, MessageFlags.None);
    }

    /// <summary>These datagrams are there, one behind the other in the data, and no more.</summary>
    private static void ExpectDatagrams(Socket receiver, byte[] data, params int[] lengths)
    {
        byte[] buffer = new byte[data.Length + 1];
        int at = 0;
        foreach (int length in lengths)
        {
            Expect.Equal(length, receiver.Receive(buffer));
            Expect.Bytes(data.AsSpan(at, length), buffer.AsSpan(0, length));
            at += length;
        }
        receiver.ExpectEmpty();
    }

    private static void ExpectJoined(Socket receiver, byte[] data, int controlRoom, int length, int? size, MessageFlags flags, int room = 8000)
    {
        byte[] buffer = new byte[room];
        var message = new ReceiveMessage { Buffer = buffer, Control = new byte[controlRoom] };
        int count = receiver.ReceiveMessage(ref message);
        Expect.Equal(Math.Min(length, room), count);
        Expect.Bytes(data.AsSpan(0, count), buffer.AsSpan(0, count));
        Expect.Equal(flags, message.Flags);
        var reader = new ControlMessageReader(message.Control[..message.ControlLength]);
        int? seen = reader.MoveNext() ? reader.Int32 : null;
        Expect.Equal(size, seen);
        receiver.ExpectEmpty();
    }
}
