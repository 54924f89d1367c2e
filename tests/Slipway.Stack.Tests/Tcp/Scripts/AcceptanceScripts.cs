using Slipway.Sockets;

namespace Slipway.Stack.Tests;

/// <summary>Segment scripts of the checks that every segment of a synchronized connection passes: numbers, resets, SYNs, acknowledgments (RFC 9293 §3.10.7.4, RFC 5961), timestamps (RFC 7323).</summary>
public sealed class AcceptanceScripts
{
    private const string Stamped = "mss 1460,sackOK,TS val 1000 ecr 0,nop,wscale 7";

    [Fact]
    public void Data_before_the_window_are_acknowledged_again_and_told_as_duplicates()
    {
        var s = new SegmentScript();
        using Socket socket = s.Accepted();
        s.In("P. 1:11 ack 1 win 512");
        s.Out(". 1:1 ack 11");
        s.In("P. 1:11 ack 1 win 512");
        s.Out(". 1:1 ack 11 <nop,nop,sack 1:11>");
        s.In("P. -20:-10 ack 1 win 512");
        s.Out(". 1:1 ack 11 <nop,nop,sack -20:-10>");
        // Half old, half new: the new half counts.
        s.In("P. 6:21 ack 1 win 512");
        s.Out(". 1:1 ack 21 <nop,nop,sack 6:11>");
        SegmentScript.Read(socket, 1, 21);
    }

    [Fact]
    public void Segments_beyond_the_window_are_acknowledged_and_dropped()
    {
        var s = new SegmentScript();
        using Socket socket = s.Accepted();
        s.In("P. 64241:64251 ack 1 win 512");
        s.Out(". 1:1 ack 1");
        s.In("P. 2000000:2000010 ack 1 win 512");
        s.Out(". 1:1 ack 1");
        socket.Available.ShouldBe(0);
    }

    [Fact]
    public void Only_a_reset_with_the_next_number_is_believed_others_are_challenged()
    {
        var s = new SegmentScript();
        using Socket socket = s.Accepted();
        s.In("R 2:2 win 0");
        s.Out(". 1:1 ack 1");
        s.Ext[TcpExtCounter.TCPChallengeACK].ShouldBe(1);
        // One challenge in half a second.
        s.In("R 3:3 win 0");
        s.Nothing();
        s.After(500);
        s.In("R 3:3 win 0");
        s.Out(". 1:1 ack 1");
        // Out of the window: not a word.
        s.After(500);
        s.In("R 80000:80000 win 0");
        s.In("R 0:0 win 0");
        s.Nothing();
        s.State.ShouldBe(TcpState.Established);
        s.In("R 1:1 win 0");
        s.State.ShouldBe(TcpState.Closed);
        SegmentScript.ErrnoOf(() => socket.Receive(new byte[1])).ShouldBe(Errno.ECONNRESET);
        socket.Receive(new byte[1]).ShouldBe(0);
    }

    [Fact]
    public void A_reset_at_the_end_of_what_came_early_is_believed_too()
    {
        var s = new SegmentScript();
        using Socket socket = s.Accepted();
        s.In("P. 101:201 ack 1 win 512");
        s.Out(". 1:1 ack 1 <nop,nop,sack 101:201>");
        s.In("R 101:101 win 0");
        s.Out(". 1:1 ack 1 <nop,nop,sack 101:201>");
        s.In("R 201:201 win 0");
        s.State.ShouldBe(TcpState.Closed);
    }

    [Fact]
    public void A_SYN_anywhere_is_challenged()
    {
        var s = new SegmentScript();
        using Socket socket = s.Accepted();
        s.In("S 1:1 win 65535 <mss 1460>");
        s.Out(". 1:1 ack 1");
        s.After(500);
        s.In("S 500000:500000 win 65535 <mss 1460>");
        s.Out(". 1:1 ack 1");
        s.After(500);
        s.In("S. 1:1 ack 1 win 65535 <mss 1460>");
        s.Out(". 1:1 ack 1");
        s.In("S 1:1 win 65535 <mss 1460>");
        s.Nothing();
        s.State.ShouldBe(TcpState.Established);
        s.Ext[TcpExtCounter.TCPSYNChallenge].ShouldBe(4);
        s.Ext[TcpExtCounter.TCPChallengeACK].ShouldBe(3);
    }

