using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>What somebody does to a connection who wants to break it, or to tie its host up.</summary>
public sealed class AttackScripts
{
    [Fact]
    public void Blind_resets_SYNs_and_data_all_over_the_numbers_leave_the_stream_alone()
    {
        var s = new SegmentScript(peerNumber: 123_456);
        using Socket socket = s.Accepted();
        var random = new SeededRandom(5);
        s.IsDeaf = true;
        for (int i = 0; i < 20_000; i++)
        {
            uint sequence = random.NextUInt32(), acknowledgment = random.NextUInt32();
            // Not the one number that a guess may hit by right.
            if (sequence == 1) sequence++;
            TcpFlags flags = (i % 3) switch { 0 => TcpFlags.Rst, 1 => TcpFlags.Syn, _ => TcpFlags.Ack | TcpFlags.Psh };
            byte[] payload = i % 3 == 2 ? [1, 2, 3, 4] : [];
            // Whoever guesses data must guess the acknowledgment too (RFC 5961 §5).
            if (acknowledgment - 1 < 2) acknowledgment += 1000;
            s.Inject(new ScriptSegment { Flags = flags, Sequence = sequence, Acknowledgment = acknowledgment, Window = 512, Payload = payload });
        }
        s.IsDeaf = false;
        s.State.ShouldBe(TcpState.Established);
        s.Connection!.Receiver.HasEarly.ShouldBeFalse();
        s.Ext[TcpExtCounter.TCPChallengeACK].ShouldBeLessThan(3);
        s.In("P. 1:101 ack 1 win 512");
        s.Out(". 1:1 ack 101");
        SegmentScript.Read(socket, 1, 101);
    }

