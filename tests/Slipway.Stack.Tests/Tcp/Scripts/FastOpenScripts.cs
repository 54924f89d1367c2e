using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>Data with the SYN (RFC 7413): what a client sends, what a server takes, and what happens where one of both will not.</summary>
public sealed class FastOpenScripts
{
    private const string Cookie = "0102030405060708";
    private static readonly (string, string) Server = ("net.ipv4.tcp_fastopen", "3");

    [Fact]
    public void A_client_asks_for_a_cookie_and_sends_its_data_after_the_handshake()
    {
        var s = new SegmentScript();
        using Socket socket = s.Open();
        OpenBySend(s, socket, 100).Error.ShouldBe(Errno.EINPROGRESS);
        ScriptSegment syn = s.Take();
        (syn.Flags, syn.Payload.Length).ShouldBe((TcpFlags.Syn, 0));
        syn.Options.ShouldEndWith(",FO");
        s.In($"S. 0:0 ack 1 win 65535 <mss 1460,FO {Cookie}>");
        s.Out(". 1:1 ack 1");
        SegmentScript.Write(socket, 1, 100);
        s.Out("P. 1:101 ack 1");
        Info(socket).ShouldBe((0, 1)); // TFO_COOKIE_UNAVAILABLE
    }

    [Fact]
    public void With_a_cookie_the_data_go_with_the_SYN()
    {
        var s = new SegmentScript();
        LearnCookie(s);
        using Socket socket = s.Open();
        OpenBySend(s, socket, 2000).Value.ShouldBe(1420); // 1500, less headers and 40 bytes for options
        ScriptSegment syn = s.Take();
        (syn.Flags, syn.Payload.Length).ShouldBe((TcpFlags.Syn, 1420));
        syn.Payload.ShouldBe(ScriptSegment.Pattern(1, 1421));
        syn.Options.ShouldEndWith($",FO {Cookie}");
        s.In("S. 0:0 ack 1421 win 65535 <mss 1460>");
        s.Out(". 1421:1421 ack 1");
        s.Ext[TcpExtCounter.TCPFastOpenActive].ShouldBe(1);
        Info(socket).ShouldBe((32, 0)); // TCPI_OPT_SYN_DATA
        SegmentScript.Write(socket, 1421, 10);
        s.Out("P. 1421:1431 ack 1");
    }

    [Fact]
    public void Data_that_the_answer_does_not_acknowledge_go_again_at_once()
    {
        var s = new SegmentScript();
        LearnCookie(s);
        using Socket socket = s.Open();
        OpenBySend(s, socket, 100).Value.ShouldBe(100);
        s.Take();
        s.In("S. 0:0 ack 1 win 65535 <mss 1460>");
        s.Out("P. 1:101 ack 1");
        s.In(". 1:1 ack 101 win 65535");
        s.Ext[TcpExtCounter.TCPFastOpenActiveFail].ShouldBe(1);
        s.Connection!.Sender.Window.Window.ShouldBeGreaterThanOrEqualTo(10u); // no congestion
        Info(socket).ShouldBe((0, 2)); // TFO_DATA_NOT_ACKED
    }

    [Fact]
    public void A_SYN_that_is_sent_again_has_neither_data_nor_cookie()
    {
        var s = new SegmentScript();
        LearnCookie(s);
        using Socket socket = s.Open();
        OpenBySend(s, socket, 100).Value.ShouldBe(100);
        s.Take();
        s.Await().ShouldBe(1000, 1);
        ScriptSegment again = s.Take();
        (again.Flags, again.Payload.Length).ShouldBe((TcpFlags.Syn, 0));
        again.Options!.ShouldNotContain("FO");
        s.In("S. 0:0 ack 1 win 65535 <mss 1460>");
        s.Out("P. 1:101 ack 1");
        s.In(". 1:1 ack 101 win 65535");
        Info(socket).ShouldBe((0, 3)); // TFO_SYN_RETRANSMITTED
    }

