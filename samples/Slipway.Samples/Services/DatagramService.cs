using Slipway.Sockets;

namespace Slipway.Samples;

/// <summary>A service of the old internet over UDP: answers each datagram, from the address that it was sent to, over IPv4 and IPv6.</summary>
public abstract class DatagramService
{
    private const int LongestDatagram = 65535;

    // An answer to another such service would be answered again, for ever (CERT CA-1996-01).
    private static readonly ushort[] ServicesThatAnswer = [7, 13, 17, 19, 37];

    /// <summary>The name in /etc/services.</summary>
    public abstract string Name { get; }

    /// <summary>The port that the service is known by.</summary>
    public abstract ushort Port { get; }

    public void Main(HostProcess process) => Serve(process, static () => { });

    /// <summary>Serves until the process ends.</summary>
    /// <param name="process">The process.</param>
    /// <param name="ready">Called when the sockets are bound: what is sent from now on is answered.</param>
    public void Serve(HostProcess process, Action ready)
    {
        using Socket ipv4 = Open(process.Sockets, AddressFamily.Inet), ipv6 = Open(process.Sockets, AddressFamily.Inet6);
        ready();
        PollEntry[] entries = [new(ipv4.Descriptor, PollEvents.POLLIN), new(ipv6.Descriptor, PollEvents.POLLIN)];
        byte[] request = new byte[LongestDatagram], answer = new byte[LongestDatagram];
        while (true)
        {
            CallResult found = process.Sockets.Poll(entries, -1);
            if (!found.Succeeded && found.Error != Errno.EINTR) throw new SocketCallException(found.Error, "poll");
            if (entries[0].Returned != PollEvents.None) ServeOne(process, ipv4, request, answer);
            if (entries[1].Returned != PollEvents.None) ServeOne(process, ipv6, request, answer);
        }
    }

    /// <summary>Makes the answer to a datagram.</summary>
    /// <returns>Bytes of the answer; null for none.</returns>
    protected abstract int? Answer(HostProcess process, ReadOnlySpan<byte> request, Span<byte> answer);

    private Socket Open(SocketSystem sockets, AddressFamily family)
    {
        Socket socket = sockets.Open(family, SocketType.Datagram | SocketType.NonBlocking | SocketType.CloseOnExec);
        if (family == AddressFamily.Inet6)
        {
            socket.SetOption(SocketLevel.IPPROTO_IPV6, SocketOptionName.IPV6_V6ONLY, 1);
            socket.SetOption(SocketLevel.IPPROTO_IPV6, SocketOptionName.IPV6_RECVPKTINFO, 1);
            socket.Bind(new InetAddress("::", Port));
        }
        else
        {
            socket.SetOption(SocketLevel.IPPROTO_IP, SocketOptionName.IP_PKTINFO, 1);
            socket.Bind(new InetAddress("0.0.0.0", Port));
        }
        return socket;
    }

    private void ServeOne(HostProcess process, Socket socket, byte[] request, byte[] answer)
    {
        Span<byte> client = stackalloc byte[InetAddress.IPv6StructureLength], control = stackalloc byte[256];
        var received = new ReceiveMessage { Address = client, Buffer = request, Control = control };
        CallResult length = process.Sockets.RecvMsg(socket.Descriptor, ref received, MessageFlags.None);
        // What was announced may be gone (a bad checksum), and an error of an earlier answer concerns nobody here.
        if (!length.Succeeded || !InetAddress.TryRead(client[..received.AddressLength], out InetAddress from)) return;
        if (from.Port == 0 || ServicesThatAnswer.Contains(from.Port)) return;
        if (Answer(process, request.AsSpan(0, length.Value), answer) is not { } count) return;

        Span<byte> source = stackalloc byte[64];
        var reply = new SendMessage
        {
            Address = client[..received.AddressLength],
            Buffer = answer.AsSpan(0, count),
            Control = source[..AskedAddress(control[..received.ControlLength], source)],
        };
        process.Sockets.SendMsg(socket.Descriptor, reply, MessageFlags.None);
    }

    /// <summary>Turns the address that a datagram was sent to into the source of the answer.</summary>
    /// <returns>Bytes of the control message; 0 to leave the choice to the system.</returns>
    private static int AskedAddress(ReadOnlySpan<byte> control, Span<byte> source)
    {
        var messages = new ControlMessageReader(control);
        var writer = new ControlMessageWriter(source);
        while (messages.MoveNext())
        {
            if (messages.Is(SocketLevel.IPPROTO_IP, SocketOptionName.IP_PKTINFO))
                writer.TryAdd(new IPv4PacketInfo(0, messages.IPv4PacketInfo.Local, 0));
            else if (messages.Is(SocketLevel.IPPROTO_IPV6, SocketOptionName.IPV6_PKTINFO) && !IsMulticast(messages.Data))
                writer.TryAdd(messages.IPv6PacketInfo);
        }
        return writer.Length;
    }

    private static bool IsMulticast(ReadOnlySpan<byte> packetInfo) => packetInfo.Length == 0 || packetInfo[0] == 0xFF;
}
