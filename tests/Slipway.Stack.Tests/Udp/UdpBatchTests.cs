using Slipway.Sockets;

namespace Slipway.Stack.Tests;

/// <summary>Several datagrams by one call or in one packet, and sets of watched sockets: steady use allocates nothing.</summary>
public class UdpBatchTests
{
    private const int Rounds = 500;

    private readonly TwoHosts _net = new();

    [Fact]
    public void Batches_of_messages_allocate_nothing()
    {
        (Socket client, Socket server) = Pair();
        using (client)
        using (server)
        {
            var sent = new OutgoingMessage[16];
            var received = new IncomingMessage[16];
            for (int i = 0; i < sent.Length; i++)
            {
                sent[i].Buffer = new byte[64];
                received[i] = new IncomingMessage { Buffer = new byte[128], Address = new byte[28] };
            }
            int taken = 0;
            Allocations.Of(() =>
            {
                TimeSpan? forever = null;
                for (int i = 0; i < Rounds; i++)
                {
                    _net.Near.SendMMsg(client.Descriptor, sent, MessageFlags.None);
                    taken += _net.Far.RecvMMsg(server.Descriptor, received, MessageFlags.MSG_DONTWAIT, ref forever).Value;
                }
            }).ShouldBe(0);
            (taken % (Rounds * 16)).ShouldBe(0);
            taken.ShouldBeGreaterThan(0);
        }
    }

    /// <summary>UG-001, UG-005: one packet on its way, whatever it stands for.</summary>
    [Fact]
    public void Joined_datagrams_cross_the_link_as_one_packet_and_allocate_nothing()
    {
        (Socket client, Socket server) = Pair();
        using (client)
        using (server)
        {
            client.SetOption(SocketOptions.UdpSegment, 1000);
            server.SetOption(SocketOptions.UdpCoalesce, true);
            byte[] data = new byte[16000], buffer = new byte[20000], control = new byte[64];
            Allocations.Of(() =>
            {
                for (int i = 0; i < Rounds; i++)
                {
                    client.Send(data);
                    var message = new ReceiveMessage { Buffer = buffer, Control = control };
                    if (server.ReceiveMessage(ref message, MessageFlags.MSG_DONTWAIT) != data.Length) throw new InvalidOperationException("The datagrams came apart.");
                }
            }).ShouldBe(0);
            long datagrams = _net.Server.Counters.Udp(UdpCounter.InDatagrams);
            client.Send(data);
            server.Receive(buffer, MessageFlags.MSG_DONTWAIT).ShouldBe(16000);
            (_net.Server.Counters.Udp(UdpCounter.InDatagrams) - datagrams).ShouldBe(1);
        }
    }

    [Fact]
    public void Watching_a_socket_allocates_nothing()
    {
        (Socket client, Socket server) = Pair();
        using (client)
        using (server)
        {
            int set = _net.Far.EpollCreate().Value;
            _net.Far.EpollControl(set, EpollOperation.EPOLL_CTL_ADD, server.Descriptor, new EpollEntry(EpollEvents.EPOLLIN, 7));
            byte[] data = new byte[64];
            var ready = new EpollEntry[4];
            Allocations.Of(() =>
            {
                for (int i = 0; i < Rounds; i++)
                {
                    client.Send(data);
                    if (_net.Far.EpollWait(set, ready, TimeSpan.Zero).Value != 1 || ready[0].Data != 7) throw new InvalidOperationException("The socket is not ready.");
                    server.Receive(data, MessageFlags.MSG_DONTWAIT);
                    if (_net.Far.EpollWait(set, ready, TimeSpan.Zero).Value != 0) throw new InvalidOperationException("The socket is ready still.");
                }
            }).ShouldBe(0);
            _net.Far.Close(set);
        }
    }

    private (Socket Client, Socket Server) Pair()
    {
        Socket server = TwoHosts.Bound(_net.Far, InetAddress.AnyIPv4(7)), client = TwoHosts.Udp(_net.Near);
        client.Connect(TwoHosts.FarAddress(7));
        return (client, server);
    }
}