    [Fact]
    public void TCP_FASTOPEN_CONNECT_waits_with_the_SYN_for_the_first_write()
    {
        var s = new SegmentScript();
        LearnCookie(s);
        using Socket socket = s.Open();
        socket.SetOption(SocketLevel.IPPROTO_TCP, SocketOptionName.TCP_FASTOPEN_CONNECT, 1);
        s.PeerPort = 8080;
        socket.Connect(new InetAddress("10.0.0.2", 8080));
        s.Nothing();
        SegmentScript.ErrnoOf(() => socket.Connect(new InetAddress("10.0.0.2", 8080))).ShouldBe(Errno.EISCONN);
        SegmentScript.Write(socket, 1, 50);
        ScriptSegment syn = s.Take();
        (syn.Flags, syn.Payload.Length).ShouldBe((TcpFlags.Syn, 50));
        s.In("S. 0:0 ack 51 win 65535 <mss 1460>");
        s.Out(". 51:51 ack 1");
    }

    [Fact]
    public void A_server_gives_a_cookie_and_takes_data_with_it_before_the_handshake_is_over()
    {
        var s = new SegmentScript(settings: Server);
        using Socket listener = Listen(s);
        string cookie = AskForCookie(s);
        s.PeerPort++;
        s.In($"S 0:100 win 65535 <mss 1460,FO {cookie}>");
        s.Out("S. 0:0 ack 101 <mss 1460>");
        using Socket socket = listener.Accept();
        socket.NonBlocking = true;
        byte[] data = new byte[200];
        socket.Receive(data).ShouldBe(100);
        SegmentScript.Write(socket, 1, 30);
        s.Out("P. 1:31 ack 101");
        s.State.ShouldBe(TcpState.SynReceived);
        s.In(". 101:101 ack 31 win 65535");
        s.State.ShouldBe(TcpState.Established);
        s.Ext[TcpExtCounter.TCPFastOpenPassive].ShouldBe(1);
        Info(socket).ShouldBe((32 | 128, 0));
        SegmentScript.Write(socket, 31, 10);
        s.Out("P. 31:41 ack 101");
    }

    [Fact]
    public void A_wrong_cookie_is_answered_with_the_right_one_and_the_data_are_not_taken()
    {
        var s = new SegmentScript(settings: Server);
        using Socket listener = Listen(s);
        string cookie = AskForCookie(s);
        s.PeerPort++;
        s.In($"S 0:100 win 65535 <mss 1460,FO {Cookie}>");
        s.Out($"S. 0:0 ack 1 <mss 1460,FO {cookie}>");
        s.Ext[TcpExtCounter.TCPFastOpenPassiveFail].ShouldBe(1);
        s.State.ShouldBe(TcpState.SynReceived);
    }

    [Fact]
    public void No_more_than_TCP_FASTOPEN_connections_are_early()
    {
        var s = new SegmentScript(ownNumber: 77, settings: Server);
        using Socket listener = Listen(s, queue: 1);
        string cookie = AskForCookie(s);
        s.PeerPort++;
        s.In($"S 0:100 win 65535 <mss 1460,FO {cookie}>");
        s.Out("S. 0:0 ack 101 <mss 1460>");
        s.PeerPort++;
        s.In($"S 0:100 win 65535 <mss 1460,FO {cookie}>");
        s.Out("S. 0:0 ack 1 <mss 1460>");
        s.Ext[TcpExtCounter.TCPFastOpenListenOverflow].ShouldBe(1);
        // The first one's handshake ends: there is room again.
        s.PeerPort--;
        s.In(". 101:101 ack 1 win 65535");
        s.State.ShouldBe(TcpState.Established);
        s.PeerPort += 2;
        s.In($"S 0:100 win 65535 <mss 1460,FO {cookie}>");
        s.Out("S. 0:0 ack 101 <mss 1460>");
    }

    [Fact]
    public void The_answer_to_data_is_repeated_for_a_SYN_that_comes_again_and_by_time_until_it_is_given_up()
    {
        var s = new SegmentScript(settings: [Server, ("net.ipv4.tcp_synack_retries", "1")]);
        using Socket listener = Listen(s);
        string cookie = AskForCookie(s);
        s.Pass(10_000); // the request is forgotten
        s.TakeAll();
        s.PeerPort++;
        s.In($"S 0:100 win 65535 <mss 1460,FO {cookie}>");
        s.Out("S. 0:0 ack 101 <mss 1460>");
        using Socket socket = listener.Accept();
        socket.NonBlocking = true;
        s.In("S 0:0 win 65535 <mss 1460>");
        s.Out("S. 0:0 ack 101 <mss 1460>");
        s.Await().ShouldBe(1000, 1);
        s.Out("S. 0:0 ack 101 <mss 1460>");
        s.Await().ShouldBe(2000, 1);
        s.Out("S. 0:0 ack 101 <mss 1460>");
        s.After(4000);
        s.State.ShouldBe(TcpState.Closed);
        SegmentScript.ErrnoOf(() => socket.Receive(new byte[200])).ShouldBe(Errno.None); // what came can still be read
        SegmentScript.ErrnoOf(() => socket.Receive(new byte[200])).ShouldBe(Errno.ETIMEDOUT);
    }

