using System.Buffers.Binary;
using System.Text;
using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>What scenarios do over and over: open a socket, bind it to loopback, send a text, read what is there without waiting.</summary>
public static class ScenarioSockets
{
    /// <summary>A datagram socket of the family.</summary>
    public static Socket Udp(this HostProcess host, AddressFamily family = AddressFamily.Inet)
        => host.Sockets.Open(family, SocketType.Datagram);

    /// <summary>A datagram socket bound to the family's loopback address and a port that the system picks.</summary>
    public static Socket UdpOnLoopback(this HostProcess host, AddressFamily family = AddressFamily.Inet)
    {
        Socket socket = host.Udp(family);
        socket.Bind(Loopback(family));
        return socket;
    }

    /// <summary>Two datagram sockets on loopback that are connected to each other.</summary>
    public static (Socket First, Socket Second) UdpPair(this HostProcess host, AddressFamily family = AddressFamily.Inet)
    {
        Socket first = host.UdpOnLoopback(family), second = host.UdpOnLoopback(family);
        first.Connect(second.LocalAddress);
        second.Connect(first.LocalAddress);
        return (first, second);
    }

    /// <summary>The family's loopback address.</summary>
    public static InetAddress Loopback(AddressFamily family, ushort port = 0)
        => family == AddressFamily.Inet ? InetAddress.LoopbackIPv4(port) : InetAddress.LoopbackIPv6(port);

    /// <summary>The sockaddr of an address.</summary>
    public static byte[] ToSockAddr(this InetAddress address)
    {
        byte[] bytes = new byte[InetAddress.IPv6StructureLength];
        return bytes[..address.Write(bytes)];
    }

    /// <summary>Sends a text in ASCII.</summary>
    public static int SendText(this Socket socket, string text, MessageFlags flags = MessageFlags.None)
        => socket.Send(Encoding.ASCII.GetBytes(text), flags);

    /// <summary>Sends a text in ASCII to an address.</summary>
    public static int SendTextTo(this Socket socket, string text, InetAddress to, MessageFlags flags = MessageFlags.None)
        => socket.SendTo(Encoding.ASCII.GetBytes(text), to, flags);

    /// <summary>Waits for data and gives it as text.</summary>
    public static string ReceiveText(this Socket socket, int room = 2048, MessageFlags flags = MessageFlags.None)
    {
        byte[] buffer = new byte[room];
        int count = socket.Receive(buffer, flags);
        return Encoding.ASCII.GetString(buffer, 0, Math.Min(count, room));
    }

    /// <summary>recv with MSG_DONTWAIT.</summary>
    public static CallResult TryReceive(this Socket socket, Span<byte> buffer, MessageFlags flags = MessageFlags.None)
    {
        int none = 0;
        return socket.System.RecvFrom(socket.Descriptor, buffer, flags | MessageFlags.MSG_DONTWAIT, default, ref none);
    }

    /// <summary>There is nothing to read now.</summary>
    public static void ExpectEmpty(this Socket socket) => Expect.Fails(Errno.EAGAIN, socket.TryReceive(stackalloc byte[1]));

    /// <summary>What poll reports at once.</summary>
    public static PollEvents PollNow(this Socket socket, PollEvents events)
    {
        var entries = new PollEntry[] { new(socket.Descriptor, events) };
        Expect.Success(socket.System.Poll(entries, 0));
        return entries[0].Returned;
    }

    /// <summary>fcntl by descriptor.</summary>
    public static CallResult TryFcntl(this Socket socket, int command, int argument = 0)
        => socket.System.Fcntl(socket.Descriptor, command, argument);

    /// <summary>setsockopt of an int, as a result.</summary>
    public static Errno TrySet(this Socket socket, int level, int name, int value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return socket.System.SetSockOpt(socket.Descriptor, level, name, bytes);
    }

    /// <summary>setsockopt of an int of SOL_SOCKET.</summary>
    public static void SetSocketLevel(this Socket socket, int name, int value) => socket.SetOption(SocketLevel.SOL_SOCKET, name, value);

    /// <summary>getsockopt of an int of SOL_SOCKET.</summary>
    public static int GetSocketLevel(this Socket socket, int name) => socket.GetOption(SocketLevel.SOL_SOCKET, name);

    /// <summary>getsockopt, as a result.</summary>
    public static CallResult TryGet(this Socket socket, int level, int name)
    {
        Span<byte> value = stackalloc byte[4];
        int length = 4;
        Errno error = socket.System.GetSockOpt(socket.Descriptor, level, name, value, ref length);
        return error == Errno.None ? BinaryPrimitives.ReadInt32LittleEndian(value) : error;
    }

    /// <summary>A blocked receive gives up after so long (SO_RCVTIMEO), so that a scenario that fails ends.</summary>
    public static void LimitReceive(this Socket socket, TimeSpan limit)
    {
        Span<byte> value = stackalloc byte[16];
        BinaryPrimitives.WriteInt64LittleEndian(value, (long)limit.TotalSeconds);
        BinaryPrimitives.WriteInt64LittleEndian(value[8..], limit.Ticks % TimeSpan.TicksPerSecond / 10);
        socket.SetOption(SocketLevel.SOL_SOCKET, SocketOptionName.SO_RCVTIMEO, value);
    }

    /// <summary>Another descriptor of the socket that listens at an address of IPv4: a program keeps its own to itself.</summary>
    /// <exception cref="ExpectationException">None does.</exception>
    public static Socket FindListener(this HostProcess host, InetAddress address)
    {
        const int MostDescriptors = 1024;
        for (int descriptor = 0; descriptor < MostDescriptors; descriptor++)
        {
            var candidate = new Socket(host.Sockets, descriptor);
            bool listens = candidate.TryGet(SocketLevel.SOL_SOCKET, SocketOptionName.SO_DOMAIN) == (int)AddressFamily.Inet
                && candidate.TryGet(SocketLevel.SOL_SOCKET, SocketOptionName.SO_ACCEPTCONN) == 1;
            if (listens && candidate.LocalAddress == address) return candidate.Duplicate();
        }
        throw new ExpectationException($"nothing listens at {address}");
    }
}
