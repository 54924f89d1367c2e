using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>The error queue of a datagram socket, byte for byte (ip(7), IP_RECVERR).</summary>
public sealed class ErrorQueueTests
{
    private const int PortUnreachable = 3, HostUnreachable = 1, FragmentationNeeded = 4;
    private static readonly InetAddress Closed = new("10.0.0.2", 9);

    private readonly PeerHost _net = new();
    private readonly byte[] _data = new byte[100], _control = new byte[64], _address = new byte[16];

    [Fact]
    public void An_entry_holds_the_datagram_its_destination_the_error_and_who_reported_it()
    {
        using Socket socket = Udp();
        socket.SendTo("hello"u8, Closed);
        _net.Network.Pass(TimeSpan.FromMilliseconds(40));
        socket.Poll(PollEvents.POLLIN | PollEvents.POLLOUT, TimeSpan.Zero).ShouldBe(PollEvents.POLLOUT);
        _net.SendError(type: 3, code: PortUnreachable);
        socket.Poll(PollEvents.POLLIN, TimeSpan.Zero).ShouldBe(PollEvents.POLLERR);

        (int count, MessageFlags flags, byte[] control) = Take(socket);
        _data[..count].ShouldBe("hello"u8.ToArray());
        _address.ShouldBe(PeerHost.Bytes("0200 0009 0A000002 0000000000000000"));
        flags.ShouldBe(MessageFlags.MSG_ERRQUEUE);
        control.ShouldBe(PeerHost.Bytes(
            "3000000000000000 00000000 0B000000" + // cmsg_len 48, IPPROTO_IP, IP_RECVERR
            "6F000000 02 03 03 00 00000000 00000000" + // ECONNREFUSED from ICMP, port unreachable
            "0200 0000 0A000002 0000000000000000")); // the offender
        TwoHosts.ErrnoOf(() => Take(socket)).ShouldBe(Errno.EAGAIN);
        socket.Poll(PollEvents.POLLIN, TimeSpan.Zero).ShouldBe(PollEvents.None);
    }

    [Fact]
    public void Entries_keep_their_order_and_the_pending_error_follows_the_queue()
    {
        using Socket socket = Udp();
        socket.SendTo("first"u8, Closed);
        _net.SendError(type: 3, code: HostUnreachable);
        Error(socket).ShouldBe(Errno.EHOSTUNREACH);
        socket.SendTo("second"u8, Closed);
        _net.SendError(type: 3, code: PortUnreachable);
        Take(socket).Count.ShouldBe(5);
        Error(socket).ShouldBe(Errno.ECONNREFUSED);
        Error(socket).ShouldBe(Errno.None);
        socket.Poll(PollEvents.POLLIN, TimeSpan.Zero).ShouldBe(PollEvents.POLLERR);
        Take(socket).Count.ShouldBe(6);
        socket.Poll(PollEvents.POLLIN, TimeSpan.Zero).ShouldBe(PollEvents.None);
    }

    [Fact]
    public void A_path_that_is_too_narrow_is_told_with_its_MTU()
    {
        using Socket socket = Udp();
        socket.SetOption(SocketLevel.IPPROTO_IP, SocketOptionName.IP_MTU_DISCOVER, (int)PathMtuMode.Do);
        socket.SendTo(new byte[1400], Closed);
        _net.SendError(type: 3, code: FragmentationNeeded, info: 1400);
        (int count, MessageFlags flags, byte[] control) = Take(socket);
        count.ShouldBe(100);
        flags.ShouldBe(MessageFlags.MSG_ERRQUEUE | MessageFlags.MSG_TRUNC);
        control[16..32].ShouldBe(PeerHost.Bytes("5A000000 02 03 04 00 78050000 00000000"));
    }

    [Fact]
    public void A_datagram_that_never_left_has_an_entry_without_an_offender()
    {
        using Socket socket = Udp();
        socket.SetOption(SocketLevel.IPPROTO_IP, SocketOptionName.IP_MTU_DISCOVER, (int)PathMtuMode.Do);
        TwoHosts.ErrnoOf(() => socket.SendTo(new byte[1473], Closed)).ShouldBe(Errno.EMSGSIZE);
        _net.Peer.Received.ShouldBeEmpty();
        (int count, _, byte[] control) = Take(socket);
        count.ShouldBe(0);
        control[16..].ShouldBe(PeerHost.Bytes("5A000000 01 00 00 00 DC050000 00000000 00000000000000000000000000000000"));
        // The port is the peer's, which this socket has none of (CM-005).
        _address.ShouldBe(PeerHost.Bytes("0200 0000 0A000002 0000000000000000"));
    }

    [Fact]
    public void Switching_the_option_off_empties_the_queue()
    {
        using Socket socket = Udp();
        socket.SendTo("x"u8, Closed);
        _net.SendError(type: 3, code: PortUnreachable);
        socket.SetOption(SocketLevel.IPPROTO_IP, SocketOptionName.IP_RECVERR, 0);
        TwoHosts.ErrnoOf(() => Take(socket)).ShouldBe(Errno.EAGAIN);
    }

    [Fact]
    public void Without_the_option_an_unconnected_socket_hears_nothing()
    {
        using Socket socket = Udp();
        socket.SetOption(SocketLevel.IPPROTO_IP, SocketOptionName.IP_RECVERR, 0);
        socket.SendTo("x"u8, Closed);
        _net.SendError(type: 3, code: PortUnreachable);
        Error(socket).ShouldBe(Errno.None);
        TwoHosts.ErrnoOf(() => Take(socket)).ShouldBe(Errno.EAGAIN);
    }

    private static Errno Error(Socket socket) => (Errno)socket.GetOption(SocketLevel.SOL_SOCKET, SocketOptionName.SO_ERROR);

    private Socket Udp()
    {
        Socket socket = TwoHosts.Bound(_net.System, InetAddress.AnyIPv4(5000));
        socket.SetOption(SocketLevel.IPPROTO_IP, SocketOptionName.IP_RECVERR, 1);
        return socket;
    }

    private (int Count, MessageFlags Flags, byte[] Control) Take(Socket socket)
    {
        var message = new ReceiveMessage { Buffer = _data, Control = _control, Address = _address };
        int count = socket.ReceiveMessage(ref message, MessageFlags.MSG_ERRQUEUE);
        return (count, message.Flags, _control[..message.ControlLength]);
    }
}
