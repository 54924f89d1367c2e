using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Slipway.Sockets;
using Slipway.Stack;

namespace Slipway.Lab.Tests;

/// <summary>CM-006: datagrams leave at the times that their messages name (SO_TXTIME, SCM_TXTIME; the kernel's fq does this where a device has one).</summary>
public sealed class SendTimeTests
{
    private const int RealTime = 0, Monotonic = 1;

    /// <summary>Sent in one order, they leave in that of their times; one without a time passes them all, and one that is late goes at once.</summary>
    [Fact]
    public void Datagrams_leave_at_their_times_and_not_in_the_order_of_their_sends()
        => Arrivals(Monotonic, static process => process.Time.GetTimestamp(), ("late", 20), ("soon", 5), ("past", -3), ("now", null))
            .ShouldBe(["past 1", "now 1", "soon 6", "late 21"]);

    /// <summary>The time of day will do as well.</summary>
    [Fact]
    public void Times_may_be_of_the_time_of_day()
        => Arrivals(RealTime, static process => (process.Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100, ("late", 20), ("soon", 5)).ShouldBe(["soon 6", "late 21"]);

    /// <summary>Nobody waits longer than the horizon of 10 s: such a packet is dropped, as fq does.</summary>
    [Fact]
    public void A_time_beyond_the_horizon_loses_the_packet()
        => Arrivals(Monotonic, static process => process.Time.GetTimestamp(), ("lost", 10_001), ("kept", 9_999)).ShouldBe(["kept 10000"]);

    /// <summary>What came, and after how many milliseconds, over a link that takes one.</summary>
    private static List<string> Arrivals(int clock, Func<HostProcess, long> now, params (string Text, int? Milliseconds)[] datagrams)
    {
        using var net = new VirtualNetwork(seed: 1);
        Host a = net.AddHost("a", "10.0.0.1/24"), b = net.AddHost("b", "10.0.0.2/24");
        net.Connect(a, b, new LinkModel { Delay = TimeSpan.FromMilliseconds(1) });
        var arrivals = new List<string>();
        long start = 0;
        b.Start("receiver", process =>
        {
            using Socket socket = process.Sockets.Open(AddressFamily.Inet, SocketType.Datagram);
            socket.Bind(new InetAddress("0.0.0.0", 9));
            byte[] buffer = new byte[64];
            while (true)
            {
                int length = socket.Receive(buffer);
                arrivals.Add(string.Create(CultureInfo.InvariantCulture, $"{Encoding.ASCII.GetString(buffer, 0, length)} {(process.Time.GetTimestamp() - start) / 1_000_000}"));
            }
        });
        a.Start("sender", process =>
        {
            using Socket socket = process.Sockets.Open(AddressFamily.Inet, SocketType.Datagram);
            socket.Connect(new InetAddress("10.0.0.2", 9));
            // The neighbour is known before anything is timed.
            socket.Send("first"u8);
            process.Sleep(TimeSpan.FromSeconds(1));
            arrivals.Clear();
            socket.SetOption(SocketLevel.SOL_SOCKET, SocketOptionName.SO_TXTIME, [(byte)clock, 0, 0, 0, 0, 0, 0, 0]);
            start = process.Time.GetTimestamp();
            long origin = now(process);
            foreach ((string text, int? milliseconds) in datagrams)
            {
                byte[] time = new byte[sizeof(long)];
                if (milliseconds is { } wait) BinaryPrimitives.WriteInt64LittleEndian(time, origin + wait * 1_000_000L);
                var writer = new ControlMessageWriter(new byte[64]);
                if (milliseconds is not null) writer.TryAdd(SocketLevel.SOL_SOCKET, SocketOptionName.SO_TXTIME, time).ShouldBeTrue();
                socket.System.SendMsg(socket.Descriptor, new SendMessage { Buffer = Encoding.ASCII.GetBytes(text), Control = writer.Written }, MessageFlags.None).Succeeded.ShouldBeTrue();
            }
        });
        net.Run();
        return arrivals;
    }
}