    [Fact]
    public void Acknowledgments_of_the_unsent_and_of_long_ago_are_challenged_and_their_data_dropped()
    {
        var s = new SegmentScript();
        using Socket socket = s.Accepted();
        s.In("P. 1:11 ack 2 win 512");
        s.Out(". 1:1 ack 1");
        s.After(500);
        s.In("P. 1:11 ack -70000 win 512");
        s.Out(". 1:1 ack 1");
        socket.Available.ShouldBe(0);
        s.State.ShouldBe(TcpState.Established);
        // Old, but within the peer's greatest window: its data count.
        SegmentScript.Write(socket, 1, 100);
        s.Out("P. 1:101 ack 1");
        s.In(". 1:1 ack 101 win 512");
        s.In("P. 1:11 ack 51 win 512");
        s.Out(". 101:101 ack 11");
        SegmentScript.Read(socket, 1, 11);
    }

    [Fact]
    public void A_segment_without_ACK_is_dropped()
    {
        var s = new SegmentScript();
        using Socket socket = s.Accepted();
        s.In("P 1:11 win 512");
        s.In("F 1:1 win 512");
        s.In("- 1:1 win 512");
        s.Nothing();
        socket.Available.ShouldBe(0);
        s.State.ShouldBe(TcpState.Established);
    }

    [Fact]
    public void Challenges_are_limited_for_the_whole_host_too()
    {
        var s = new SegmentScript(settings: ("net.ipv4.tcp_challenge_ack_limit", "4"));
        var sockets = new List<Socket>();
        int challenged = 0;
        for (int i = 0; i < 20; i++)
        {
            s.PeerPort = (ushort)(40000 + i);
            s.OwnPort = 80;
            sockets.Add(s.Accepted());
            s.In("R 5:5 win 0");
            challenged += s.TakeAll().Count;
        }
        // Half to one and a half times the limit, by chance, so that nobody can count them.
        challenged.ShouldBeInRange(2, 6);
        foreach (Socket socket in sockets) socket.Dispose();
    }

    [Fact]
    public void Two_confused_ends_go_quiet()
    {
        var s = new SegmentScript();
        using Socket socket = s.Accepted();
        // The other end answers every acknowledgment of ours with one of its own that is out of place.
        int answers = 0;
        for (int i = 0; i < 1000; i++)
        {
            s.Inject(ScriptSegment.Parse(". 900000:900000 ack 1 win 512"));
            s.Inject(ScriptSegment.Parse(". 1:1 ack 500 win 512"));
            s.Inject(ScriptSegment.Parse(". 1:1 ack -90000 win 512"));
            answers += s.TakeAll().Count;
            s.After(10);
        }
        // 10 seconds: two in a second at most.
        answers.ShouldBeInRange(1, 20);
    }

    [Fact]
    public void Timestamps_are_echoed_and_PAWS_drops_the_old()
    {
        var s = new SegmentScript();
        using Socket socket = s.Accepted(Stamped);
        s.In("P. 1:11 ack 1 win 512 <nop,nop,TS val 1010 ecr 0>");
        s.Out(". 1:1 ack 11 <TS val 0 ecr 1010>");
        // A number that fits, a timestamp that does not: a copy of an earlier life.
        s.In("P. 11:21 ack 1 win 512 <nop,nop,TS val 1009 ecr 0>");
        s.Out(". 1:1 ack 11 <TS val 0 ecr 1010>");
        s.Ext[TcpExtCounter.PAWSEstab].ShouldBe(1);
        s.In("P. 11:21 ack 1 win 512 <nop,nop,TS val 1010 ecr 0>");
        s.Out(". 1:1 ack 21 <TS val 0 ecr 1010>");
        // A reset is believed without.
        s.In("R 21:21 win 0");
        s.State.ShouldBe(TcpState.Closed);
    }

