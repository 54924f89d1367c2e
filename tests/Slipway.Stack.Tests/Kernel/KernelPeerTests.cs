using Slipway.Linux;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>Our TCP and the kernel's, over a device of the kernel: every byte arrives, whatever happens to packets on our side and whatever the kernel has switched off.</summary>
public sealed class KernelPeerTests
{
    private const int Length = 3 << 20;
    private const int TCP_INFO_Options = 5; // tcpi_options, the sixth byte of struct tcp_info
    private const int Timestamps = 1, Sack = 2, WindowScale = 4, Ecn = 8;

    [TunTheory]
    [InlineData(true, true, false, AddressFamily.Inet)]
    [InlineData(false, true, true, AddressFamily.Inet6)]
    [InlineData(true, false, true, AddressFamily.Inet)]
    [InlineData(false, false, false, AddressFamily.Inet6)]
    public void Both_ends_send_at_once_over_a_clean_link(bool fromKernel, bool offload, bool isEthernet, AddressFamily family)
    {
        using var peer = new KernelPeer(offload: offload, isEthernet: isEthernet);
        (Socket client, Socket server) = peer.Connect(fromKernel, family);
        using (client)
        using (server)
        {
            OptionsOf(client).ShouldBe(Timestamps | Sack | WindowScale);
            OptionsOf(server).ShouldBe(Timestamps | Sack | WindowScale);

            KernelPeer.Exchange(client, server, Length);
        }
    }

    [TunTheory]
    [InlineData("loss", true)]
    [InlineData("loss", false)]
    [InlineData("reordering", true)]
    [InlineData("reordering", false)]
    [InlineData("duplication", true)]
    [InlineData("corruption", false)]
    [InlineData("all", true)]
    [InlineData("all", false)]
    public void Every_byte_arrives_over_a_bad_link(string fault, bool fromKernel)
    {
        bool all = fault == "all";
        var model = new LinkModel
        {
            Delay = TimeSpan.FromMilliseconds(1),
            Loss = all || fault == "loss" ? 0.01 : 0,
            Reordering = all || fault == "reordering" ? 0.02 : 0,
            ReorderingDelay = TimeSpan.FromMilliseconds(1),
            Duplication = all || fault == "duplication" ? 0.02 : 0,
            Corruption = all || fault == "corruption" ? 0.005 : 0,
        };
        using var peer = new KernelPeer(model);
        (Socket client, Socket server) = peer.Connect(fromKernel);
        using (client)
        using (server) KernelPeer.Exchange(client, server, Length / 2);
    }

    [TunTheory]
    [InlineData("tcp_sack", "0", Timestamps | WindowScale)]
    [InlineData("tcp_timestamps", "0", Sack | WindowScale)]
    [InlineData("tcp_window_scaling", "0", Timestamps | Sack)]
    [InlineData("tcp_ecn", "1", Timestamps | Sack | WindowScale | Ecn)]
    public void What_the_kernel_switches_off_or_on_is_agreed(string sysctl, string value, int expected)
    {
        using var peer = new KernelPeer(new LinkModel { Delay = TimeSpan.FromMilliseconds(1), Loss = 0.005 });
        peer.Namespace.WriteSysctl("net.ipv4." + sysctl, value);
        (Socket client, Socket server) = peer.Connect(fromKernel: true);
        using (client)
        using (server)
        {
            (OptionsOf(server) & (Timestamps | Sack | WindowScale | Ecn)).ShouldBe(expected);

            KernelPeer.Exchange(client, server, Length / 4);
        }
    }

    [TunTheory]
    [InlineData(576, AddressFamily.Inet)]
    [InlineData(1280, AddressFamily.Inet6)]
    public void A_small_MTU_makes_small_segments(int mtu, AddressFamily family)
    {
        using var peer = new KernelPeer(mtu: mtu);
        (Socket client, Socket server) = peer.Connect(fromKernel: true, family);
        using (client)
        using (server)
        {
            // The MTU without the IP and TCP headers; TCP_MAXSEG tells the segment with its options taken off (12 bytes of timestamps).
            int segment = mtu - (family == AddressFamily.Inet ? 20 : 40) - 20 - 12;
            server.GetOption(SocketLevel.IPPROTO_TCP, SocketOptionName.TCP_MAXSEG).ShouldBe(segment);
            client.GetOption(SocketLevel.IPPROTO_TCP, SocketOptionName.TCP_MAXSEG).ShouldBe(segment);

            KernelPeer.Exchange(client, server, Length / 2);
        }
    }

