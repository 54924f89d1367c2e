using System.Buffers.Binary;
using Slipway.Sockets;

namespace Slipway.Stack.Tests;

/// <summary>What buffers hold, and what becomes of the rest.</summary>
public class UdpBufferTests
{
    private readonly TwoHosts _net = new();

    /// <summary>FD-17: the charges are the kernel's, so the count is.</summary>
    [Fact]
    public void A_default_buffer_keeps_256_datagrams_of_one_byte_the_oldest()
    {
        using Socket server = TwoHosts.Bound(_net.Far, InetAddress.AnyIPv4(7));
        using Socket client = TwoHosts.Udp(_net.Near);
        for (int i = 0; i < 5000; i++) client.SendTo([(byte)i], TwoHosts.FarAddress(7)).ShouldBe(1);
        byte[] buffer = new byte[1];
        for (int i = 0; i < 256; i++)
        {
            server.Receive(buffer, MessageFlags.MSG_DONTWAIT);
            buffer[0].ShouldBe((byte)i);
        }
        TwoHosts.ErrnoOf(() => server.Receive(buffer, MessageFlags.MSG_DONTWAIT)).ShouldBe(Errno.EAGAIN);
        _net.Server.Counters.Udp(UdpCounter.RcvbufErrors).ShouldBe(5000 - 256);
        _net.Server.Counters.Udp(UdpCounter.InDatagrams).ShouldBe(256);
    }

    /// <summary>BUF-009, OPT-32.</summary>
    [Fact]
    public void A_small_buffer_keeps_9_of_50_and_the_next_datagram_tells_of_41_lost()
    {
        using Socket server = TwoHosts.Bound(_net.Far, InetAddress.AnyIPv4(7));
        server.SetOption(SocketOptions.ReceiveBuffer, 4000);
        server.GetOption(SocketOptions.ReceiveBuffer).ShouldBe(8000);
        server.SetOption(SocketOptions.ReceiveQueueOverflow, true);
        using Socket client = TwoHosts.Udp(_net.Near);
        for (int i = 0; i < 50; i++) client.SendTo(new byte[100], TwoHosts.FarAddress(7));
        for (int i = 0; i < 9; i++) server.Receive(new byte[100], MessageFlags.MSG_DONTWAIT).ShouldBe(100);
        TwoHosts.ErrnoOf(() => server.Receive(new byte[100], MessageFlags.MSG_DONTWAIT)).ShouldBe(Errno.EAGAIN);
        client.SendTo(new byte[100], TwoHosts.FarAddress(7));
        var message = new ReceiveMessage { Buffer = new byte[100], Control = new byte[64] };
        server.ReceiveMessage(ref message);
        var reader = new ControlMessageReader(message.Control[..message.ControlLength]);
        reader.MoveNext().ShouldBeTrue();
        reader.Is(SocketLevel.SOL_SOCKET, SocketOptionName.SO_RXQ_OVFL).ShouldBeTrue();
        reader.Int32.ShouldBe(41);
    }

    /// <summary>Charges that were read off the kernel over loopback, at the edges of its memory blocks.</summary>
    [Theory]
    [InlineData(0, true, 832)]
    [InlineData(197, true, 832)]
    [InlineData(198, true, 1280)]
    [InlineData(645, true, 1280)]
    [InlineData(646, true, 2304)]
    [InlineData(3718, true, 8448)]
    [InlineData(7814, true, 16640)]
    [InlineData(16081, true, 16913)]
    [InlineData(184, false, 832)]
    [InlineData(185, false, 1280)]
    [InlineData(7801, false, 16640)]
    public void A_datagram_costs_what_it_costs_on_Linux(int payload, bool isIPv4, int bytes)
    {
        using Socket server = TwoHosts.Bound(_net.Far, isIPv4 ? InetAddress.LoopbackIPv4(7) : InetAddress.LoopbackIPv6(7));
        using Socket client = isIPv4 ? TwoHosts.Udp(_net.Far) : TwoHosts.Udp6(_net.Far);
        client.SendTo(new byte[payload], server.LocalAddress);
        BinaryPrimitives.ReadInt32LittleEndian(server.GetOption(SocketOptions.MemoryInfo)).ShouldBe(bytes);
    }

    /// <summary>A line of 8 Mbit/s sends a datagram of 972 + 28 bytes in a millisecond.</summary>
    [Fact]
    public void A_full_send_buffer_makes_the_sender_wait_for_the_line()
    {
        var net = new TwoHosts(new LinkModel { Rate = 8_000_000 });
        using Socket client = TwoHosts.Udp(net.Near);
        client.SetOption(SocketOptions.SendBuffer, 0);
        client.Connect(TwoHosts.FarAddress(9));
        byte[] data = new byte[972];
        // 4608 bytes of buffer: the charge of 2304 fits twice.
        client.Send(data);
        client.Send(data);
        TwoHosts.ErrnoOf(() => client.Send(data, MessageFlags.MSG_DONTWAIT)).ShouldBe(Errno.EAGAIN);
        client.Poll(PollEvents.POLLOUT, TimeSpan.Zero).ShouldBe(PollEvents.None);
        client.Send(data).ShouldBe(972);
        net.Clock.Now.ShouldBe(StackClock.Millisecond);
        net.Run(TimeSpan.FromMilliseconds(10));
        Span<byte> queued = stackalloc byte[4];
        client.Ioctl(IoControl.SIOCOUTQ, queued);
        BinaryPrimitives.ReadInt32LittleEndian(queued).ShouldBe(0);
    }

    [Fact]
    public void Steady_sending_and_receiving_allocates_nothing()
    {
        using Socket server = TwoHosts.Bound(_net.Far, InetAddress.AnyIPv4(7));
        using Socket client = TwoHosts.Udp(_net.Near), connected = TwoHosts.Udp(_net.Near);
        connected.Connect(TwoHosts.FarAddress(7));
        byte[] data = new byte[64], buffer = new byte[2048];
        InetAddress to = TwoHosts.FarAddress(7);
        Allocations.Of(() =>
        {
            for (int i = 0; i < 2000; i++)
            {
                client.SendTo(data, to);
                server.ReceiveFrom(buffer, out _);
                connected.Send(data);
                server.Receive(buffer);
            }
        }).ShouldBe(0);
    }
}
