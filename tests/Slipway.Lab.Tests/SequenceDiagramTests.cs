using Slipway.Sockets;
using Slipway.Stack;
using Slipway.Wire;

namespace Slipway.Lab.Tests;

/// <summary>Time-sequence diagrams: how they are laid out, and that they tell what passed on a link.</summary>
public sealed class SequenceDiagramTests
{
    private const ushort ClientPort = 40000, ServerPort = 23;
    private const uint ClientOrigin = 0xFFFF_FFFF, ServerOrigin = 7000;

    [Fact]
    public void Numbers_count_from_the_syn_and_each_label_stands_at_the_tail_of_its_arrow()
    {
        var diagram = new SequenceDiagram("client", "server");
        Pass(diagram, forth: true, 0, 300, TcpFlags.Syn, 0, 0);
        Pass(diagram, forth: false, 300, 600, TcpFlags.Syn | TcpFlags.Ack, 0, 1);
        Pass(diagram, forth: true, 600, 900, TcpFlags.Ack, 1, 1);
        Pass(diagram, forth: true, 600.25, 900.25, TcpFlags.Psh | TcpFlags.Ack, 1, 1, "hi\n");

        diagram.ToString().ShouldBe("""
                ms  client                                    server  ms
                 0  |-- [S] seq 0 len 0 -------------------------->|  300
               600  |<------------------- [S.] seq 0 len 0 ack 1 --|  300
               600  |-- [.] seq 1 len 0 ack 1 -------------------->|  900
            600.25  |-- [P.] seq 1 len 3 ack 1 "hi\n" ------------>|  900.25

            """, StringCompareShould.IgnoreLineEndings);
    }

    [Fact]
    public void A_lost_packet_has_a_cross_and_no_time_of_arrival()
    {
        var diagram = new SequenceDiagram("client", "server");
        diagram.NoteSent(isForth: true, TimeSpan.FromMilliseconds(5), LinkType.RawIp, Packet(true, TcpFlags.Fin | TcpFlags.Ack, 1, 1));
        diagram.NoteSent(isForth: false, TimeSpan.FromMilliseconds(9), LinkType.RawIp, Packet(false, TcpFlags.Rst, 1, 0));

        diagram.ToString().ShouldBe("""
            ms  client                                    server  ms
             5  |-- [F.] seq 1 len 0 ack 1 ---------x          |
                |             x------------- [R] seq 1 len 0 --|  9

            """, StringCompareShould.IgnoreLineEndings);
        diagram.Events[0].Arrived.ShouldBeNull();
    }

    [Fact]
    public void What_is_sent_before_the_beginning_is_left_out_but_still_tells_where_numbers_begin()
    {
        var diagram = new SequenceDiagram("client", "server") { From = TimeSpan.FromSeconds(2) };
        Pass(diagram, forth: true, 0, 300, TcpFlags.Syn, 0, 0);
        Pass(diagram, forth: false, 300, 600, TcpFlags.Syn | TcpFlags.Ack, 0, 1);
        Pass(diagram, forth: true, 2600, 2900, TcpFlags.Psh | TcpFlags.Ack, 101, 51, "el");

        SequenceEvent only = diagram.Events.ShouldHaveSingleItem();
        only.Sent.ShouldBe(TimeSpan.FromMilliseconds(600));
        only.Arrived.ShouldBe(TimeSpan.FromMilliseconds(900));
        only.Text.ShouldBe("[P.] seq 101 len 2 ack 51 \"el\"");
        only.Segment.ShouldBe(new SequenceSegment(ClientPort, ServerPort, TcpFlags.Psh | TcpFlags.Ack, 101, 2, 51, 500));
    }

    [Fact]
    public void Without_its_syn_a_connection_begins_at_one()
    {
        var diagram = new SequenceDiagram("client", "server");
        Pass(diagram, forth: true, 0, 300, TcpFlags.Ack, 5000, 900, "x");
        Pass(diagram, forth: false, 300, 600, TcpFlags.Ack, 900, 5001);
        diagram.Events.Select(static packet => packet.Text).ShouldBe(["[.] seq 1 len 1 ack 1 \"x\"", "[.] seq 1 len 0 ack 2"]);
    }

    [Fact]
    public void Two_connections_are_told_apart_by_their_ports()
    {
        var diagram = new SequenceDiagram("client", "server");
        Pass(diagram, forth: true, 0, 1, TcpFlags.Syn, 0, 0);
        Pass(diagram, forth: true, 2, 3, TcpFlags.Syn, 0, 0, port: 40001);

        string[] lines = diagram.ToString().Split('\n');
        lines[1].ShouldContain("|-- 40000 > 23: [S] seq 0 len 0 ---");
        lines[2].ShouldContain("|-- 40001 > 23: [S] seq 0 len 0 ---");
    }