    [Fact]
    public void A_listener_without_TCP_FASTOPEN_or_a_host_that_takes_none_passes_over_cookie_and_data()
    {
        foreach ((int queue, string mode) in new[] { (0, "3"), (5, "1") })
        {
            var s = new SegmentScript(settings: ("net.ipv4.tcp_fastopen", mode));
            using Socket listener = Listen(s, queue);
            s.In("S 0:0 win 65535 <mss 1460,FO>");
            s.Out("S. 0:0 ack 1 <mss 1460>");
            s.PeerPort++;
            s.In($"S 0:100 win 65535 <mss 1460,FO {Cookie}>");
            s.Out("S. 0:0 ack 1 <mss 1460>");
        }
    }

    [Fact]
    public void Cookies_of_the_key_before_are_good_and_renewed()
    {
        byte[] old = [.. Enumerable.Range(1, 16).Select(static i => (byte)i)], now = [.. Enumerable.Range(101, 16).Select(static i => (byte)i)];
        var s = new SegmentScript(settings: Server);
        using Socket listener = Listen(s);
        listener.SetOption(SocketLevel.IPPROTO_TCP, SocketOptionName.TCP_FASTOPEN_KEY, old);
        string cookie = AskForCookie(s);
        listener.SetOption(SocketLevel.IPPROTO_TCP, SocketOptionName.TCP_FASTOPEN_KEY, [.. now, .. old]);
        s.PeerPort++;
        s.In($"S 0:100 win 65535 <mss 1460,FO {cookie}>");
        ScriptSegment answer = s.Take();
        answer.Acknowledgment.ShouldBe(101u);
        answer.Options!.ShouldContain("FO ");
        answer.Options!.ShouldNotContain(cookie);
        s.Ext[TcpExtCounter.TCPFastOpenPassiveAltKey].ShouldBe(1);
    }

    private static CallResult OpenBySend(SegmentScript s, Socket socket, int count)
    {
        s.PeerPort = 8080;
        Span<byte> address = stackalloc byte[InetAddress.IPv6StructureLength];
        int length = new InetAddress("10.0.0.2", 8080).Write(address);
        return s.System.SendTo(socket.Descriptor, ScriptSegment.Pattern(1, (uint)count + 1), MessageFlags.MSG_FASTOPEN, address[..length]);
    }

    /// <summary>A connection that brings a cookie, and is reset.</summary>
    private static void LearnCookie(SegmentScript s)
    {
        using Socket socket = s.Open();
        OpenBySend(s, socket, 1).Error.ShouldBe(Errno.EINPROGRESS);
        s.Take();
        s.In($"S. 0:0 ack 1 win 65535 <mss 1460,FO {Cookie}>");
        s.Out(". 1:1 ack 1");
        s.In("R. 1:1 ack 1");
    }

    private static Socket Listen(SegmentScript s, int queue = 5)
        => s.Listen(configure: x => x.SetOption(SocketLevel.IPPROTO_TCP, SocketOptionName.TCP_FASTOPEN, queue));

    private static string AskForCookie(SegmentScript s)
    {
        s.In("S 0:0 win 65535 <mss 1460,FO>");
        ScriptSegment answer = s.Take();
        (answer.Flags, answer.Acknowledgment).ShouldBe((TcpFlags.Syn | TcpFlags.Ack, 1u));
        string cookie = answer.Options!.Split("FO ")[1];
        cookie.Length.ShouldBe(16);
        return cookie;
    }

    /// <summary>What TCP_INFO says of fast open: bits of tcpi_options, and tcpi_fastopen_client_fail.</summary>
    private static (int Options, int Failure) Info(Socket socket)
    {
        byte[] info = new byte[280];
        socket.GetOption(SocketLevel.IPPROTO_TCP, SocketOptionName.TCP_INFO, info);
        return (info[5] & 0xE0, info[7] >> 1 & 3);
    }
}