    [Fact]
    public void Early_data_that_both_neighbours_have_together_is_a_duplicate_and_leaves_no_empty_piece()
    {
        var s = new SegmentScript();
        using Socket socket = s.Accepted();
        s.In(". 1001:2001 ack 1 win 512");
        s.Out(". 1:1 ack 1 <sack 1001:2001>");
        s.In(". 2001:3001 ack 1 win 512");
        s.Out(". 1:1 ack 1 <sack 1001:3001>");
        s.In(". 1501:2501 ack 1 win 512");
        s.Out(". 1:1 ack 1 <sack 1501:2501,sack 1001:3001>");
        s.In(". 2201:2701 ack 1 win 512");
        s.Out(". 1:1 ack 1 <sack 2201:2701,sack 1001:3001>");
        s.Connection!.Receiver.EarlyCount.ShouldBe(4u);
        s.In("P. 1:1001 ack 1 win 512");
        s.Out(". 1:1 ack 3001");
        SegmentScript.Read(socket, 1, 3001);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Ten_thousand_bytes_with_gaps_hold_no_more_than_the_buffer_and_the_stream_goes_on(bool descending)
    {
        var s = new SegmentScript();
        using Socket socket = s.Accepted(configure: static x => x.SetOption(SocketLevel.SOL_SOCKET, SocketOptionName.SO_RCVBUF, 200_000));
        s.IsDeaf = true;
        for (int i = 0; i < 10_000; i++)
        {
            uint at = (uint)(3 + 2 * (descending ? 9_999 - i : i));
            s.Inject(ScriptSegment.Parse($". {at}:{at + 1} ack 1 win 512"));
            s.Connection!.Receiver.Memory.ShouldBeLessThanOrEqualTo(s.Connection.Receiver.Buffer + 4096);
        }
        s.Ext[TcpExtCounter.OfoPruned].ShouldBeGreaterThan(0);
        for (uint at = 1; at < 20_003; at += 1000) s.Inject(ScriptSegment.Parse($". {at}:{at + 1000} ack 1 win 512"));
        SegmentScript.Read(socket, 1, 20_001);
        s.IsDeaf = false;
        s.Inject(ScriptSegment.Parse("P. 21001:22001 ack 1 win 512"));
        s.Pass(200);
        s.TakeAll().ShouldNotBeEmpty();
        s.Connection!.Receiver.HasEarly.ShouldBeFalse();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_tree_of_early_segments_stays_flat_in_whatever_order_they_come(int order)
    {
        const int Count = 10_000;
        var tree = new EarlyTree(77);
        var nodes = new EarlySegment[Count];
        for (int i = 0; i < Count; i++)
        {
            int place = order switch { 1 => i, 2 => Count - 1 - i, _ => (int)((uint)i * 7919 % Count) };
            nodes[place] = new EarlySegment { Sequence = unchecked((uint)(place * 2) - Count), EndSequence = unchecked((uint)(place * 2) - Count + 1) };
            tree.Insert(nodes[place]);
        }
        int deepest = 0;
        foreach (EarlySegment node in nodes)
        {
            int depth = 0;
            for (EarlySegment? above = node.Parent; above is not null; above = above.Parent) depth++;
            deepest = Math.Max(deepest, depth);
        }
        deepest.ShouldBeLessThan(60);
        for (int i = 0; i < Count; i += 3) tree.Remove(nodes[i]);
        for (int i = 1; i < Count; i++)
        {
            EarlySegment expected = i % 3 == 0 ? nodes[i - 1] : nodes[i];
            tree.FindUpTo(nodes[i].Sequence).ShouldBeSameAs(expected);
            tree.FindUpTo(nodes[i].EndSequence).ShouldBeSameAs(expected);
        }
        tree.FindUpTo(nodes[0].Sequence - 1).ShouldBeNull();
    }

    [Fact]
    public void Reports_of_every_second_of_thousands_of_segments_are_marked_once_and_exactly()
    {
        var s = new SegmentScript();
        using Socket socket = s.Accepted("mss 100,nop,nop,sackOK,nop,wscale 14", window: 65535);
        socket.SetOption(SocketLevel.SOL_SOCKET, SocketOptionName.SO_SNDBUF, 4 << 20);
        s.Connection!.Sender.Window.Window = 4000;
        s.IsDeaf = true;
        SegmentScript.Write(socket, 1, 200_000);
        TcpSender sender = s.Connection.Sender;
        sender.PacketsOut.ShouldBe(2000u);
        // From the end to the beginning, four at a time, each time one that is new; then all of them again.
        uint expected = 0;
        for (int turn = 0; turn < 2; turn++)
        {
            for (int i = 1998; i >= 8; i -= 2)
            {
                string blocks = string.Join(',', Enumerable.Range(0, 4).Select(b => i - 2 * b).Select(static k => $"sack {1 + (k - 1) * 100}:{1 + k * 100}"));
                s.Inject(ScriptSegment.Parse($". 1:1 ack 1 win 65535 <nop,nop,{blocks}>"));
            }
            expected = turn == 0 ? 999u : expected;
            sender.SackedOut.ShouldBe(expected);
        }
        s.Inject(ScriptSegment.Parse(". 1:1 ack 200001 win 65535"));
        sender.PacketsOut.ShouldBe(0u);
        sender.SackedOut.ShouldBe(0u);
        sender.LostOut.ShouldBe(0u);
        sender.RetransmittedOut.ShouldBe(0u);
    }

    [Fact]
    public void A_growing_report_counts_each_segment_once()
    {
        var s = new SegmentScript();
        using Socket socket = s.Accepted("mss 100,nop,nop,sackOK,nop,wscale 14", window: 65535);
        socket.SetOption(SocketLevel.SOL_SOCKET, SocketOptionName.SO_SNDBUF, 4 << 20);
        s.Connection!.Sender.Window.Window = 4000;
        s.IsDeaf = true;
        SegmentScript.Write(socket, 1, 100_000);
        TcpSender sender = s.Connection.Sender;
        for (int i = 2; i <= 1000; i++)
        {
            // Odd ends: parts of a segment do not count.
            s.Inject(ScriptSegment.Parse($". 1:1 ack 1 win 65535 <nop,nop,sack 101:{1 + i * 100 - i % 2 * 50}>"));
            sender.SackedOut.ShouldBe((uint)(i - 1 - i % 2));
        }
        s.Inject(ScriptSegment.Parse(". 1:1 ack 100001 win 65535"));
        sender.PacketsOut.ShouldBe(0u);
    }

    [Fact]
    public void Many_tiny_segments_share_buffers()
    {
        var s = new SegmentScript();
        using Socket socket = s.Accepted();
        s.IsDeaf = true;
        for (uint at = 1; at <= 20_000; at++) s.Inject(ScriptSegment.Parse($". {at}:{at + 1} ack 1 win 512"));
        s.Connection!.Receiver.Memory.ShouldBeLessThanOrEqualTo(s.Connection.Receiver.Buffer + 4096);
        SegmentScript.Read(socket, 1, 20_001);
        s.Connection.Receiver.Memory.ShouldBe(0);
    }

    [Fact]
    public void An_end_that_is_reset_gives_everything_back()
    {
        var s = new SegmentScript();
        using Socket socket = s.Accepted();
        s.IsDeaf = true;
        for (uint at = 3; at < 2000; at += 2) s.Inject(ScriptSegment.Parse($". {at}:{at + 1} ack 1 win 512"));
        SegmentScript.Write(socket, 1, 10_000);
        s.Inject(ScriptSegment.Parse("R 1:1 win 0"));
        s.State.ShouldBe(TcpState.Closed);
        socket.Dispose();
        s.Loop.Packets.Outstanding.ShouldBe(0);
        s.Host.Tcp.Connections.Count.ShouldBe(0);
    }
}