    [Fact]
    public void Twins_arrive_in_the_order_in_which_they_were_sent()
    {
        var diagram = new SequenceDiagram("client", "server");
        byte[] packet = Packet(true, TcpFlags.Ack, 1, 1);
        foreach (int time in new[] { 0, 1 }) diagram.NoteSent(isForth: true, TimeSpan.FromMilliseconds(time), LinkType.RawIp, packet);
        foreach (int time in new[] { 10, 20, 30 }) diagram.NoteArrived(isForth: true, TimeSpan.FromMilliseconds(time), packet);
        diagram.Events.Select(static twin => twin.Arrived!.Value.TotalMilliseconds).ShouldBe([10, 20]);
    }

    [Fact]
    public void A_link_draws_its_packets_with_the_times_of_both_ends()
    {
        using var net = new VirtualNetwork(seed: 3);
        Host near = net.AddHost("near", "10.0.0.1/24"), far = net.AddHost("far", "10.0.0.2/24");
        LabLink link = net.Connect(near, far, new LinkModel { Delay = TimeSpan.FromMilliseconds(40) });
        SequenceDiagram diagram = link.Draw(TimeSpan.FromSeconds(1));
        near.Start("asks", static process =>
        {
            process.Sleep(TimeSpan.FromSeconds(1));
            using Socket socket = process.Sockets.Open(AddressFamily.Inet, SocketType.Datagram);
            socket.SendTo("x"u8, new InetAddress("10.0.0.2", 9));
        });
        net.Run();

        link.Diagram.ShouldBeSameAs(diagram);
        diagram.Events.Select(static packet => (packet.IsForth, packet.Sent.TotalMilliseconds, packet.Arrived!.Value.TotalMilliseconds)).ShouldBe([(true, 80, 120), (false, 120, 160)]);
        diagram.Events[1].Text.ShouldContain("port unreachable");
        diagram.ToString().ShouldNotContain("ARP");
    }

    [Fact]
    public void A_lab_file_wants_a_diagram_of_a_link_even_where_nothing_is_captured()
    {
        LabFile file = LabFile.Parse(
            """
            hosts: { a: { address: 10.0.0.1/24 }, b: { address: 10.0.0.2/24 }, c: { address: 10.0.1.1/24 } }
            links:
              - { between: [a, b], diagram: 2s }
              - { between: [b, c], diagram: true }
              - { between: [a, c], diagram: false }
            """,
            "lab.yaml", new Dictionary<string, Action<HostProcess>>());
        using VirtualNetwork net = file.Build(options: new VirtualNetworkOptions { Capture = CaptureMode.Off });
        net.Links.Select(static link => link.Diagram?.From).ShouldBe([TimeSpan.FromSeconds(2), TimeSpan.Zero, null]);
    }

    [Fact]
    public void A_lab_file_with_a_diagram_that_is_no_time_is_refused()
        => Should.Throw<LabFileException>(static () => LabFile.Parse(
            "hosts: { a: , b: }\nlinks: [{ between: [a, b], diagram: maybe }]\n", "lab.yaml", new Dictionary<string, Action<HostProcess>>()))
            .Message.ShouldContain("lab.yaml:2:37: 'maybe'");

    private static void Pass(SequenceDiagram diagram, bool forth, double sent, double arrived, TcpFlags flags, uint sequence, uint acknowledgment, string data = "", ushort port = ClientPort)
    {
        byte[] packet = Packet(forth, flags, sequence, acknowledgment, data, port);
        diagram.NoteSent(forth, TimeSpan.FromMilliseconds(sent), LinkType.RawIp, packet);
        diagram.NoteArrived(forth, TimeSpan.FromMilliseconds(arrived), packet);
    }

    private static byte[] Packet(bool forth, TcpFlags flags, uint sequence, uint acknowledgment, string data = "", ushort port = ClientPort)
    {
        (uint mine, uint theirs) = forth ? (ClientOrigin, ServerOrigin) : (ServerOrigin, ClientOrigin);
        var tcp = new TcpHeader(forth ? port : ServerPort, forth ? ServerPort : port, unchecked(mine + sequence), unchecked(theirs + acknowledgment), flags, 500);
        IpAddress client = IpAddress.Parse("10.0.0.1"), server = IpAddress.Parse("10.0.0.2");
        var ip = new Ipv4Header(forth ? client : server, forth ? server : client, IpProtocolNumber.Tcp) { PayloadLength = tcp.Length + data.Length };
        byte[] packet = new byte[ip.Length + ip.PayloadLength];
        ip.Write(packet);
        System.Text.Encoding.ASCII.GetBytes(data, packet.AsSpan(ip.Length + tcp.Length));
        tcp.Write(packet.AsSpan(ip.Length), ip.Source, ip.Destination);
        return packet;
    }
}
