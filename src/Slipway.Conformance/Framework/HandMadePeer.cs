using System.Buffers.Binary;
using Slipway.Sockets;
using static Slipway.Conformance.PacketSockets;
using static Slipway.Sockets.EthernetProtocol;

namespace Slipway.Conformance;

/// <summary>A host that is not there: all that it says is put together here, and sent by a packet socket of the first host of two. It talks TCP without a stack, and so breaks what rules it likes.</summary>
public sealed class HandMadePeer : IDisposable
{
    /// <summary>Flags of TCP.</summary>
    public const byte Syn = 2, Ack = 16;

    private const ushort Port = 5001, Window = 65535;
    private const int TcpHeader = 20;

    private readonly Socket _socket;
    private readonly bool _isIPv4;
    private readonly byte[] _target, _here, _there;
    private readonly ushort _port;

    /// <summary>Comes up beside two hosts of a link, and makes itself known to the second.</summary>
    /// <param name="one">The host whose link it uses.</param>
    /// <param name="two">The host that it talks to.</param>
    /// <param name="family">By which protocol.</param>
    /// <param name="port">The port there.</param>
    public HandMadePeer(HostProcess one, HostProcess two, AddressFamily family, ushort port)
    {
        _isIPv4 = family == AddressFamily.Inet;
        _port = port;
        _target = two.LinkAddress(two.Link());
        byte[] network = _isIPv4 ? [10, 0, 0] : [0xFD, .. new byte[14]];
        (_here, _there) = ([.. network, 0x77], [.. network, 2]);
        _socket = one.PacketOn(one.Link(), _isIPv4 ? ETH_P_IP : ETH_P_IPV6);
        _socket.SetOption(SocketOptions.PacketVirtioHeader, true);
        Announce();
    }

    /// <summary>The next number that it sends.</summary>
    public uint Next { get; set; } = 1000;

    /// <summary>Sends a segment without options.</summary>
    public void Send(byte flags, uint acknowledgment, ReadOnlySpan<byte> data = default)
    {
        byte[] segment = new byte[TcpHeader + data.Length];
        BinaryPrimitives.WriteUInt16BigEndian(segment, Port);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(2), _port);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(4), Next);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(8), acknowledgment);
        segment[12] = TcpHeader / 4 << 4;
        segment[13] = flags;
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(14), Window);
        data.CopyTo(segment.AsSpan(TcpHeader));
        SendIp(6, segment, 16);
        Next += (uint)data.Length + ((flags & Syn) != 0 ? 1u : 0u);
    }

    /// <summary>The next segment that comes for it; null if none does in this time.</summary>
    public HandMadeSegment? Receive(TimeSpan patience)
    {
        byte[] buffer = new byte[70_000];
        while (_socket.Poll(PollEvents.POLLIN, patience) != PollEvents.None)
        {
            int length = _socket.Receive(buffer);
            if (Read(buffer.AsSpan(0, length)) is { } segment) return segment;
        }
        return null;
    }

    /// <summary>Shakes hands without any option.</summary>
    /// <returns>The number that the other side begins with, and its window.</returns>
    public HandMadeSegment Connect()
    {
        Send(Syn, 0);
        HandMadeSegment answer = Receive(TimeSpan.FromSeconds(2)) ?? throw new ExpectationException("nobody answers the SYN");
        Expect.Equal(Syn | Ack, (int)answer.Flags);
        Send(Ack, answer.Sequence + 1);
        return answer;
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private HandMadeSegment? Read(ReadOnlySpan<byte> bytes)
    {
        if (!VirtioNetHeader.TryRead(bytes, out VirtioNetHeader offload)) return null;
        ReadOnlySpan<byte> ip = bytes[(VirtioNetHeader.StructureLength + HeaderLength)..];
        int addresses = _isIPv4 ? 16 : 24, header = _isIPv4 ? 20 : 40;
        if (ip.Length < header + TcpHeader || ip[_isIPv4 ? 9 : 6] != 6 || !ip.Slice(addresses, _here.Length).SequenceEqual(_here)) return null;
        int length = _isIPv4 ? BinaryPrimitives.ReadUInt16BigEndian(ip[2..]) - header : BinaryPrimitives.ReadUInt16BigEndian(ip[4..]);
        ReadOnlySpan<byte> tcp = ip[header..];
        return new HandMadeSegment(tcp[13], BinaryPrimitives.ReadUInt32BigEndian(tcp[4..]), BinaryPrimitives.ReadUInt32BigEndian(tcp[8..]), BinaryPrimitives.ReadUInt16BigEndian(tcp[14..]),
            length - (tcp[12] >> 4) * 4, offload);
    }

    /// <summary>Asks for the other host's address, which so learns this one's (RFC 826; RFC 4861 §7.2.3).</summary>
    private void Announce()
    {
        if (_isIPv4)
        {
            SendFrame(ETH_P_ARP, [0, 1, 8, 0, 6, 4, 0, 1, .. Stranger, .. _here, .. Nobody, .. _there]);
            return;
        }
        byte[] solicitation = [135, 0, 0, 0, 0, 0, 0, 0, .. _there, 1, 1, .. Stranger];
        SendIp(58, solicitation, 2, hops: 255);
    }

    private void SendIp(byte protocol, byte[] upper, int checksumOffset, byte hops = 64)
    {
        byte[] pseudo = [.. _here, .. _there, 0, protocol, (byte)(upper.Length >> 8), (byte)upper.Length, .. upper, .. new byte[upper.Length & 1]];
        BinaryPrimitives.WriteUInt16BigEndian(upper.AsSpan(checksumOffset), (ushort)~PingSockets.Sum(pseudo));
        if (_isIPv4) SendFrame(ETH_P_IP, IPv4(protocol, Address(_here), Address(_there), upper));
        else SendFrame(ETH_P_IPV6, [0x60, 0, 0, 0, (byte)(upper.Length >> 8), (byte)upper.Length, protocol, hops, .. _here, .. _there, .. upper]);

        static InetAddress Address(byte[] bytes) => InetAddress.IPv4(BinaryPrimitives.ReadUInt32BigEndian(bytes), 0);
    }

    private void SendFrame(ushort type, ReadOnlySpan<byte> payload)
        => _socket.Send([.. new byte[VirtioNetHeader.StructureLength], .. Frame(_target, type, payload, Stranger)]);
}
