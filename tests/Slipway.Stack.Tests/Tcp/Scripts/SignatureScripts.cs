using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>Signed segments (RFC 2385), byte by byte: what has a signature, what it costs, what is believed.</summary>
public sealed class SignatureScripts
{
    private const string Offer = "md5 key,mss 1460,nop,nop,sackOK,nop,wscale 7";

    [Fact]
    public void A_signed_SYN_has_no_timestamps_and_all_segments_are_signed()
    {
        var s = new SegmentScript();
        using Socket socket = s.Connect(SetKey);
        Expect(s, "S", "md5 key,mss 1460,sackOK,wscale 10");
        s.In($"S. 0:0 ack 1 win 65535 <{Offer}>");
        s.Out(". 1:1 ack 1 <md5 key>");
        SegmentScript.Write(socket, 1, 100);
        s.Out("P. 1:101 ack 1 <md5 key>");
        s.In("P. 1:11 ack 101 <md5 key>");
        s.Out(". 101:101 ack 11 <md5 key>");
        socket.Shutdown(ShutdownHow.Send);
        s.Out("F. 101:101 ack 11 <md5 key>");
        s.In("F. 11:11 ack 102 <md5 key>");
        s.Out(". 102:102 ack 12 <md5 key>");
        s.State.ShouldBe(TcpState.TimeWait);
        // What remains still has the key.
        s.After(1000);
        s.In("F. 11:11 ack 102 <md5 key>");
        s.Out(". 102:102 ack 12 <md5 key>");
    }

    [Theory]
    [InlineData("mss 1460,nop,nop,TS val 5 ecr 0", "mss 1460,TS val 0 ecr 5")]
    [InlineData("mss 1460,sackOK,TS val 5 ecr 0", "mss 1460,sackOK")]
    public void A_listener_prefers_selective_acknowledgments_to_timestamps(string offered, string answered)
    {
        var s = new SegmentScript();
        using Socket listener = s.Listen(configure: SetKey);
        s.In($"S 0:0 win 65535 <md5 key,nop,nop,{offered}>");
        Expect(s, "S.", "md5 key," + answered);
    }

    [Fact]
    public void Full_segments_are_shorter_by_the_signature_and_leave_one_by_one()
    {
        var s = new SegmentScript();
        using Socket socket = AcceptedWithKey(s);
        SegmentScript.Write(socket, 1, 4000);
        s.Out(". 1:1441 ack 1 <md5 key>", ". 1441:2881 ack 1 <md5 key>", "P. 2881:4001 ack 1 <md5 key>");
        s.Connection!.SendsOneByOne.ShouldBeTrue();
        s.Connection.Sender.Mss.ShouldBe(1440);
    }

    [Fact]
    public void What_was_lost_goes_again_one_by_one()
    {
        var s = new SegmentScript();
        using Socket socket = AcceptedWithKey(s);
        SegmentScript.Write(socket, 1, 7200);
        s.TakeAll().Count.ShouldBe(5);
        s.In(". 1:1 ack 1441 win 65535 <md5 key,nop,nop,sack 5761:7201>");
        s.Pass(1000);
        List<ScriptSegment> again = s.TakeAll();
        again.ShouldNotBeEmpty();
        again.ShouldAllBe(static segment => segment.Payload.Length == 1440 && segment.Options == "md5 key");
    }

    [Fact]
    public void Beside_a_signature_two_gaps_can_be_reported_and_beside_timestamps_none()
    {
        var s = new SegmentScript();
        using Socket socket = AcceptedWithKey(s);
        s.In(". 101:201 ack 1 <md5 key>");
        s.Out(". 1:1 ack 1 <md5 key,sack 101:201>");
        s.In(". 301:401 ack 1 <md5 key>");
        s.Out(". 1:1 ack 1 <md5 key,sack 301:401,sack 101:201>");
        s.In(". 501:601 ack 1 <md5 key>");
        s.Out(". 1:1 ack 1 <md5 key,sack 501:601,sack 301:401>");

        var late = new SegmentScript();
        using Socket signedLater = late.Accepted("mss 1460,sackOK,TS val 5 ecr 0");
        SetKey(signedLater);
        late.In(". 101:201 ack 1 <md5 key,nop,nop,nop,nop,TS val 6 ecr 0>");
        late.Out(". 1:1 ack 1 <md5 key,TS val 0 ecr 5>");
    }

    [Fact]
    public void Segments_without_a_signature_or_with_a_wrong_one_are_dropped_in_silence()
    {
        var s = new SegmentScript();
        using Socket socket = AcceptedWithKey(s);
        s.In("P. 1:11 ack 1");
        s.In("P. 1:11 ack 1 <md5 wrong>");
        s.In("R. 1:1 ack 1");
        s.In("R 1:1 <md5 wrong>");
        s.In("P. 1:11 ack 1 <raw 131100112233445566778899aabbccddee>"); // a byte too short
        s.In("P. 1:11 ack 1 <md5 key,md5 key>");
        s.After(1000);
        s.State.ShouldBe(TcpState.Established);
        (s.Ext[TcpExtCounter.TCPMD5NotFound], s.Ext[TcpExtCounter.TCPMD5Failure], s.Ext[TcpExtCounter.TCPMD5Unexpected]).ShouldBe((2, 2, 0));
        s.In("R. 1:1 ack 1 <md5 key>");
        s.State.ShouldBe(TcpState.Closed);
    }

    [Fact]
    public void Nobody_without_a_key_takes_signed_segments()
    {
        var s = new SegmentScript();
        using Socket listener = s.Listen();
        s.In($"S 0:0 win 65535 <{Offer}>");
        s.Nothing();
        s.Ext[TcpExtCounter.TCPMD5Unexpected].ShouldBe(1);
        s.Endpoint.ShouldBeNull();
    }

