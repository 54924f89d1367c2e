using Slipway.Sockets;
using Slipway.Stack;
using Slipway.Wire;

namespace Slipway.Lab.Tests;

/// <summary>Captures, and that a seed decides every byte of them.</summary>
public sealed class CaptureTests
{
    private static readonly LinkModel Bad = new()
    {
        Delay = TimeSpan.FromMilliseconds(20),
        Jitter = TimeSpan.FromMilliseconds(5),
        Rate = 1_000_000,
        Loss = 0.1,
        Duplication = 0.1,
        Reordering = 0.2,
        ReorderingDelay = TimeSpan.FromMilliseconds(30),
        Corruption = 0.05,
    };

    [Fact]
    public void Two_runs_of_one_seed_are_the_same_byte_for_byte_and_other_seeds_differ()
    {
        (byte[] capture, string log) = Babble(seed: 11);
        (byte[] again, string sameLog) = Babble(seed: 11);
        (byte[] other, string otherLog) = Babble(seed: 12);

        again.ShouldBe(capture);
        sameLog.ShouldBe(log);
        log.Split('\n').Length.ShouldBeGreaterThan(50);
        other.ShouldNotBe(capture);
        otherLog.ShouldNotBe(log);
    }

    [Fact]
    public void One_more_host_that_does_nothing_changes_nothing()
    {
        (byte[] capture, string log) = Babble(seed: 11);
        (byte[] more, string moreLog) = Babble(seed: 11, bystander: true);

        moreLog.ShouldBe(log);
        more.ShouldBe(capture);
    }

    [Fact]
    public void A_capture_has_each_packet_where_it_was_sent_with_the_time_of_the_simulation()
    {
        var origin = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
        using var net = new VirtualNetwork(seed: 1, new VirtualNetworkOptions { Origin = origin });
        Host a = net.AddHost("a", "10.0.0.1/24"), b = net.AddHost("b", "10.0.0.2/24"), c = net.AddHost("c", "10.0.1.1/24");
        LabLink link = net.Connect(a, b, new LinkModel { Delay = TimeSpan.FromMilliseconds(300) });
        net.Connect(b, c);
        a.Start("source", static process => Send(process, "10.0.0.2", 1));

        net.Run();

        List<PcapngPacket> packets = Read(stream => net.Capture.Save(stream, link));
        long zero = origin.ToUnixTimeMilliseconds() * 1_000_000;
        List<string> sent = [.. packets.Where(static packet => !IsIPv6(packet)).Select(packet => $"{packet.Interface.Name} {(packet.Timestamp - zero) / 1_000_000}")];
        // The question of ARP, its answer, the datagram, that the port is closed; and after five seconds b makes sure of a's address.
        sent.ShouldBe(["a.eth0 0", "b.eth0 300", "a.eth0 600", "b.eth0 900", "b.eth0 5900", "a.eth0 6200"]);
        Read(stream => net.Capture.Save(stream, a)).Count(static packet => !IsIPv6(packet)).ShouldBe(6);
        Read(stream => net.Capture.Save(stream, c)).Count(static packet => !IsIPv6(packet)).ShouldBe(0);
    }

