using Slipway.Sockets;

namespace Slipway.Stack.Tests;

/// <summary>Reports of data out of order that come fast are put together (tcp_comp_sack_delay_ns, tcp_comp_sack_nr). The round trip is 10 ms, a twentieth of it half a millisecond.</summary>
public sealed class CompressionScripts
{
    [Fact]
    public void After_three_reports_further_ones_wait_a_twentieth_of_a_round_trip_and_go_as_one()
    {
        SegmentScript s = Start(out Socket socket);
        using (socket)
        {
            for (uint at = 4001; at < 12_000; at += 1000) Early(s, at);
            s.OutAfter(0.5, ". 1:1 ack 1001 <TS val 10 ecr 1010,sack 2001:12001>");
            // Of nine, one went.
            s.Ext[TcpExtCounter.TCPAckCompressed].ShouldBe(8);
            s.In("P. 1001:2001 ack 1 win 512 <TS val 1010 ecr 10>");
            s.Out(". 1:1 ack 12001 <TS val 10 ecr 1010>");
            SegmentScript.Read(socket, 1, 12_001);
        }
    }

    [Fact]
    public void As_many_as_may_wait_are_followed_by_one_that_does_not()
    {
        SegmentScript s = Start(out Socket socket, ("net.ipv4.tcp_comp_sack_nr", "3"));
        using (socket)
        {
            Early(s, 4001);
            Early(s, 5001);
            s.In(". 6001:7001 ack 1 win 512 <TS val 1010 ecr 10>");
            s.Out(". 1:1 ack 1001 <TS val 10 ecr 1010,sack 2001:7001>");
            s.After(0.4);
        }
    }

    [Fact]
    public void Data_take_the_report_along()
    {
        SegmentScript s = Start(out Socket socket);
        using (socket)
        {
            SegmentScript.Write(socket, 1, 10);
            s.Out("P. 1:11 ack 1001 <TS val 10 ecr 1010,sack 2001:4001>");
            s.Ext[TcpExtCounter.TCPAckCompressed].ShouldBe(1);
            s.After(5);
        }
    }

    [Fact]
    public void A_third_block_has_the_others_told_before_it_or_it_could_push_one_out()
    {
        SegmentScript s = Start(out Socket socket);
        using (socket)
        {
            Early(s, 6001);
            s.In(". 9001:10001 ack 1 win 512 <TS val 1010 ecr 10>");
            s.Out(". 1:1 ack 1001 <TS val 10 ecr 1010,sack 6001:7001,sack 2001:4001>");
            s.OutAfter(0.5, ". 1:1 ack 1001 <TS val 10 ecr 1010,sack 9001:10001,sack 6001:7001,sack 2001:4001>");
        }
    }

    [Fact]
    public void With_tcp_comp_sack_nr_0_or_without_delay_each_is_reported()
    {
        foreach (string name in new[] { "net.ipv4.tcp_comp_sack_nr", "net.ipv4.tcp_comp_sack_delay_ns" })
        {
            SegmentScript s = Start(out Socket socket, isCompressed: false, (name, "0"));
            using (socket) s.Out(". 1:1 ack 1001 <TS val 10 ecr 1010,sack 2001:4001>");
        }
    }

    private static SegmentScript Start(out Socket socket, params (string Name, string Value)[] settings) => Start(out socket, isCompressed: true, settings);

    /// <summary>A gap that was reported three times, and a fourth segment behind it.</summary>
    private static SegmentScript Start(out Socket socket, bool isCompressed, params (string Name, string Value)[] settings)
    {
        var s = new SegmentScript(settings: settings);
        Socket listener = s.Listen();
        s.In("S 0:0 win 65535 <mss 1460,sackOK,TS val 1000 ecr 0,nop,wscale 7>");
        s.Take();
        s.Pass(10);
        s.In(". 1:1 ack 1 win 512 <TS val 1010 ecr 0>");
        socket = listener.Accept();
        socket.NonBlocking = true;
        listener.Dispose();
        // Not in the quick mode of a new connection.
        socket.SetOption(SocketLevel.IPPROTO_TCP, SocketOptionName.TCP_QUICKACK, 0);
        s.In(". 1:1001 ack 1 win 512 <TS val 1010 ecr 0>");
        s.Nothing();
        uint end = 2001;
        for (int i = 0; i < 3; i++)
        {
            s.In($". {end}:{end + 400} ack 1 win 512 <TS val 1010 ecr 10>");
            end += 400;
            s.Out($". 1:1 ack 1001 <TS val 10 ecr 1010,sack 2001:{end}>");
        }
        s.In($". {end}:4001 ack 1 win 512 <TS val 1010 ecr 10>");
        if (isCompressed) s.Nothing();
        return s;
    }

    private static void Early(SegmentScript s, uint at)
    {
        s.In($". {at}:{at + 1000} ack 1 win 512 <TS val 1010 ecr 10>");
        s.Nothing();
    }
}
