using System.Buffers.Binary;
using System.Text;
using Slipway.Sockets;
using static Slipway.Sockets.SocketLevel;

namespace Slipway.Conformance;

/// <summary>What scenarios of packet sockets do over and over: open them on a device, put frames together, read what was seen.</summary>
public static class PacketSockets
{
    /// <summary>Bytes of an Ethernet header.</summary>
    public const int HeaderLength = 14;

    /// <summary>An EtherType for experiments (IEEE 802, "Local Experimental Ethertype 1"): nobody else sends it.</summary>
    public const ushort Experiment = 0x88B5;

    /// <summary>The index of the loopback.</summary>
    public const int Loopback = 1;

    /// <summary>Addresses of Ethernet: none, all, a group, and a host that is not there.</summary>
    public static ReadOnlySpan<byte> Nobody => [0, 0, 0, 0, 0, 0];

    /// <summary>ff:ff:ff:ff:ff:ff.</summary>
    public static ReadOnlySpan<byte> Everybody => [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];

    /// <summary>A group's address.</summary>
    public static ReadOnlySpan<byte> Group => [1, 0, 0x5E, 0, 0, 0x55];

    /// <summary>The address of a host that is not there.</summary>
    public static ReadOnlySpan<byte> Stranger => [2, 0, 0, 0, 0, 0x99];

    /// <summary>A packet socket that is not bound; of protocol 0 it sees nothing.</summary>
    public static Socket Packet(this HostProcess host, SocketType type = SocketType.Raw, ushort protocol = 0)
    {
        var socket = new Socket(host.Sockets, Expect.Success(host.Sockets.Socket(AddressFamily.Packet, type, BinaryPrimitives.ReverseEndianness(protocol))));
        socket.LimitReceive(TimeSpan.FromSeconds(2));
        return socket;
    }

    /// <summary>A packet socket bound to an interface and a protocol, with a filter from the first if one is given.</summary>
    public static Socket PacketOn(this HostProcess host, int index, ushort protocol = Experiment, SocketType type = SocketType.Raw, string? filter = null)
    {
        Socket socket = host.Packet(type);
        if (filter is not null) socket.AttachFilter(ClassicFilter.Assemble(filter));
        socket.Bind(new LinkLayerAddress(index, protocol));
        return socket;
    }

    /// <summary>The index of the interface that is not the loopback.</summary>
    public static int Link(this HostProcess host) => host.Sockets.GetInterfaces().Single(static device => !device.IsLoopback && device.IsUp).Index;

    /// <summary>The Ethernet address of an interface.</summary>
    public static byte[] LinkAddress(this HostProcess host, int index)
    {
        using Socket socket = host.PacketOn(index);
        byte[] address = new byte[6];
        Expect.Equal(6, socket.LocalLinkAddress.CopyAddress(address));
        return address;
    }

    /// <summary>A frame with a text in it.</summary>
    public static byte[] Frame(ReadOnlySpan<byte> to, ushort type, string text, ReadOnlySpan<byte> from = default) => Frame(to, type, Encoding.ASCII.GetBytes(text), from);

    /// <summary>A frame.</summary>
    public static byte[] Frame(ReadOnlySpan<byte> to, ushort type, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> from = default)
        => [.. to, .. from.IsEmpty ? Nobody : from, (byte)(type >> 8), (byte)type, .. payload];

    /// <summary>A text up to a NUL.</summary>
    public static string Text(ReadOnlySpan<byte> bytes)
    {
        int end = bytes.IndexOf((byte)0);
        return Encoding.ASCII.GetString(end < 0 ? bytes : bytes[..end]);
    }

    /// <summary>sendto as a result.</summary>
    public static CallResult TrySendTo(this Socket socket, ReadOnlySpan<byte> data, LinkLayerAddress to, int addressLength = LinkLayerAddress.StructureLength)
    {
        Span<byte> bytes = stackalloc byte[64];
        bytes.Clear();
        to.Write(bytes);
        return socket.System.SendTo(socket.Descriptor, data, MessageFlags.None, bytes[..addressLength]);
    }

