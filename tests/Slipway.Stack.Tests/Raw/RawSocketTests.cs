using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>Raw sockets and options that depend on the packet, byte for byte on the wire; what both systems show is in the scenarios.</summary>
public sealed class RawSocketTests
{
    /// <summary>Offset of the IP header in a frame.</summary>
    private const int Ip = 14;

    private static readonly InetAddress Final = new("192.0.2.1", 9);

    private readonly PeerHost _net = new();

    [Theory]
    [InlineData(SocketType.Raw, 253)]
    [InlineData(SocketType.Datagram, 0)]
    public void A_source_route_goes_to_its_first_hop_and_ends_with_the_destination(SocketType type, int protocol)
    {
        using Socket socket = _net.System.Open(AddressFamily.Inet, type, (IpProtocol)protocol);
        socket.SetOption(SocketLevel.IPPROTO_IP, SocketOptionName.IP_OPTIONS, PeerHost.Bytes("01 83 0B 04 0A000002 0A000303"));

        socket.SendTo("data"u8, Final);

        byte[] frame = _net.Peer.Received.ShouldHaveSingleItem();
        IpAddress.ReadIPv4(frame.AsSpan(Ip + 16)).ShouldBe(PeerHost.Peer4);
        frame[(Ip + 20)..(Ip + 32)].ShouldBe(PeerHost.Bytes("01 83 0B 04 0A000303 C0000201"));
        if (type != SocketType.Datagram) return;
        // The checksum covers the final destination (RFC 768 with RFC 1122 §4.1.3.4).
        byte[] datagram = frame[(Ip + 32)..];
        PartialSum.PseudoHeader(PeerHost.Own4, IpAddress.Parse("192.0.2.1"), IpProtocolNumber.Udp, datagram.Length).Add(datagram).IsValid.ShouldBeTrue();
    }

    [Fact]
    public void A_stream_goes_by_a_source_route_too()
    {
        using Socket socket = _net.System.Open(AddressFamily.Inet, SocketType.Stream);
        socket.NonBlocking = true;
        socket.SetOption(SocketLevel.IPPROTO_IP, SocketOptionName.IP_OPTIONS, PeerHost.Bytes("89 07 04 0A000002 00"));

        TwoHosts.ErrnoOf(() => socket.Connect(Final)).ShouldBe(Errno.EINPROGRESS);

        byte[] frame = _net.Peer.Received.ShouldHaveSingleItem();
        IpAddress.ReadIPv4(frame.AsSpan(Ip + 16)).ShouldBe(PeerHost.Peer4);
        frame[(Ip + 20)..(Ip + 28)].ShouldBe(PeerHost.Bytes("89 07 04 C0000201 00"));
        byte[] segment = frame[(Ip + 28)..];
        PartialSum.PseudoHeader(PeerHost.Own4, IpAddress.Parse("192.0.2.1"), IpProtocolNumber.Tcp, segment.Length).Add(segment).IsValid.ShouldBeTrue();
    }

    [Fact]
    public void An_included_header_has_its_checksum_length_source_and_identification_filled_in()
    {
        using Socket socket = Raw((int)IpProtocol.Raw);
        byte[] packet = PeerHost.Bytes("45 04 0001 0000 0000 09 FD 1111 00000000 0A000002 616263");

        socket.SendTo(packet, new InetAddress("10.0.0.2", 0));

        byte[] sent = _net.TakeSent(Ip);
        BinaryPrimitives.ReadUInt16BigEndian(sent.AsSpan(2)).ShouldBe((ushort)23);
        IpAddress.ReadIPv4(sent.AsSpan(12)).ShouldBe(PeerHost.Own4);
        InternetChecksum.Compute(sent.AsSpan(0, 20)).ShouldBe((ushort)0);
        sent[20..23].ShouldBe("abc"u8.ToArray());
        packet[2..4].ShouldBe(PeerHost.Bytes("0001"), "the program's bytes stay as they were");
    }

