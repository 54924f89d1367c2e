using Slipway.Sockets;

namespace Slipway.Stack.Tests;

/// <summary>Segment scripts of urgent data (RFC 9293 §3.8.5, RFC 6093).</summary>
public sealed class UrgentScripts
{
    [Fact]
    public void The_pointer_of_what_is_sent_stands_behind_the_urgent_byte()
    {
        var s = new SegmentScript();
        using Socket socket = s.Accepted();
        SegmentScript.Write(socket, 1, 3, MessageFlags.MSG_OOB);
        s.Out("P.U 1:4 ack 1 urg 3");
        s.In(". 1:1 ack 4 win 512");
        SegmentScript.Write(socket, 4, 3);
        s.Out("P. 4:7 ack 1");
    }

    [Fact]
    public void A_closed_window_does_not_keep_the_news_of_urgent_data_back()
    {
        var s = new SegmentScript();
        using Socket socket = s.Accepted();
        s.In(". 1:1 ack 1 win 0");
        SegmentScript.Write(socket, 1, 3, MessageFlags.MSG_OOB);
        s.Await().ShouldBe(200, 1);
        s.Out(".U 1:1 ack 1 urg 3", ".U 0:0 ack 1 urg 4");
    }

    [Fact]
    public void The_urgent_byte_comes_out_of_the_stream_and_a_read_stops_at_the_mark()
    {
        var s = new SegmentScript();
        using Socket socket = s.Accepted();
        s.In("P.U 1:6 ack 1 win 512 urg 3 'abCde'");
        s.Out(". 1:1 ack 6");
        socket.Poll(Slipway.Sockets.PollEvents.POLLPRI, TimeSpan.Zero).ShouldBe(PollEvents.POLLPRI);
        byte[] buffer = new byte[10];
        socket.Receive(buffer).ShouldBe(2);
        socket.Receive(buffer, MessageFlags.MSG_OOB).ShouldBe(1);
        buffer[0].ShouldBe((byte)'C');
        socket.Receive(buffer).ShouldBe(2);
        buffer[..2].ShouldBe("de"u8.ToArray());
    }

    [Fact]
    public void Inline_it_stays_where_it_is()
    {
        var s = new SegmentScript();
        using Socket socket = s.Accepted();
        socket.SetOption(SocketLevel.SOL_SOCKET, SocketOptionName.SO_OOBINLINE, 1);
        s.In("P.U 1:6 ack 1 win 512 urg 3 'abCde'");
        s.Out(". 1:1 ack 6");
        byte[] buffer = new byte[10];
        socket.Receive(buffer).ShouldBe(2);
        byte[] mark = new byte[4];
        socket.Ioctl(IoControl.SIOCATMARK, mark);
        mark[0].ShouldBe((byte)1);
        socket.Receive(buffer).ShouldBe(3);
        buffer[..3].ShouldBe("Cde"u8.ToArray());
    }

    [Fact]
    public void The_notice_comes_before_the_byte_and_the_mark_moves_to_a_later_pointer()
    {
        var s = new SegmentScript();
        using Socket socket = s.Accepted();
        s.In("P.U 1:3 ack 1 win 512 urg 5 'ab'");
        s.Out(". 1:1 ack 3");
        byte[] buffer = new byte[10];
        SegmentScript.ErrnoOf(() => socket.Receive(buffer, MessageFlags.MSG_OOB)).ShouldBe(Errno.EAGAIN);
        // An older pointer changes nothing; a later one makes the first byte data again.
        s.In("P.U 3:4 ack 1 win 512 urg 1 'c'");
        s.Out(". 1:1 ack 4");
        s.In("P.U 4:8 ack 1 win 512 urg 4 'defg'");
        s.Out(". 1:1 ack 8");
        socket.Receive(buffer, MessageFlags.MSG_OOB).ShouldBe(1);
        buffer[0].ShouldBe((byte)'g');
        socket.Receive(buffer).ShouldBe(6);
        buffer[..6].ShouldBe("abcdef"u8.ToArray());
    }
}