    [Fact]
    public void A_stream_holds_what_a_saved_capture_holds()
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".pcapng");
        try
        {
            using var saved = new MemoryStream();
            using (VirtualNetwork net = BabbleNetwork(seed: 3, bystander: false, CaptureMode.Memory))
            {
                net.Capture.StreamTo(path);
                net.Run();
                net.Capture.Save(saved);
            }
            File.ReadAllBytes(path).ShouldBe(saved.ToArray());
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Without_capture_nothing_can_be_saved()
    {
        using var off = new VirtualNetwork(options: new VirtualNetworkOptions { Capture = CaptureMode.Off });
        using var streaming = new VirtualNetwork(options: new VirtualNetworkOptions { Capture = CaptureMode.Stream });
        Should.Throw<InvalidOperationException>(() => off.Capture.Save(Stream.Null));
        Should.Throw<InvalidOperationException>(() => off.Capture.StreamTo("/dev/null"));
        Should.Throw<InvalidOperationException>(() => streaming.Capture.Save(Stream.Null));
    }

    [Fact]
    public void Chosen_packets_can_be_lost_by_script()
    {
        using var net = new VirtualNetwork(seed: 1);
        Host a = net.AddHost("a", "10.0.0.1/24"), b = net.AddHost("b", "10.0.0.2/24");
        LabLink link = net.Connect(a.On() with { WithFaults = true }, b);
        var got = new List<byte>();
        // ARP is the first packet of IPv4; every second datagram is lost.
        int datagrams = 0;
        using (net.Loop.Enter())
        {
            link.A.Faults.ShouldNotBeNull().OutboundFilter = (packet, _) =>
                packet.Span[12] == 0x08 && packet.Span[13] == 0x00 && ++datagrams % 2 == 0 ? FaultVerdict.Drop : FaultVerdict.Pass;
        }
        b.Start("sink", process =>
        {
            using Socket socket = process.Sockets.Open(AddressFamily.Inet, SocketType.Datagram);
            socket.Bind(new InetAddress("0.0.0.0", 9));
            var buffer = new byte[1];
            while (true)
            {
                socket.Receive(buffer);
                got.Add(buffer[0]);
            }
        });
        a.Start("source", static process => Send(process, "10.0.0.2", 6));

        net.Run();

        got.ShouldBe([0, 2, 4]);
    }

    private static (byte[] Capture, string Log) Babble(ulong seed, bool bystander = false)
    {
        using VirtualNetwork net = BabbleNetwork(seed, bystander, CaptureMode.Memory);
        net.Run();
        using var stream = new MemoryStream();
        net.Capture.Save(stream);
        return (stream.ToArray(), string.Concat(net.Processes.Select(static process => process.Output)));
    }

    /// <summary>Several programs, blocking and async, over a bad link and a router.</summary>
    private static VirtualNetwork BabbleNetwork(ulong seed, bool bystander, CaptureMode mode)
    {
        var net = new VirtualNetwork(seed, new VirtualNetworkOptions { Capture = mode });
        if (bystander) net.AddHost("bystander");
        Host a = net.AddHost("a", "10.0.0.1/24"), b = net.AddHost("b", "10.0.1.1/24"), router = net.AddRouter("router", "10.0.0.254/24", "10.0.1.254/24");
        net.Connect(a, router, Bad);
        net.Connect(router, b);
        b.Start("echo", static async process =>
        {
            using Socket socket = process.Sockets.Open(AddressFamily.Inet, SocketType.Datagram);
            socket.Bind(new InetAddress("0.0.0.0", 7));
            var buffer = new byte[256];
            while (true)
            {
                ReceivedFrom received = await socket.ReceiveFromAsync(buffer);
                process.Out.WriteLine($"{process.Time.GetUtcNow():O} {received.Count} from {received.From}");
                await Task.Delay(TimeSpan.FromMilliseconds(1), process.Time);
                await socket.SendToAsync(buffer.AsMemory(0, received.Count), received.From);
            }
        });
        for (int i = 0; i < 3; i++) a.Start($"talk{i}", Talk);
        return net;
    }

    private static void Talk(HostProcess process)
    {
        using Socket socket = process.Sockets.Open(AddressFamily.Inet, SocketType.Datagram);
        socket.Connect(new InetAddress("10.0.1.1", 7));
        Span<byte> buffer = stackalloc byte[256];
        for (int i = 1; i <= 20; i++)
        {
            socket.Send(buffer[..(i * 10)]);
            PollEvents ready = socket.Poll(PollEvents.POLLIN, TimeSpan.FromMilliseconds(150));
            int length = ready == PollEvents.POLLIN ? socket.Receive(buffer) : -1;
            process.Out.WriteLine($"{process.Time.GetUtcNow():O} {process.ProgramName} {i}: {length} at {socket.LocalAddress}");
        }
    }

    private static void Send(HostProcess process, string to, int count)
    {
        using Socket socket = process.Sockets.Open(AddressFamily.Inet, SocketType.Datagram);
        for (byte i = 0; i < count; i++)
        {
            socket.SendTo([i], new InetAddress(to, 9));
            process.Sleep(TimeSpan.FromSeconds(2));
        }
    }

    private static bool IsIPv6(PcapngPacket packet) => packet.Data.Span[12] == 0x86;

    private static List<PcapngPacket> Read(Action<Stream> save)
    {
        using var stream = new MemoryStream();
        save(stream);
        stream.Position = 0;
        return [.. new PcapngReader(stream).ReadPackets()];
    }
}
