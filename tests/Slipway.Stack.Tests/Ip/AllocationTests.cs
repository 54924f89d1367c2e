using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>In a steady state sending, forwarding and receiving allocate nothing.</summary>
public sealed class AllocationTests
{
    private readonly StackLoop _loop = new(new VirtualClock());

    [Theory]
    [InlineData("10.0.1.1", "10.0.1.2", false)]
    [InlineData("fd01::1", "fd01::2", false)]
    [InlineData("127.0.0.1", "127.0.0.1", true)]
    [InlineData("::1", "::1", true)]
    public void A_packet_between_neighbours(string from, string to, bool isLoopback)
    {
        StackHost a = Host("a"), b = Host("b");
        Join(a, "10.0.1.1/24 fd01::1/64", b, "10.0.1.2/24 fd01::2/64");
        Measure(a, isLoopback ? a : b, from, to);
    }

    [Theory]
    [InlineData("10.0.1.1", "10.0.2.2")]
    [InlineData("fd01::1", "fd02::2")]
    public void A_packet_through_a_router(string from, string to)
    {
        StackHost a = Host("a"), router = Host("router"), b = Host("b");
        Join(a, "10.0.1.1/24 fd01::1/64", router, "10.0.1.254/24 fd01::fe/64");
        Join(router, "10.0.2.254/24 fd02::fe/64", b, "10.0.2.2/24 fd02::2/64");
        using (_loop.Enter())
        {
            a.Routes.Add(IpPrefix.Parse("0.0.0.0/0"), IpAddress.Parse("10.0.1.254")).ShouldBe(Errno.None);
            a.Routes.Add(IpPrefix.Parse("::/0"), IpAddress.Parse("fd01::fe")).ShouldBe(Errno.None);
            router.Sysctl.IPv4.Forward.Set(1);
            router.Sysctl.IPv6.All.Forwarding.Set(1);
        }
        Measure(a, b, from, to);
    }

    /// <summary>A datagram to a group, the sender's copy and two members of it: the copies are shared bytes in pooled packets.</summary>
    [Theory]
    [InlineData("239.1.2.3")]
    [InlineData("ff15::7")]
    public void A_datagram_to_a_group(string group)
    {
        StackHost a = Host("a"), b = Host("b");
        Join(a, "10.0.1.1/24 fd01::1/64", b, "10.0.1.2/24 fd01::2/64");
        var to = new InetAddress(group, 5000);
        Socket[] members = [Member(a, to), Member(b, to), Member(b, to)];
        using Socket sender = new StackSocketSystem(a, new SimpleProcessContext()).Open(to.Family, SocketType.Datagram);
        sender.SetMulticastInterface(2);
        byte[] buffer = new byte[16];
        byte[] address = new byte[28];
        int length = to.Write(address);
        Action exchange = () =>
        {
            for (int i = 0; i < 50; i++)
            {
                sender.System.SendTo(sender.Descriptor, buffer, MessageFlags.None, address.AsSpan(0, length));
                foreach (Socket member in members) if (member.Receive(buffer) != buffer.Length) throw new InvalidOperationException("a datagram is missing");
            }
        };
        exchange();
        Allocations.Of(exchange).ShouldBe(0);
    }

    private static Socket Member(StackHost host, InetAddress group)
    {
        Socket socket = new StackSocketSystem(host, new SimpleProcessContext()).Open(group.Family, SocketType.Datagram);
        socket.SetOption(SocketOptions.ReuseAddress, true);
        socket.Bind(group.Family == AddressFamily.Inet ? InetAddress.AnyIPv4(group.Port) : InetAddress.AnyIPv6(group.Port));
        socket.JoinGroup(group, 2);
        return socket;
    }

    private void Measure(StackHost sender, StackHost receiver, string from, string to)
    {
        var counter = new Counter();
        receiver.Ip.Register(TestTransport.Protocol, counter);
        var flow = new FlowKey(IpAddress.Parse(to)) { Source = IpAddress.Parse(from) };
        var fields = new IpSendFields(TestTransport.Protocol);
        Action send = () =>
        {
            for (int i = 0; i < 100; i++)
            {
                using LoopScope scope = _loop.Enter();
                if (sender.Ip.Route(flow, out RouteDecision decision) == Errno.None) sender.Ip.Send(_loop.Packets.Rent(64), decision, fields);
            }
        };
        send();
        counter.Count.ShouldBe(100);
        Allocations.Of(send).ShouldBe(0);
        counter.Count.ShouldBe(600);
    }

    private StackHost Host(string name) => new(_loop, name, new SeededRandom(1));

    private void Join(StackHost a, string addressesA, StackHost b, string addressesB)
    {
        var left = new VirtualEthernetDevice(_loop, $"eth{a.Interfaces.Count}", new MacAddress(0x0200_0000_0000 + (ulong)a.Name[0] * 256 + (ulong)a.Interfaces.Count));
        var right = new VirtualEthernetDevice(_loop, $"eth{b.Interfaces.Count}", new MacAddress(0x0200_0000_0000 + (ulong)b.Name[0] * 256 + (ulong)b.Interfaces.Count));
        _ = new VirtualLink(left, right, LinkModel.Plain, new SeededRandom(2));
        using (_loop.Enter())
        {
            NetworkInterface first = a.AddInterface(left), second = b.AddInterface(right);
            foreach (string address in addressesA.Split(' ')) first.AddAddress(IpPrefix.Parse(address)).ShouldBe(Errno.None);
            foreach (string address in addressesB.Split(' ')) second.AddAddress(IpPrefix.Parse(address)).ShouldBe(Errno.None);
        }
    }

    private sealed class Counter : ITransport
    {
        public int Count { get; private set; }

        public void Receive(PacketBuffer packet, in ReceivedIp info)
        {
            Count++;
            packet.Release();
        }

        public void ReceiveError(in IcmpError error)
        {
        }
    }
}
