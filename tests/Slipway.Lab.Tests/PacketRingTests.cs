using Slipway.Sockets;
using Slipway.Stack;

namespace Slipway.Lab.Tests;

/// <summary>Rings of packet sockets where times are exact: what waits for a slow link, and memory that somebody spoiled.</summary>
public class PacketRingTests
{
    private const ushort Experiment = 0x88B5;

    [Fact]
    public void A_send_waits_until_the_link_has_taken_all_slots_and_MSG_DONTWAIT_does_not()
    {
        using var net = new VirtualNetwork(seed: 5);
        Host left = net.AddHost("left", "10.0.0.1/24"), right = net.AddHost("right", "10.0.0.2/24");
        // A frame of 1000 bytes takes a second.
        net.Connect(left, right, new LinkModel { Rate = 8_000 });
        var seconds = new List<double>();
        var statuses = new List<string>();
        Errno late = Errno.None, busy = Errno.None;

        left.Start("send", process =>
        {
            process.Sleep(TimeSpan.FromSeconds(60));
            int index = process.Sockets.GetInterfaces().Single(static device => !device.IsLoopback).Index;
            using Socket socket = process.Sockets.Open(AddressFamily.Packet, SocketType.Raw);
            socket.Bind(new LinkLayerAddress(index, Experiment));
            using PacketSendRing ring = socket.OpenSendRing(PacketRingRequest.Of(PacketRingVersion.V2, 1, 4096, 1024 + 256));
            long start = process.Time.GetTimestamp();
            void Note()
            {
                seconds.Add(Math.Round(process.Time.GetElapsedTime(start).TotalSeconds, 3));
                statuses.Add(string.Join(' ', Enumerable.Range(0, ring.Count).Select(slot => ring[slot])));
            }
            Fill(ring, 2);
            ring.BeginSend().ShouldBe(2000);
            Note();
            Fill(ring, 1);
            ring.TryReserve(out _).ShouldBeFalse();
            ring.Send().ShouldBe(1000);
            Note();
            Fill(ring, 3);
            socket.SetOption(SocketLevel.SOL_SOCKET, SocketOptionName.SO_SNDTIMEO, [1, 0, 0, 0, 0, 0, 0, 0, .. new byte[8]]);
            late = Should.Throw<SocketCallException>(() => ring.Send()).Errno;
            Note();
            ring.Dispose();
            busy = Should.Throw<SocketCallException>(socket.CloseRings).Errno;
            process.Sleep(TimeSpan.FromSeconds(3));
            socket.CloseRings();
        });
        net.Run();

        seconds.ShouldBe([0, 3, 4]);
        statuses.ShouldBe(["Sending Sending Available", "Available Available Available", "Available Sending Sending"]);
        (late, busy).ShouldBe((Errno.ETIMEDOUT, Errno.EBUSY));
    }

    [Fact]
    public void A_ring_that_rests_keeps_no_clock_running()
    {
        using var net = new VirtualNetwork(seed: 5);
        Host host = net.AddHost("host");
        TimeSpan waited = default;
        host.Start("wait", process =>
        {
            using Socket socket = process.Sockets.Open(AddressFamily.Packet, SocketType.Raw);
            using PacketReceiveRing ring = socket.OpenReceiveRing(PacketRingRequest.Of(PacketRingVersion.V3, 2) with { RetireMilliseconds = 1 });
            socket.Bind(new LinkLayerAddress(1, Experiment));
            long start = process.Time.GetTimestamp();
            ring.Wait(TimeSpan.FromHours(1000)).ShouldBeFalse();
            waited = process.Time.GetElapsedTime(start);
            // For ever: the network finds that nothing more can happen.
            ring.Wait();
        });
        net.Run();

        waited.ShouldBe(TimeSpan.FromHours(1000));
    }

    [Theory]
    [InlineData(PacketRingVersion.V1, 16, 0xFFFF)]
    [InlineData(PacketRingVersion.V1, 12, 0x7FFF_FFFF)]
    [InlineData(PacketRingVersion.V2, 8, 0xFFFF_FFFF)]
    [InlineData(PacketRingVersion.V3, 16, 4090)]
    [InlineData(PacketRingVersion.V3, 16, 0xFFFF_FFF0)]
    [InlineData(PacketRingVersion.V3, 48, 8)]
    [InlineData(PacketRingVersion.V3, 48, 5000)]
    [InlineData(PacketRingVersion.V3, 48, 0x8000_0000)]
    [InlineData(PacketRingVersion.V3, 60, 4000)]
    public void A_reader_reads_nothing_outside_of_what_it_was_given(PacketRingVersion version, int offset, uint spoiled)
    {
        using var net = new VirtualNetwork(seed: 5);
        Host host = net.AddHost("host");
        bool isRefused = false;
        host.Start("read", process =>
        {
            using Socket sender = process.Sockets.Open(AddressFamily.Packet, SocketType.Raw), socket = process.Sockets.Open(AddressFamily.Packet, SocketType.Raw);
            using PacketReceiveRing ring = socket.OpenReceiveRing(PacketRingRequest.Of(version, 1, 4096, 4096) with { RetireMilliseconds = version == PacketRingVersion.V3 ? 1u : 0 });
            using MappedMemory memory = socket.Map(4096);
            socket.Bind(new LinkLayerAddress(1, Experiment));
            sender.SendTo(new byte[60], new LinkLayerAddress(1, Experiment));
            sender.SendTo([.. new byte[12], 0x88, 0xB5, .. new byte[46]], new LinkLayerAddress(1, Experiment));
            ring.Wait().ShouldBeTrue();
            BitConverter.TryWriteBytes(memory.Span[offset..], spoiled).ShouldBeTrue();
            try
            {
                while (ring.TryRead(out PacketFrame frame)) frame.Data.Length.ShouldBeLessThanOrEqualTo(4096);
            }
            catch (InvalidDataException)
            {
                isRefused = true;
            }
        });
        net.Run();

        isRefused.ShouldBeTrue();
    }

    private static void Fill(PacketSendRing ring, int count)
    {
        for (int i = 0; i < count; i++)
        {
            ring.TryReserve(out Span<byte> room).ShouldBeTrue();
            room[..1000].Clear();
            room[12] = 0x88;
            room[13] = 0xB5;
            ring.Commit(1000);
        }
    }
}
