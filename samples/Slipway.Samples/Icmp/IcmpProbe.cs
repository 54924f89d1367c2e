using System.Buffers.Binary;
using Slipway.Sockets;

namespace Slipway.Samples;

/// <summary>A raw socket of ICMP or ICMPv6 that sends echo requests and hears what is said of probes: replies and errors, nothing else.</summary>
internal sealed class IcmpProbe : IDisposable
{
    private const int Header = 8, Longest = 65536, ControlRoom = 64;

    private readonly bool _isIPv4;
    private readonly byte[] _buffer = new byte[Longest];

    /// <summary>Opens it.</summary>
    /// <exception cref="SocketCallException">EPERM without CAP_NET_RAW.</exception>
    public IcmpProbe(SocketSystem system, AddressFamily family)
    {
        _isIPv4 = family == AddressFamily.Inet;
        Socket = system.Open(family, SocketType.Raw, _isIPv4 ? IpProtocol.Icmp : IpProtocol.IcmpV6);
        if (_isIPv4)
        {
            Socket.SetOption(SocketOptions.IcmpFilter, IcmpFilter.BlockAll
                .Pass(IcmpNews.EchoReply4).Pass(IcmpNews.Unreachable4).Pass(IcmpNews.TimeExceeded4).Pass(IcmpNews.ParameterProblem4));
            return;
        }
        Socket.SetOption(SocketOptions.Icmp6Filter, Icmp6Filter.BlockAll
            .Pass(IcmpNews.EchoReply6).Pass(IcmpNews.Unreachable6).Pass(IcmpNews.TooBig6).Pass(IcmpNews.TimeExceeded6).Pass(IcmpNews.ParameterProblem6));
        Socket.SetOption(SocketOptions.IPv6ReceiveHopLimit, true);
    }

    public Socket Socket { get; }

    /// <summary>Time to live, or hop limit, of what is sent.</summary>
    public static void SetTtl(Socket socket, bool isIPv4, int hops)
    {
        if (isIPv4) socket.SetOption(SocketOptions.IPv4Ttl, hops);
        else socket.SetOption(SocketOptions.IPv6UnicastHops, hops);
    }

    /// <summary>Sends an echo request with so many bytes of data.</summary>
    /// <exception cref="SocketCallException">What sendto says: ENETUNREACH without a route, EMSGSIZE for more than a packet holds.</exception>
    public void SendEcho(InetAddress to, ushort identifier, ushort sequence, int size)
    {
        byte[] message = new byte[Header + size];
        message[0] = _isIPv4 ? IcmpNews.EchoRequest4 : IcmpNews.EchoRequest6;
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(4), identifier);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(6), sequence);
        for (int i = 0; i < size; i++) message[Header + i] = (byte)i;
        // The kernel makes the checksum of ICMPv6, which covers addresses that a program does not know; that of ICMP is the program's.
        if (_isIPv4) BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), Checksum(message));
        Socket.SendTo(message, to.WithPort(0));
    }

    /// <summary>Waits for news.</summary>
    /// <param name="patience">How long at most.</param>
    /// <param name="from">Who sent them.</param>
    /// <param name="news">The news.</param>
    /// <returns>False: there were none in that time, or what came was something else.</returns>
    public bool TryReceive(TimeSpan patience, out InetAddress from, out IcmpNews news)
    {
        from = default;
        news = default;
        if (patience < TimeSpan.Zero) patience = TimeSpan.Zero;
        if ((Socket.Poll(PollEvents.POLLIN, patience) & PollEvents.POLLIN) == 0) return false;
        Span<byte> control = stackalloc byte[ControlRoom];
        Span<byte> address = stackalloc byte[InetAddress.IPv6StructureLength];
        var message = new ReceiveMessage { Buffer = _buffer, Address = address, Control = control };
        int length = Socket.ReceiveMessage(ref message);
        if (!InetAddress.TryRead(address, out from) || !IcmpNews.TryRead(_isIPv4, _buffer.AsSpan(0, length), out news)) return false;
        from = from.WithPort(0);
        var messages = new ControlMessageReader(control[..message.ControlLength]);
        while (messages.MoveNext())
        {
            if (messages.Is(SocketLevel.IPPROTO_IPV6, SocketOptionName.IPV6_HOPLIMIT)) news = news with { Ttl = messages.Int32 };
        }
        return true;
    }

    public void Dispose() => Socket.Dispose();

    /// <summary>The checksum of the internet (RFC 1071).</summary>
    private static ushort Checksum(ReadOnlySpan<byte> message)
    {
        uint sum = 0;
        for (int i = 0; i < message.Length; i++) sum += (uint)(message[i] << ((i & 1) == 0 ? 8 : 0));
        while (sum >> 16 != 0) sum = (sum & 0xFFFF) + (sum >> 16);
        return (ushort)~sum;
    }
}
