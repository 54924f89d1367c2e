using System.Text;
using Slipway.Samples;
using Slipway.Sockets;

namespace Slipway.Cli.Tests;

/// <summary>The services of the old internet over TCP, on the kernel's loopback.</summary>
public sealed class StreamServiceTests
{
    [Fact]
    public void Echo_gives_everything_back_after_the_client_has_closed_its_side_too()
    {
        using var server = new KernelServer(new EchoStream().Server);
        byte[] sent = [.. Enumerable.Range(0, 300_000).Select(static i => (byte)(i * 31 >> 3))];
        using Socket socket = server.Connect();
        var sender = new Thread(() =>
        {
            KernelServer.Send(socket, sent);
            socket.Shutdown(ShutdownHow.Send);
        });
        sender.Start();
        KernelServer.ReceiveAll(socket).ShouldBe(sent);
        sender.Join();
    }

    [Fact]
    public void Discard_says_nothing_and_closes_when_the_client_has_closed_its_side()
    {
        using var server = new KernelServer(new DiscardStream().Server);
        server.Talk(new string('x', 100_000)).ShouldBeEmpty();
    }

    [Fact]
    public void Daytime_and_ruptime_send_a_line_and_close_whatever_the_client_says()
    {
        using (var server = new KernelServer(new DaytimeStream().Server))
            server.Talk("what time is it?").ShouldMatch(@"^[A-Z][a-z]+day, [A-Z][a-z]+ \d+, \d{4} \d\d:\d\d:\d\d-UTC\r\n$");
        using (var server = new KernelServer(new UptimeStream().Server))
            server.Talk("").ShouldMatch(@"^ \d\d:\d\d:\d\d up .* load average: .*\n$");
    }

    [Fact]
    public void Chargen_sends_the_pattern_of_the_RFC_until_the_client_goes()
    {
        using var server = new KernelServer(new CharacterGeneratorStream().Server);
        using Socket socket = server.Connect();
        KernelServer.Send(socket, "thrown away"u8);
        byte[] pattern = new byte[1_000_000];
        for (int filled = 0; filled < pattern.Length;) filled += socket.Receive(pattern.AsSpan(filled));
        string[] lines = Encoding.ASCII.GetString(pattern).Split("\r\n");
        string ring = string.Concat(Enumerable.Range(' ', 95).Select(static c => (char)c));
        for (int i = 0; i < lines.Length - 1; i++) lines[i].ShouldBe((ring + ring).Substring(i % 95, 72), $"line {i}");
    }

    [Fact]
    public void Two_hundred_clients_are_served_at_once()
    {
        using var server = new KernelServer(new EchoStream().Server);
        Socket[] clients = [.. Enumerable.Range(0, 200).Select(_ => server.Connect())];
        // The last speaks first: none waits for another to be done.
        foreach (Socket client in clients.Reverse()) KernelServer.Send(client, BitConverter.GetBytes(client.Descriptor));
        byte[] answer = new byte[4];
        foreach (Socket client in clients)
        {
            client.Receive(answer, MessageFlags.MSG_WAITALL).ShouldBe(4);
            BitConverter.ToInt32(answer).ShouldBe(client.Descriptor);
        }
        foreach (Socket client in clients) client.Dispose();
    }
}
