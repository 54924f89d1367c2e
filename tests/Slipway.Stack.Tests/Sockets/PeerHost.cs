using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>A process on a host (10.0.0.1, fd00::1) whose neighbour (10.0.0.2, fd00::2) is the test itself: it sees every byte that is sent and answers what it likes, when it likes.</summary>
internal sealed class PeerHost
{
    /// <summary>Where the ICMP or UDP header begins in a frame, below Ethernet and an IP header without options.</summary>
    public const int Transport4 = 34, Transport6 = 54;

    public PeerHost()
    {
        Host = Network.AddHost("a");
        (Interface, Peer) = Network.ConnectPeer(Host, "10.0.0.1/24 fd00::1/64");
        Network.Do(() =>
        {
            Interface.Neighbors.SetPermanent(Peer4, Peer.Address);
            Interface.Neighbors.SetPermanent(Peer6, Peer.Address);
            Host.Sysctl.Set("net.ipv4.ping_group_range", "0 0").ShouldBe(Errno.None);
        });
        System = new StackSocketSystem(Host, new TestProcess(Network.Loop, Network.Clock));
        Peer.Received.Clear();
    }

    public static IpAddress Own4 { get; } = IpAddress.Parse("10.0.0.1");

    public static IpAddress Peer4 { get; } = IpAddress.Parse("10.0.0.2");

    public static IpAddress Own6 { get; } = IpAddress.Parse("fd00::1");

    public static IpAddress Peer6 { get; } = IpAddress.Parse("fd00::2");

    public TestNetwork Network { get; } = new();

    public StackHost Host { get; }

    public NetworkInterface Interface { get; }

    public TestPeer Peer { get; }

    /// <summary>The calls of the process.</summary>
    public StackSocketSystem System { get; }

    public static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

    public Socket Ping(AddressFamily family)
        => new(System, System.Socket(family, SocketType.Datagram, (int)(family == AddressFamily.Inet ? IpProtocol.Icmp : IpProtocol.IcmpV6)).Value);

    /// <summary>The one frame since the last call, from its transport header on.</summary>
    public byte[] TakeSent(int offset)
    {
        byte[] sent = Peer.Received.ShouldHaveSingleItem()[offset..];
        Peer.Received.Clear();
        return sent;
    }

    /// <summary>The neighbour sends an ICMP error about the last IPv4 packet that it got, which it quotes whole.</summary>
    public void SendError(byte type, byte code, ushort info = 0)
    {
        byte[] message = [type, code, 0, 0, 0, 0, 0, 0, .. Peer.Received[^1].AsSpan(14)];
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(6), info);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), InternetChecksum.Compute(message));
        Peer.Send(new Ipv4Header(Peer4, Own4, IpProtocolNumber.Icmpv4), message);
    }
}
