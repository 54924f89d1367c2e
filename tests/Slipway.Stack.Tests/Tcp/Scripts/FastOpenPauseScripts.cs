using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>Black holes of fast open (tcp_fastopen_blackhole_timeout_sec): what makes the host pause, for how long, and what ends it.</summary>
public sealed class FastOpenPauseScripts
{
    private const string Cookie = "0102030405060708";

    [Fact]
    public void Three_timeouts_in_a_row_make_a_pause_in_which_SYNs_have_neither_data_nor_option()
    {
        SegmentScript s = Script(60);
        LoseOne(s);
        s.Ext[TcpExtCounter.TCPFastOpenBlackhole].ShouldBe(1);
        ExpectPause(s);
        // As long again each time.
        s.Pass(60_000);
        LoseOne(s);
        s.Pass(60_000);
        ExpectPause(s);
        s.Pass(61_000);
        OpenAndAnswer(s).Dispose();
        s.TakeAll();
    }

    [Fact]
    public void Data_that_come_after_the_pause_end_its_growth()
    {
        SegmentScript s = Script(60);
        LoseOne(s);
        s.Host.Tcp.FastOpenPause.Times.ShouldBe(1);
        s.Pass(60_000);
        using Socket socket = OpenAndAnswer(s);
        s.In("P. 1:11 ack 101");
        s.TakeAll();
        s.In("R. 11:11 ack 101");
        s.Host.Tcp.FastOpenPause.Times.ShouldBe(0);
    }

    [Fact]
    public void A_FIN_without_the_data_before_it_is_a_black_hole_too()
    {
        SegmentScript s = Script(60);
        using Socket socket = OpenAndAnswer(s);
        s.In("F. 11:11 ack 101");
        s.TakeAll();
        s.In("R. 1:1 ack 101");
        s.Ext[TcpExtCounter.TCPFastOpenBlackhole].ShouldBe(1);
        ExpectPause(s);
    }

    [Fact]
    public void By_default_there_is_no_pause()
    {
        SegmentScript s = Script(0);
        LoseOne(s);
        s.Ext[TcpExtCounter.TCPFastOpenBlackhole].ShouldBe(0);
        OpenAndAnswer(s).Dispose();
        s.TakeAll();
    }

    /// <summary>A host that knows the peer's cookie.</summary>
    private static SegmentScript Script(int pause)
    {
        var s = new SegmentScript(settings: ("net.ipv4.tcp_fastopen_blackhole_timeout_sec", pause.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        using Socket socket = s.Open();
        Send(s, socket).Error.ShouldBe(Errno.EINPROGRESS);
        s.Take();
        s.In($"S. 0:0 ack 1 win 65535 <mss 1460,FO {Cookie}>");
        s.TakeAll();
        s.In("R. 1:1 ack 1");
        return s;
    }

    private static CallResult Send(SegmentScript s, Socket socket)
    {
        s.PeerPort = 8080;
        byte[] address = new byte[16];
        new InetAddress("10.0.0.2", 8080).Write(address);
        return s.System.SendTo(socket.Descriptor, ScriptSegment.Pattern(1, 101), MessageFlags.MSG_FASTOPEN, address);
    }

    /// <summary>Opens with data, and nobody answers for three timeouts.</summary>
    private static void LoseOne(SegmentScript s)
    {
        using Socket lost = s.Open();
        Send(s, lost).Value.ShouldBe(100);
        s.Pass(3500);
        s.TakeAll().Count.ShouldBe(4);
    }

    private static void ExpectPause(SegmentScript s)
    {
        using Socket plain = s.Open();
        Send(s, plain).Error.ShouldBe(Errno.EINPROGRESS);
        ScriptSegment syn = s.Take();
        (syn.Flags, syn.Payload.Length).ShouldBe((TcpFlags.Syn, 0));
        syn.Options!.ShouldNotContain("FO");
    }

    /// <summary>Opens with data, which the peer takes.</summary>
    private static Socket OpenAndAnswer(SegmentScript s)
    {
        Socket socket = s.Open();
        Send(s, socket).Value.ShouldBe(100);
        s.Take().Payload.Length.ShouldBe(100);
        s.In("S. 0:0 ack 101 win 65535 <mss 1460>");
        s.Out(". 101:101 ack 1");
        return socket;
    }
}
