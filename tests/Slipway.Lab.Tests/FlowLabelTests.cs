using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Stack;
using Slipway.Wire;

namespace Slipway.Lab.Tests;

/// <summary>Flow labels over time: of a stream that loses packets, of two runs, and of leases that end.</summary>
public sealed class FlowLabelTests
{
    /// <summary>Whatever is lost and sent again, each direction of a stream has its one label, and the seed decides it.</summary>
    [Fact]
    public void A_stream_keeps_its_label_through_losses_and_a_seed_decides_it()
    {
        (HashSet<int> there, HashSet<int> back, int segments) = Stream(seed: 5);
        (HashSet<int> thereAgain, HashSet<int> backAgain, _) = Stream(seed: 5);
        (HashSet<int> thereElse, _, _) = Stream(seed: 6);

        segments.ShouldBeGreaterThan(100);
        there.Count.ShouldBe(1);
        back.Count.ShouldBe(1);
        there.ShouldNotBe(back);
        thereAgain.ShouldBe(there);
        backAgain.ShouldBe(back);
        thereElse.ShouldNotBe(there);
    }

    /// <summary>A lease for one socket alone: given back it is nobody's for its linger time, and until then all labels need leases.</summary>
    [Fact]
    public void A_lease_ends_when_it_has_lingered()
    {
        using var net = new VirtualNetwork(seed: 1);
        Host a = net.AddHost("a");
        a.Start("lease", static process =>
        {
            using Socket first = process.Sockets.Open(AddressFamily.Inet6, SocketType.Datagram), second = process.Sockets.Open(AddressFamily.Inet6, SocketType.Datagram);
            second.SetOption(SocketOptions.IPv6FlowInfoSend, true);
            FlowLabelRequest request = new(new InetAddress("::1", 0), 0x123) { Share = FlowLabelShare.IPV6_FL_S_EXCL, Flags = FlowLabelFlags.IPV6_FL_F_CREATE, Linger = 20 };
            first.LeaseFlowLabel(request).ShouldBe(0x123);
            process.Sleep(TimeSpan.FromHours(1));
            // Held it stays.
            Errno Lease() => Should.Throw<SocketCallException>(() => second.LeaseFlowLabel(request)).Errno;
            Errno Send() => Should.Throw<SocketCallException>(() => second.SendTo("x"u8, InetAddress.IPv6(IpAddressBytes, 9, flowInfo: 0x456))).Errno;
            Lease().ShouldBe(Errno.EPERM);
            Send().ShouldBe(Errno.EINVAL);
            first.ReturnFlowLabel(0x123);
            process.Sleep(TimeSpan.FromSeconds(19.9));
            Lease().ShouldBe(Errno.EPERM);
            Send().ShouldBe(Errno.EINVAL);
            process.Sleep(TimeSpan.FromSeconds(0.2));
            second.SendTo("x"u8, InetAddress.IPv6(IpAddressBytes, 9, flowInfo: 0x456)).ShouldBe(1);
            second.LeaseFlowLabel(request).ShouldBe(0x123);
        });

        net.Run().AllEnded.ShouldBeTrue();
    }

    /// <summary>A lease brings its hop-by-hop options into the packets of the flow.</summary>
    [Fact]
    public void A_lease_can_bring_extension_headers()
    {
        using var net = new VirtualNetwork(seed: 1);
        Host a = net.AddHost("a");
        a.Start("lease", static process =>
        {
            byte[] options = [0, 0, 1, 4, 0, 0, 0, 0];
            using Socket receiver = process.Sockets.Open(AddressFamily.Inet6, SocketType.Datagram), sender = process.Sockets.Open(AddressFamily.Inet6, SocketType.Datagram);
            receiver.Bind(new InetAddress("::1", 9));
            receiver.SetOption(SocketLevel.IPPROTO_IPV6, SocketOptionName.IPV6_RECVHOPOPTS, 1);
            sender.SetOption(SocketOptions.IPv6FlowInfoSend, true);
            byte[] control = new byte[64];
            var writer = new ControlMessageWriter(control);
            writer.TryAdd(SocketLevel.IPPROTO_IPV6, SocketOptionName.IPV6_HOPOPTS, options).ShouldBeTrue();
            byte[] request = new byte[FlowLabelRequest.Length + writer.Length];
            new FlowLabelRequest(new InetAddress("::1", 0), 0x789) { Share = FlowLabelShare.IPV6_FL_S_ANY, Flags = FlowLabelFlags.IPV6_FL_F_CREATE }.Write(request);
            control.AsSpan(0, writer.Length).CopyTo(request.AsSpan(FlowLabelRequest.Length));
            sender.SetOption(SocketLevel.IPPROTO_IPV6, SocketOptionName.IPV6_FLOWLABEL_MGR, request);

            sender.SendTo("plain"u8, InetAddress.IPv6(IpAddressBytes, 9));
            HeadersOf(receiver).ShouldBe("");
            sender.SendTo("flow"u8, InetAddress.IPv6(IpAddressBytes, 9, flowInfo: 0x789));
            HeadersOf(receiver).ShouldBe(Convert.ToHexString([17, .. options.AsSpan(1)]));
        });

        net.Run().AllEnded.ShouldBeTrue();
    }

    private static ReadOnlySpan<byte> IpAddressBytes => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];

    private static string HeadersOf(Socket receiver)
    {
        byte[] control = new byte[256];
        var message = new ReceiveMessage { Buffer = new byte[64], Control = control };
        receiver.ReceiveMessage(ref message, MessageFlags.None);
        var reader = new ControlMessageReader(control.AsSpan(0, message.ControlLength));
        return reader.MoveNext() ? Convert.ToHexString(reader.Data) : "";
    }

    private static (HashSet<int> There, HashSet<int> Back, int Segments) Stream(ulong seed)
    {
        using var net = new VirtualNetwork(seed);
        Host client = net.AddHost("client", "fd00::1/64"), server = net.AddHost("server", "fd00::2/64");
        net.Connect(client, server, new LinkModel { Delay = TimeSpan.FromMilliseconds(20), Loss = 0.05 });
        server.Start("sink", static process =>
        {
            using Socket listener = process.Sockets.Open(AddressFamily.Inet6, SocketType.Stream);
            listener.Bind(new InetAddress("::", 9));
            listener.Listen(1);
            using Socket peer = listener.Accept();
            byte[] buffer = new byte[4096];
            while (peer.Receive(buffer) > 0)
            {
            }
        });
        client.Start("source", static process =>
        {
            using Socket socket = process.Sockets.Open(AddressFamily.Inet6, SocketType.Stream);
            socket.Connect(new InetAddress("fd00::2", 9));
            byte[] data = new byte[1000];
            for (int i = 0; i < 200; i++) socket.Send(data);
        });
        net.Run().AllEnded.ShouldBeTrue();
        using var stream = new MemoryStream();
        net.Capture.Save(stream);
        stream.Position = 0;
        HashSet<int> there = [], back = [];
        int segments = 0;
        foreach (PcapngPacket packet in new PcapngReader(stream).ReadPackets())
        {
            if (!Ipv6View.TryParse(packet.Data.Span[14..], out Ipv6View ip, out _) || ip.NextHeader != IpProtocolNumber.Tcp) continue;
            segments++;
            (BinaryPrimitives.ReadUInt16BigEndian(ip.Payload) == 9 ? back : there).Add(ip.FlowLabel);
        }
        return (there, back, segments);
    }
}