    [Fact]
    public void Included_packets_are_cut_to_the_path_unless_they_forbid_it_and_then_the_host_tells_itself()
    {
        using Socket socket = Raw((int)IpProtocol.Raw), icmp = Raw((int)IpProtocol.Icmp);
        Connected("10.0.0.2").Dispose();
        _net.SendError(type: 3, code: 4, info: 1000);
        _net.Peer.Received.Clear();
        while (icmp.Poll(PollEvents.POLLIN, TimeSpan.Zero) != PollEvents.None) icmp.Receive(new byte[2000]);
        byte[] packet = new byte[1200];
        PeerHost.Bytes("45 00 0000 4242 0000 09 FD 0000 00000000 0A000002").CopyTo(packet, 0);
        var peer = new InetAddress("10.0.0.2", 0);

        socket.SendTo(packet, peer);

        _net.Peer.Received.Count.ShouldBe(2);
        _net.Peer.Received.ShouldAllBe(static frame => frame.Length <= Ip + 1000);
        _net.Peer.Received.Clear();
        packet[6] = 0x40;
        TwoHosts.ErrnoOf(() => socket.SendTo(packet, peer)).ShouldBe(Errno.EMSGSIZE);
        _net.Peer.Received.ShouldBeEmpty();
        byte[] told = new byte[2000];
        icmp.Receive(told).ShouldBeGreaterThan(28);
        told[20..28].ShouldBe([3, 4, told[22], told[23], 0, 0, 0x03, 0xE8]);
    }

    [Theory]
    [InlineData(0, false)] // IP_PMTUDISC_DONT
    [InlineData(1, true)]
    [InlineData(2, true)]
    public void A_path_MTU_is_an_error_of_a_connected_socket_that_cares_for_it(int mode, bool isError)
    {
        using Socket socket = Connected("10.0.0.2", mode);

        _net.SendError(type: 3, code: 4, info: 1000);

        socket.GetOption(SocketLevel.SOL_SOCKET, SocketOptionName.SO_ERROR).ShouldBe(isError ? (int)Errno.EMSGSIZE : 0);
    }

    [Fact]
    public void Hints_reach_only_who_asked_for_the_error_queue()
    {
        using Socket quiet = Connected("10.0.0.2"), asking = Connected("10.0.0.2");
        asking.SetOption(SocketLevel.IPPROTO_IP, SocketOptionName.IP_RECVERR, 1);

        _net.SendError(type: 11, code: 0);

        quiet.GetOption(SocketLevel.SOL_SOCKET, SocketOptionName.SO_ERROR).ShouldBe(0);
        asking.GetOption(SocketLevel.SOL_SOCKET, SocketOptionName.SO_ERROR).ShouldBe((int)Errno.EHOSTUNREACH);
    }

    [Fact]
    public void Sending_and_receiving_allocate_nothing()
    {
        using Socket sender = Raw(253), receiver = Raw(253);
        byte[] data = new byte[64], buffer = new byte[100];
        var self = new InetAddress("127.0.0.1", 0);
        Turn();

        Allocations.Of(Turn).ShouldBe(0);

        void Turn()
        {
            for (int i = 0; i < 100; i++)
            {
                sender.SendTo(data, self);
                receiver.Receive(buffer);
                sender.Receive(buffer);
            }
        }
    }

    private Socket Raw(int protocol) => _net.System.Open(AddressFamily.Inet, SocketType.Raw, (IpProtocol)protocol);

    /// <summary>A connected socket that has sent eight bytes.</summary>
    private Socket Connected(string address, int pathMtuMode = 1)
    {
        Socket socket = Raw(253);
        socket.SetOption(SocketLevel.IPPROTO_IP, SocketOptionName.IP_MTU_DISCOVER, pathMtuMode);
        socket.Connect(new InetAddress(address, 0));
        socket.Send(new byte[8]);
        return socket;
    }
}