    [Theory]
    [InlineData("nop,nop", 16, true)]
    [InlineData("nop,nop,nop", 15, false)]
    public void A_list_of_options_that_breaks_where_a_signature_could_follow_hides_one(string before, int following, bool isDropped)
    {
        var s = new SegmentScript();
        using Socket listener = s.Listen();
        string padding = string.Concat(Enumerable.Repeat("01", following));
        s.In($"S 0:0 win 65535 <mss 1460,{before},raw fe01{padding}>");
        s.State.ShouldBe(isDropped ? TcpState.Closed : TcpState.SynReceived);
        if (!isDropped) s.Take().Flags.ShouldBe(TcpFlags.Syn | TcpFlags.Ack);
        s.Nothing();
    }

    [Fact]
    public void A_request_and_its_listener_see_only_signed_segments()
    {
        var s = new SegmentScript();
        using Socket listener = s.Listen(configure: SetKey);
        s.In("S 0:0 win 65535 <mss 1460>");
        s.Nothing();
        s.In($"S 0:0 win 65535 <{Offer}>");
        Expect(s, "S.", "md5 key,mss 1460,sackOK,wscale 10");
        s.In(". 1:1 ack 1");
        s.In("R 1:1");
        s.State.ShouldBe(TcpState.SynReceived);
        s.Ext[TcpExtCounter.TCPMD5NotFound].ShouldBe(3);
        // An acknowledgment of what was not sent: the reset is signed, too.
        s.In(". 1:1 ack 77 <md5 key>");
        s.Out("R 77:77 <md5 key>");
        s.In(". 1:1 ack 1 <md5 key>");
        s.State.ShouldBe(TcpState.Established);
    }

    [Fact]
    public void A_reset_of_ours_is_signed()
    {
        var s = new SegmentScript();
        Socket socket = AcceptedWithKey(s);
        socket.SetOption(SocketOptions.Linger, new LingerOption(true, 0));
        socket.Dispose();
        s.Out("R. 1:1 ack 1 <md5 key>");
        s.State.ShouldBe(TcpState.Closed);
    }

    [Fact]
    public void A_port_without_a_socket_answers_signed_segments_only_where_a_listener_has_the_key_of_the_senders_port()
    {
        var s = new SegmentScript();
        s.In(". 1:1 ack 1 <md5 key>");
        s.Nothing();
        // As of two routers that both listen at the port of their protocol.
        s.PeerPort = 80;
        s.OwnPort = 40000;
        using Socket listener = s.Listen(configure: SetKey);
        s.In(". 1:1 ack 1 <md5 wrong>");
        s.Nothing();
        s.In(". 1:1 ack 1 <md5 key>");
        s.Out("R 1:1 <md5 key>");
        s.In(". 1:1 ack 1");
        s.Out("R 1:1");
    }

    [Fact]
    public void In_TIME_WAIT_a_new_SYN_must_have_the_listeners_signature()
    {
        var s = new SegmentScript();
        Socket listener = s.Listen(configure: SetKey);
        s.In($"S 0:0 win 65535 <{Offer}>");
        Expect(s, "S.", "md5 key,mss 1460,sackOK,wscale 10");
        s.In(". 1:1 ack 1 <md5 key>");
        Socket socket = listener.Accept();
        socket.Dispose();
        s.Out("F. 1:1 ack 1 <md5 key>");
        s.In("F. 1:1 ack 2 <md5 key>");
        s.Out(". 2:2 ack 2 <md5 key>");
        s.State.ShouldBe(TcpState.TimeWait);
        s.In("S 100000:100000 win 65535 <mss 1460>");
        s.Nothing();
        listener.Dispose();
    }

    [Fact]
    public void A_cookie_of_fast_open_has_no_room_beside_a_signature()
    {
        var s = new SegmentScript();
        using (Socket asking = s.Open())
        {
            s.PeerPort = 8080;
            asking.System.SendTo(asking.Descriptor, new byte[10], MessageFlags.MSG_FASTOPEN | MessageFlags.MSG_DONTWAIT, Target).Error.ShouldBe(Errno.EINPROGRESS);
            s.Take();
            s.In("S. 0:0 ack 1 win 65535 <mss 1460,FO 0102030405060708>");
            s.TakeAll();
            s.In("R. 1:1 ack 1");
        }
        using Socket socket = s.Open();
        SetKey(socket);
        socket.System.SendTo(socket.Descriptor, new byte[10], MessageFlags.MSG_FASTOPEN | MessageFlags.MSG_DONTWAIT, Target).Value.ShouldBe(10);
        Expect(s, "S", "md5 key,mss 1460,sackOK,wscale 10");
    }

    private static byte[] Target
    {
        get
        {
            byte[] target = new byte[16];
            new InetAddress("10.0.0.2", 8080).Write(target);
            return target;
        }
    }

    private static void SetKey(Socket socket) => socket.SetSignatureKey(new SignatureKey(new InetAddress("10.0.0.2", 0), "key"u8.ToArray()));

    private static Socket AcceptedWithKey(SegmentScript s)
    {
        Socket listener = s.Listen(configure: SetKey);
        s.In($"S 0:0 win 65535 <{Offer}>");
        s.Take().Flags.ShouldBe(TcpFlags.Syn | TcpFlags.Ack);
        s.In(". 1:1 ack 1 win 65535 <md5 key>");
        Socket socket = listener.Accept();
        socket.NonBlocking = true;
        listener.Dispose();
        return socket;
    }

    private static void Expect(SegmentScript s, string flags, string options)
    {
        ScriptSegment segment = s.Take();
        (ScriptSegment.Name(segment.Flags), segment.Options).ShouldBe((flags, options));
    }
}