    [TunFact]
    public void A_path_that_narrows_under_a_stream_is_found_by_the_routers_word()
    {
        using var peer = new KernelPeer();
        using NetworkNamespace far = NetworkNamespace.Create();
        peer.Namespace.WriteSysctl("net.ipv4.ip_forward", "1");
        peer.Namespace.AddVeth(new VethEnd("near"), far, new VethEnd("far"));
        peer.Namespace.SetUp("near");
        far.SetUp("far");
        peer.Namespace.AddAddress("near", IpPrefix.Parse("10.0.1.1/24"));
        far.AddAddress("far", IpPrefix.Parse("10.0.1.2/24"));
        far.AddRoute(IpPrefix.Parse("0.0.0.0/0"), IpAddress.Parse("10.0.1.1"));
        peer.Namespace.WaitUntilRunning("near");
        byte[] sent = KernelPeer.Bytes(Length / 4, 3);
        using Socket listener = KernelPeer.Listen(LinuxSystem.In(far));
        using Socket client = KernelPeer.Open(peer.Stack);
        client.Connect(new InetAddress("10.0.1.2", listener.LocalAddress.Port));
        using Socket server = listener.Accept();

        Pass(client, server, sent);
        client.GetOption(SocketLevel.IPPROTO_IP, SocketOptionName.IP_MTU).ShouldBe(1500);
        peer.Namespace.SetMtu("near", 1000);
        Pass(client, server, sent);

        client.GetOption(SocketLevel.IPPROTO_IP, SocketOptionName.IP_MTU).ShouldBe(1000);
    }

    [TunTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_half_closed_connection_still_carries_the_answer(bool fromKernel)
    {
        using var peer = new KernelPeer();
        (Socket client, Socket server) = peer.Connect(fromKernel);
        using (client)
        using (server)
        {
            byte[] question = KernelPeer.Bytes(10_000, 4), answer = KernelPeer.Bytes(20_000, 5);
            KernelPeer.SendAll(client, question);
            client.Shutdown(ShutdownHow.Send);
            KernelPeer.ReceiveAll(server).ShouldBe(question);

            KernelPeer.SendAll(server, answer);
            server.Shutdown(ShutdownHow.Send);

            KernelPeer.ReceiveAll(client).ShouldBe(answer);
        }
    }

    [TunTheory]
    [InlineData(0.0)]
    [InlineData(0.02)]
    public void Two_hundred_connections_talk_at_once(double loss)
    {
        const int Count = 200;
        using var peer = new KernelPeer(new LinkModel { Loss = loss });
        using Socket listener = KernelPeer.Listen(peer.Stack, backlog: Count);
        InetAddress address = KernelPeer.AddressOf(kernel: false, AddressFamily.Inet, listener.LocalAddress.Port);
        var clients = new Socket[Count];
        // Twenty at a time: a lost SYN costs a second.
        Task[] starting = [.. Enumerable.Range(0, 20).Select(start => Task.Factory.StartNew(
            () =>
            {
                for (int i = start; i < Count; i += 20)
                {
                    clients[i] = KernelPeer.Open(peer.Kernel);
                    clients[i].Connect(address);
                    KernelPeer.SendAll(clients[i], KernelPeer.Bytes(10_000, (ulong)i));
                    clients[i].Shutdown(ShutdownHow.Send);
                }
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];

        for (int i = 0; i < Count; i++)
        {
            using Socket server = listener.Accept();
            KernelPeer.SendAll(server, KernelPeer.ReceiveAll(server));
        }
        Task.WaitAll(starting);

        for (int i = 0; i < Count; i++)
        {
            KernelPeer.ReceiveAll(clients[i]).AsSpan().SequenceEqual(KernelPeer.Bytes(10_000, (ulong)i)).ShouldBeTrue($"connection {i}");
            clients[i].Dispose();
        }
    }

    [TunTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_reset_ends_the_other_side(bool fromKernel)
    {
        using var peer = new KernelPeer();
        (Socket client, Socket server) = peer.Connect(fromKernel);
        using (server)
        {
            client.SetOption(SocketOptions.Linger, new LingerOption(true, 0));
            client.Dispose();

            Should.Throw<SocketCallException>(() => server.Receive(new byte[1])).Errno.ShouldBe(Errno.ECONNRESET);
        }
    }

    private static int OptionsOf(Socket socket)
    {
        Span<byte> info = stackalloc byte[104];
        socket.GetOption(SocketLevel.IPPROTO_TCP, SocketOptionName.TCP_INFO, info);
        return info[TCP_INFO_Options];
    }

    /// <summary>Sends, and waits until all has been received.</summary>
    private static void Pass(Socket from, Socket to, byte[] data)
    {
        Task sending = Task.Factory.StartNew(() => KernelPeer.SendAll(from, data), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        byte[] room = new byte[data.Length];
        for (int at = 0; at < room.Length;)
        {
            int count = to.Receive(room.AsSpan(at));
            count.ShouldBeGreaterThan(0);
            at += count;
        }
        sending.Wait();
        room.AsSpan().SequenceEqual(data).ShouldBeTrue();
    }
}
