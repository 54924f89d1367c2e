using System.Globalization;
using Slipway.Wire;

namespace Slipway.Cli.Tests;

/// <summary>Lab files: what their programs print, what the packets were, and what is said to a wrong file.</summary>
public sealed class LabTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("slipway-lab").FullName;

    private static string Sample => Path.Combine(Root(), "samples", "ruptime-dgram.yaml");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void The_client_of_the_sample_prints_the_servers_line()
    {
        CliRun run = CliRun.Of("lab", Sample, "--seed", "1");
        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        run.Error.ShouldBeEmpty();
        run.Lines.ShouldHaveSingleItem().ShouldMatch(@"^client/ruptime:  \d\d:\d\d:\d\d up 0 min,  0 users,  load average: 0.00, 0.00, 0.00$");
    }

    [Fact]
    public void A_client_that_comes_before_its_server_tries_again_until_it_is_there()
    {
        CliRun run = CliRun.Of("lab", Path.Combine(Root(), "samples", "ruptime-stream.yaml"));
        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        run.Error.ShouldBeEmpty();
        run.Lines.ShouldHaveSingleItem().ShouldMatch(@"^client/ruptime:  \d\d:\d\d:\d\d up 0 min,  0 users,  load average: 0.00, 0.00, 0.00$");
    }

    [Fact]
    public void A_child_of_the_server_answers_on_its_standard_output()
    {
        CliRun run = CliRun.Of("lab", Path.Combine(Root(), "samples", "ruptime-child.yaml"));
        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        run.Error.ShouldBeEmpty();
        run.Lines.ShouldHaveSingleItem().ShouldMatch(@"^client/ruptime:  \d\d:\d\d:\d\d up 0 min,  0 users,  load average: 0.00, 0.00, 0.00$");
    }

    [Fact]
    public void Two_runs_of_one_seed_print_and_send_the_same_and_another_seed_does_not()
    {
        (string output, byte[] capture) = Capture(seed: 1);
        (string again, byte[] captureAgain) = Capture(seed: 1);
        again.ShouldBe(output);
        captureAgain.ShouldBe(capture);
        Capture(seed: 2).Bytes.ShouldNotBe(capture);
    }

    [Fact]
    public void The_telnet_example_comes_out_to_the_millisecond_and_is_drawn()
    {
        CliRun run = CliRun.Of("lab", Path.Combine(Root(), "samples", "nagle.yaml"));

        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        // "hello!" over a round trip of 600 ms, a key each 250 ms (NG-003); a request in two writes over one of 100 ms (DA-001, DA-002), in one, and without Nagle.
        run.Lines.ShouldContain("typing-nodelay/telnet-client: 1850 ms: !");
        run.Lines.ShouldContain("typing-nagle/telnet-client: 2400 ms: !");
        run.Lines.Where(static line => line.StartsWith("write-write-read/", StringComparison.Ordinal)).ShouldBe(
            ["write-write-read/request-client: reply after 200 ms", "write-write-read/request-client: reply after 240 ms"]);
        run.Lines.ShouldContain("writev/request-client: reply after 100 ms");
        run.Lines.ShouldContain("two-writes-nodelay/request-client: reply after 100 ms");
        // The client's data with Nagle: 1, 2, 2 and 1 bytes, a round trip apart (NG-003).
        run.Output.ShouldContain("""
              ms  typing-nagle                              server  ms
               0  |-- [P.] seq 1 len 1 ack 1 "h" --------------->|  300
             600  |<-------------------- [.] seq 1 len 0 ack 2 --|  300
             600  |<--------------- [P.] seq 1 len 1 ack 2 "h" --|  300
             600  |-- [P.] seq 2 len 2 ack 1 "el" -------------->|  900
             600  |-- [.] seq 4 len 0 ack 2 -------------------->|  900
            1200  |<-------------- [P.] seq 2 len 2 ack 4 "el" --|  900
            1200  |-- [P.] seq 4 len 2 ack 4 "lo" -------------->|  1500
            1800  |<-------------- [P.] seq 4 len 2 ack 6 "lo" --|  1500
            1800  |-- [P.] seq 6 len 1 ack 6 "!" --------------->|  2100
            2400  |<--------------- [P.] seq 6 len 1 ack 7 "!" --|  2100
            """.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void The_sniffer_of_the_sample_writes_what_it_prints_to_a_file_of_the_directory_of_the_call()
    {
        string capture = Path.Combine(Environment.CurrentDirectory, "server.pcapng");
        try
        {
            CliRun run = CliRun.Of("lab", Path.Combine(Root(), "samples", "sniff.yaml"));

            run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
            string[] printed = [.. run.Lines.Where(static line => line.StartsWith("server/sniff", StringComparison.Ordinal)).Select(static line => line.Split(' ', 5)[4])];
            printed.Length.ShouldBe(10);
            printed.ShouldContain(static line => line.Contains("ICMP echo request", StringComparison.Ordinal));
            using FileStream file = File.OpenRead(capture);
            new PcapngReader(file).ReadPackets().Select(static packet => FramePrinter.PrintFrame(packet.Data.Span)).ShouldBe(printed);
        }
        finally
        {
            File.Delete(capture);
        }
    }

    [Fact]
    public void Ping_and_traceroute_of_the_sample_print_the_times_of_the_links()
    {
        CliRun run = CliRun.Of("lab", Path.Combine(Root(), "samples", "ping.yaml"));

        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        // 5, 20 and 100 ms one way; before the first answer each link's neighbours find each other, which is a round trip of it more.
        string.Concat(run.Lines.Select(static line => line.Replace("client/", "", StringComparison.Ordinal) + "\n")).ShouldBe("""
            ping: PING server (10.0.3.1) 56(84) bytes of data.
            ping: 64 bytes from 10.0.3.1: icmp_seq=1 ttl=62 time=500 ms
            ping: 64 bytes from 10.0.3.1: icmp_seq=2 ttl=62 time=250 ms
            ping: 64 bytes from 10.0.3.1: icmp_seq=3 ttl=62 time=250 ms
            ping: 
            ping: --- server ping statistics ---
            ping: 3 packets transmitted, 3 received, 0% packet loss, time 2250ms
            ping: rtt min/avg/max/mdev = 250.000/333.333/500.000/117.851 ms
            ping: PING server (fd00:3::1) 56 bytes of data.
            ping: 64 bytes from fd00:3::1: icmp_seq=1 ttl=62 time=500 ms
            ping: 64 bytes from fd00:3::1: icmp_seq=2 ttl=62 time=250 ms
            ping: 
            ping: --- server ping statistics ---
            ping: 2 packets transmitted, 2 received, 0% packet loss, time 1250ms
            ping: rtt min/avg/max/mdev = 250.000/375.000/500.000/125.000 ms
            traceroute: traceroute to server (10.0.3.1), 30 hops max, 60 byte packets
            traceroute:  1  near (10.0.1.254)  10.000 ms  10.000 ms  10.000 ms
            traceroute:  2  far (10.0.2.254)  50.000 ms  50.000 ms  50.000 ms
            traceroute:  3  server (10.0.3.1)  250.000 ms  250.000 ms  250.000 ms
            traceroute: traceroute to server (fd00:3::1), 30 hops max, 80 byte packets
            traceroute:  1  near (fd00:1::fe)  10.000 ms
            traceroute:  2  far (fd00:2::fe)  50.000 ms
            traceroute:  3  server (fd00:3::1)  250.000 ms

            """.ReplaceLineEndings("\n"));
    }

    [TsharkFact]
    public void Wireshark_finds_nothing_wrong_in_the_capture()
    {
        string file = InDirectory("all.pcapng");
        CliRun.Of("lab", Sample, "--pcap", file).ExitCode.ShouldBe(ExitCode.Done);
        Tools.CountPackets(file, "udp").ShouldBe(2, "one request and one answer");
        Tools.CountPackets(file, "_ws.malformed || _ws.expert.severity == error || ip.checksum.status == 0 || udp.checksum.status == 0").ShouldBe(0);
    }

    [Fact]
    public void The_capture_of_one_link_is_asked_for_by_its_name_or_by_an_end()
    {
        string whole = InDirectory("whole.pcapng"), link = InDirectory("link.pcapng");
        CliRun.Of("lab", Sample, "--pcap", whole, "--pcap-link", $"client.eth0={link}").ExitCode.ShouldBe(ExitCode.Done);
        File.ReadAllBytes(link).ShouldBe(File.ReadAllBytes(whole), "the network has one link");
    }

    [Fact]
    public void A_link_that_is_not_there_is_refused_with_those_that_are() =>
        CliRun.Of("lab", Sample, "--pcap-link", "router.eth0=x").ShouldBeRefused().ShouldContain("client.eth0-server.eth0");

    [Fact]
    public void A_capture_that_cannot_be_written_is_a_failure_that_names_its_path()
    {
        string path = Path.Combine(_directory, "missing", "x.pcapng");
        CliRun.Of("lab", Sample, "--pcap", path).ShouldBeRefused(ExitCode.Failed).ShouldContain(path);
    }

    [Fact]
    public void A_stop_time_ends_the_run_before_the_answer_comes()
    {
        CliRun run = CliRun.Of("lab", Sample, "--until", "1.5s");
        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        run.Output.ShouldBeEmpty();
    }

    [Fact]
    public void Every_problem_of_a_file_gets_a_line_with_its_place()
    {
        string file = Write("""
            hosts:
              a:
                adress: 10.0.0.1/24
            links:
              - between: [a, b]
            """);
        CliRun run = CliRun.Of("lab", file);
        run.ExitCode.ShouldBe(ExitCode.WrongWords);
        run.Output.ShouldBeEmpty();
        run.Complaints.Length.ShouldBe(2);
        run.Complaints[0].ShouldStartWith($"slipway: {file}:3:5: unknown key 'adress'");
        run.Complaints[1].ShouldStartWith($"slipway: {file}:5:18: ");
    }

    [Fact]
    public void A_program_that_fails_fails_the_lab_and_keeps_its_own_message()
    {
        string file = Write("""
            hosts:
              alone:
                address: 10.0.0.1/24
            programs:
              - host: alone
                run: findsvc onlyone
            """);
        CliRun run = CliRun.Of("lab", file);
        run.ExitCode.ShouldBe(ExitCode.Failed);
        run.Complaints[0].ShouldBe("usage: findsvc nodename service");
        run.Complaints[^1].ShouldContain("alone/findsvc");
        run.Complaints[^1].ShouldContain("exit code 1");
    }

    [Fact]
    public void Programs_that_all_wait_for_ever_are_told_as_a_deadlock()
    {
        string file = Write("""
            hosts:
              alone:
                address: 10.0.0.1/24
            programs:
              - host: alone
                run: ruptimed --dgram
            """);
        CliRun run = CliRun.Of("lab", file);
        run.ExitCode.ShouldBe(ExitCode.Failed);
        run.Complaints[0].ShouldContain("deadlock");
        run.Complaints[1].ShouldContain("alone/ruptimed");
    }

    private (string Output, byte[] Bytes) Capture(int seed)
    {
        string file = InDirectory("seeded.pcapng");
        CliRun run = CliRun.Of("lab", Sample, "--seed", seed.ToString(CultureInfo.InvariantCulture), "--pcap", file);
        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        return (run.Output, File.ReadAllBytes(file));
    }

    private string Write(string text)
    {
        string file = InDirectory("lab.yaml");
        File.WriteAllText(file, text);
        return file;
    }

    private string InDirectory(string name) => Path.Combine(_directory, name);

    private static string Root()
    {
        DirectoryInfo? directory = new(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Slipway.slnx"))) directory = directory.Parent;
        return directory?.FullName ?? throw new DirectoryNotFoundException("the tests do not run inside the repository");
    }
}
