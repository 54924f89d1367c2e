using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>Packets that are held back (TCP_TX_DELAY): all of a socket, by exactly so much, on every interface but the loopback.</summary>
public sealed class TransmitDelayScripts
{
    [Fact]
    public void All_that_a_client_sends_leaves_later()
    {
        var s = new SegmentScript();
        using Socket socket = s.Connect(static c => SetDelay(c, 20_000));
        s.Nothing();
        s.Await().ShouldBe(20);
        s.Take().Flags.ShouldBe(TcpFlags.Syn);
        s.In("S. 0:0 ack 1 win 65535 <mss 1460>");
        s.OutAfter(20, ". 1:1 ack 1");
        SegmentScript.Write(socket, 1, 100);
        s.OutAfter(20, "P. 1:101 ack 1");
        s.In("P. 1:11 ack 101");
        s.OutAfter(20, ". 101:101 ack 11");
        socket.SetOption(SocketOptions.Linger, new LingerOption(true, 0));
        socket.Dispose();
        s.State.ShouldBe(TcpState.Closed);
        s.OutAfter(20, "R. 101:101 ack 11");
    }

    [Fact]
    public void A_listener_holds_its_answers_back_and_its_connections_do_as_well()
    {
        var s = new SegmentScript();
        using Socket listener = s.Listen(configure: static l => SetDelay(l, 5000));
        s.In("S 0:0 win 65535 <mss 1460>");
        s.Await().ShouldBe(5);
        s.Take().Flags.ShouldBe(TcpFlags.Syn | TcpFlags.Ack);
        s.In(". 1:1 ack 77");
        s.OutAfter(5, "R 77:77");
        s.In(". 1:1 ack 1");
        Socket socket = listener.Accept();
        socket.Dispose();
        s.OutAfter(5, "F. 1:1 ack 1");
        s.In("F. 1:1 ack 2");
        s.State.ShouldBe(TcpState.TimeWait);
        s.OutAfter(5, ". 2:2 ack 2");
        s.After(1000);
        s.In("F. 1:1 ack 2");
        s.OutAfter(5, ". 2:2 ack 2");
    }

    [Fact]
    public void What_has_no_delay_any_more_goes_by_what_waits()
    {
        var s = new SegmentScript();
        using Socket socket = s.Connected("mss 1460");
        SetDelay(socket, 50_000);
        socket.SetOption(SocketLevel.IPPROTO_TCP, SocketOptionName.TCP_NODELAY, 1);
        SegmentScript.Write(socket, 1, 10);
        s.After(10);
        SetDelay(socket, 0);
        SegmentScript.Write(socket, 11, 10);
        s.Out("P. 11:21 ack 1");
        s.OutAfter(40, "P. 1:11 ack 1");
    }

    [Fact]
    public void Packets_of_one_moment_keep_their_order()
    {
        var s = new SegmentScript();
        using Socket socket = s.Connected("mss 1000", configure: static c => SetDelay(c, 0));
        SetDelay(socket, 7000);
        SegmentScript.Write(socket, 1, 3000);
        s.OutAfter(7, ". 1:1001 ack 1", ". 1001:2001 ack 1", "P. 2001:3001 ack 1");
    }

    [Fact]
    public void Beyond_ten_seconds_a_packet_is_dropped()
    {
        var s = new SegmentScript();
        using Socket socket = s.Connected("mss 1460");
        SetDelay(socket, 10_000_001);
        SegmentScript.Write(socket, 1, 10);
        s.After(9000);
        SetDelay(socket, 0);
        s.Await();
        s.Take().Payload.Length.ShouldBe(10);
    }

    [Fact]
    public void What_waits_for_an_interface_that_goes_down_is_lost()
    {
        var s = new SegmentScript();
        using Socket socket = s.Connected("mss 1460");
        SetDelay(socket, 50_000);
        SegmentScript.Write(socket, 1, 10);
        using (s.Loop.Enter())
        {
            s.Interface.Device.IsUp = false;
            s.Interface.Device.IsUp = true;
        }
        s.After(100);
    }

    [Fact]
    public void Stamps_tell_when_a_packet_came_to_the_queue_and_when_it_left()
    {
        var s = new SegmentScript();
        using Socket socket = s.Connected("mss 1460");
        SetDelay(socket, 30_000);
        const TimestampingFlags Flags = TimestampingFlags.SOF_TIMESTAMPING_SOFTWARE | TimestampingFlags.SOF_TIMESTAMPING_TX_SOFTWARE | TimestampingFlags.SOF_TIMESTAMPING_TX_SCHED
            | TimestampingFlags.SOF_TIMESTAMPING_OPT_TSONLY;
        socket.SetOption(SocketLevel.SOL_SOCKET, SocketOptionName.SO_TIMESTAMPING, (int)Flags);
        long written = s.Clock.UnixNanoseconds;
        SegmentScript.Write(socket, 1, 10);
        StampOf(socket).ShouldBe(written);
        SegmentScript.ErrnoOf(() => StampOf(socket)).ShouldBe(Errno.EAGAIN);
        s.OutAfter(30, "P. 1:11 ack 1");
        StampOf(socket).ShouldBe(written + 30_000_000);
    }

    private static long StampOf(Socket socket)
    {
        byte[] control = new byte[256];
        var message = new ReceiveMessage { Buffer = new byte[16], Control = control };
        socket.ReceiveMessage(ref message, MessageFlags.MSG_ERRQUEUE);
        var reader = new ControlMessageReader(control.AsSpan(0, message.ControlLength));
        reader.MoveNext().ShouldBeTrue();
        reader.Type.ShouldBe(SocketOptionName.SO_TIMESTAMPING);
        return BinaryPrimitives.ReadInt64LittleEndian(reader.Data) * StackClock.Second + BinaryPrimitives.ReadInt64LittleEndian(reader.Data[8..]);
    }

    private static void SetDelay(Socket socket, int microseconds) => socket.SetOption(SocketLevel.IPPROTO_TCP, SocketOptionName.TCP_TX_DELAY, microseconds);
}
