using System.Buffers.Binary;
using System.Text;
using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>What scenarios of raw sockets do over and over: open one, build a header, read a message with what came along.</summary>
public static class RawSockets
{
    /// <summary>Protocol numbers that nobody speaks (RFC 3692: for experiments), and one that is unassigned.</summary>
    public const int Experiment = 253, OtherExperiment = 254, Unspoken = 200;

    /// <summary>ICMP types (RFC 792, RFC 4443).</summary>
    public const byte EchoReply = 0, EchoRequest = 8, EchoRequest6 = 128, EchoReply6 = 129;

    /// <summary>A raw socket whose receive ends after two seconds.</summary>
    public static Socket Raw(this HostProcess host, int protocol = Experiment, AddressFamily family = AddressFamily.Inet)
    {
        Socket socket = host.Sockets.Open(family, SocketType.Raw, (IpProtocol)protocol);
        socket.LimitReceive(TimeSpan.FromSeconds(2));
        return socket;
    }

    /// <summary>A header of IPv4 with a checksum of 0x1111 and a total length of 1, and the data behind it.</summary>
    public static byte[] Header4(string source, string destination, string data, ushort identification = 0, int protocol = Experiment, bool dontFragment = false)
    {
        byte[] packet = [0x45, 4, 0, 1, 0, 0, dontFragment ? (byte)0x40 : (byte)0, 0, 9, (byte)protocol, 0x11, 0x11, .. Address(source), .. Address(destination), .. Encoding.ASCII.GetBytes(data)];
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), identification);
        return packet;
    }

    /// <summary>A header of IPv6 and the data behind it.</summary>
    public static byte[] Header6(string source, string destination, string data, int protocol = Experiment)
        => [0x60, 0, 0, 0, 0, (byte)data.Length, (byte)protocol, 33, .. Address(source), .. Address(destination), .. Encoding.ASCII.GetBytes(data)];

    /// <summary>An echo request with a right checksum and no data.</summary>
    public static byte[] Echo4 => [EchoRequest, 0, 0xF7, 0xFD, 0, 1, 0, 1];

    /// <summary>Receives a packet whole.</summary>
    public static byte[] ReceivePacket(this Socket socket, MessageFlags flags = MessageFlags.None)
    {
        byte[] buffer = new byte[70000];
        return buffer[..socket.Receive(buffer, flags)];
    }

    /// <summary>Receives a message, and gives its control messages of a level as text: type, equals sign, bytes in hexadecimal.</summary>
    public static (byte[] Data, string Messages) ReceiveWithMessages(this Socket socket, int level, MessageFlags flags = MessageFlags.None)
    {
        byte[] buffer = new byte[4096], control = new byte[4096];
        var message = new ReceiveMessage { Buffer = buffer, Control = control };
        int length = socket.ReceiveMessage(ref message, flags);
        var reader = new ControlMessageReader(control.AsSpan(0, message.ControlLength));
        var texts = new List<string>();
        while (reader.MoveNext())
        {
            if (reader.Level == level) texts.Add($"{reader.Type}={Convert.ToHexString(reader.Data)}");
        }
        return (buffer[..length], string.Join(' ', texts));
    }

    /// <summary>sendmsg of a text with control messages of IPv6, as a result.</summary>
    public static CallResult TrySendWith(this Socket socket, InetAddress to, string text, params (int Type, byte[] Data)[] messages)
    {
        byte[] control = new byte[4096];
        var writer = new ControlMessageWriter(control);
        foreach ((int type, byte[] data) in messages) Expect.True(writer.TryAdd(SocketLevel.IPPROTO_IPV6, type, data));
        var message = new SendMessage { Address = to.ToSockAddr(), Buffer = Encoding.ASCII.GetBytes(text), Control = control.AsSpan(0, writer.Length) };
        return socket.System.SendMsg(socket.Descriptor, message, MessageFlags.None);
    }

    /// <summary>sendto, as a result.</summary>
    public static CallResult TrySendTo(this Socket socket, ReadOnlySpan<byte> data, InetAddress to, MessageFlags flags = MessageFlags.None)
        => socket.System.SendTo(socket.Descriptor, data, flags, to.ToSockAddr());

    /// <summary>setsockopt with bytes, as a result.</summary>
    public static Errno TrySet(this Socket socket, int level, int name, ReadOnlySpan<byte> value) => socket.System.SetSockOpt(socket.Descriptor, level, name, value);

    /// <summary>getsockopt of bytes as hexadecimal text.</summary>
    public static string GetHex(this Socket socket, int level, int name, int room = 64)
    {
        byte[] value = new byte[room];
        return Convert.ToHexString(value.AsSpan(0, socket.GetOption(level, name, value)));
    }

    private static byte[] Address(string address)
    {
        byte[] bytes = new byte[16];
        return bytes[..new InetAddress(address, 0).WriteAddress(bytes)];
    }
}