    /// <summary>bind as a result.</summary>
    public static Errno TryBind(this Socket socket, LinkLayerAddress address)
    {
        Span<byte> bytes = stackalloc byte[LinkLayerAddress.StructureLength];
        address.Write(bytes);
        return socket.System.Bind(socket.Descriptor, bytes);
    }

    /// <summary>recvmsg with all that comes along.</summary>
    public static PacketReceipt ReceiveFrame(this Socket socket, int room = 70_000, MessageFlags flags = MessageFlags.None)
    {
        byte[] data = new byte[room];
        var message = new ReceiveMessage { Buffer = data, Address = new byte[64], Control = new byte[256] };
        int length = Expect.Success(socket.System.RecvMsg(socket.Descriptor, ref message, flags), "recvmsg");
        Expect.True(LinkLayerAddress.TryRead(message.Address[..message.AddressLength], out LinkLayerAddress from));
        var receipt = new PacketReceipt { Data = data[..Math.Min(length, room)], Length = length, From = from, Flags = message.Flags };
        var reader = new ControlMessageReader(message.Control[..message.ControlLength]);
        while (reader.MoveNext())
        {
            if (reader.Is(SOL_PACKET, SocketOptionName.PACKET_AUXDATA) && PacketAuxiliaryData.TryRead(reader.Data, out PacketAuxiliaryData auxiliary)) receipt.Auxiliary = auxiliary;
            else if (reader.Is(SOL_SOCKET, SocketOptionName.SO_RXQ_OVFL)) receipt.Lost = reader.Int32;
        }
        return receipt;
    }

    /// <summary>The texts of all frames that wait.</summary>
    public static string TakeTexts(this Socket socket)
    {
        var texts = new List<string>();
        byte[] buffer = new byte[2048];
        while (socket.TryReceive(buffer) is { Succeeded: true } received) texts.Add(Text(buffer.AsSpan(HeaderLength, received.Value - HeaderLength)));
        return string.Join(' ', texts);
    }

    /// <summary>setsockopt of bytes at SOL_PACKET, as a result.</summary>
    public static Errno TrySetPacket(this Socket socket, int name, ReadOnlySpan<byte> value) => socket.System.SetSockOpt(socket.Descriptor, SOL_PACKET, name, value);

    /// <summary>An IPv4 packet with a payload and a right header checksum.</summary>
    public static byte[] IPv4(byte protocol, InetAddress from, InetAddress to, ReadOnlySpan<byte> payload, ushort fragment = 0, ushort identification = 0)
    {
        byte[] packet = new byte[20 + payload.Length];
        packet[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), identification);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(6), fragment);
        packet[8] = 64;
        packet[9] = protocol;
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(12), from.IPv4Bits);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(16), to.IPv4Bits);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), (ushort)~PingSockets.Sum(packet.AsSpan(0, 20)));
        payload.CopyTo(packet.AsSpan(20));
        return packet;
    }

    /// <summary>A UDP datagram from and to the loopback address of IPv6, in its IP packet.</summary>
    public static byte[] UdpOnLoopback6(ushort to, ReadOnlySpan<byte> data)
    {
        byte[] address = [.. new byte[15], 1], udp = Udp(7, to, data);
        byte[] pseudo = [.. address, .. address, 0, 0, (byte)(udp.Length >> 8), (byte)udp.Length, 0, 0, 0, 17, .. udp, .. new byte[udp.Length & 1]];
        BinaryPrimitives.WriteUInt16BigEndian(udp.AsSpan(6), (ushort)~PingSockets.Sum(pseudo));
        return [0x60, 0, 0, 0, (byte)(udp.Length >> 8), (byte)udp.Length, 17, 64, .. address, .. address, .. udp];
    }

    /// <summary>A UDP datagram without a checksum.</summary>
    public static byte[] Udp(ushort from, ushort to, ReadOnlySpan<byte> data)
    {
        byte[] datagram = new byte[8 + data.Length];
        BinaryPrimitives.WriteUInt16BigEndian(datagram, from);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(2), to);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(4), (ushort)datagram.Length);
        data.CopyTo(datagram.AsSpan(8));
        return datagram;
    }
}