    [Fact]
    public void An_old_timestamp_on_a_SYN_is_a_challenge_like_any_SYN()
    {
        var s = new SegmentScript();
        using Socket socket = s.Accepted(Stamped);
        s.In("S 500:500 win 65535 <TS val 5 ecr 0>");
        s.Out(". 1:1 ack 1");
        // As the kernel: one in half a second.
        s.In("S 500:500 win 65535 <TS val 5 ecr 0>");
        s.Nothing();
    }

    [Fact]
    public void After_24_days_of_silence_an_older_timestamp_is_taken()
    {
        var s = new SegmentScript();
        using Socket socket = s.Accepted(Stamped);
        s.In("P. 1:11 ack 1 win 512 <nop,nop,TS val 1010 ecr 0>");
        s.Out(". 1:1 ack 11");
        s.After(TimeSpan.FromDays(24) + TimeSpan.FromSeconds(1));
        s.In("P. 11:21 ack 1 win 512 <nop,nop,TS val 9 ecr 0>");
        s.Out(". 1:1 ack 21");
        socket.Available.ShouldBe(20);
    }

    [Fact]
    public void The_window_field_is_scaled_and_unsigned()
    {
        var s = new SegmentScript();
        using Socket socket = s.Accepted("mss 1460,nop,nop,sackOK,nop,wscale 14", window: 65535);
        s.Connection!.Sender.SndWnd.ShouldBe(65535u << 14);
        s.Connection.SndScale.ShouldBe((byte)14);
        // A larger scale counts as 14 (RFC 7323 §2.3).
        var t = new SegmentScript();
        using Socket other = t.Accepted("mss 1460,nop,nop,sackOK,nop,wscale 200", window: 1);
        t.Connection!.Sender.SndWnd.ShouldBe(1u << 14);
    }

    [Fact]
    public void Numbers_wrap_on_both_sides()
    {
        var s = new SegmentScript(peerNumber: 0xFFFF_FF00, ownNumber: 0xFFFF_FE00);
        using Socket socket = s.Accepted();
        s.In("P. 1:1001 ack 1 win 512");
        s.Out(". 1:1 ack 1001");
        s.In("P. 2001:3001 ack 1 win 512");
        s.Out(". 1:1 ack 1001 <nop,nop,sack 2001:3001>");
        s.In("P. 1001:2001 ack 1 win 512");
        s.Out(". 1:1 ack 3001");
        SegmentScript.Read(socket, 1, 3001);
        SegmentScript.Write(socket, 1, 4380);
        s.Out(". 1:1461 ack 3001", ". 1461:2921 ack 3001", "P. 2921:4381 ack 3001");
        s.In(". 3001:3001 ack 2921 win 512");
        s.In(". 3001:3001 ack 4381 win 512");
        s.Connection!.Sender.PacketsOut.ShouldBe(0u);
        OpeningScripts.End(s, socket, 4381, 3001);
    }

    [Fact]
    public void Of_overlapping_data_what_came_first_is_kept()
    {
        var s = new SegmentScript();
        using Socket socket = s.Accepted();
        s.In("P. 5:9 ack 1 win 512 'EEEE'");
        s.Out(". 1:1 ack 1 <nop,nop,sack 5:9>");
        // Overlaps at the front, at the end, and all of it.
        s.In("P. 3:7 ack 1 win 512 'cccc'");
        s.Out(". 1:1 ack 1 <nop,nop,sack 5:7,sack 3:9>");
        s.In("P. 7:11 ack 1 win 512 'gggg'");
        s.Out(". 1:1 ack 1 <nop,nop,sack 7:9,sack 3:11>");
        s.In("P. 5:8 ack 1 win 512 'xyz'");
        s.Out(". 1:1 ack 1 <nop,nop,sack 5:8,sack 3:11>");
        s.In("P. 1:5 ack 1 win 512 'aaaa'");
        s.Out(". 1:1 ack 11 <nop,nop,sack 3:5>");
        byte[] bytes = new byte[10];
        socket.Receive(bytes).ShouldBe(10);
        System.Text.Encoding.ASCII.GetString(bytes).ShouldBe("aaaaEEEEgg");
    }
}
