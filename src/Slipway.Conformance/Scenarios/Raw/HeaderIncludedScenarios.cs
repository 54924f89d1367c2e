using System.Buffers.Binary;
using Slipway.Sockets;
using static Slipway.Conformance.RawSockets;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>IP_HDRINCL: the program makes the IP header, and the host fills in a little of it.</summary>
public static class HeaderIncludedScenarios
{
    private static readonly InetAddress Near = new("10.0.0.1", 0), Far = new("10.0.0.2", 0);

    /// <summary>Checksum and total length are always written; the fields stand in network order.</summary>
    [Scenario("HI-001", "HI-002", "HI-005", "HI-007")]
    public static void ChecksumAndLengthAreWritten(HostProcess near, HostProcess far)
    {
        using Socket sender = near.Raw((int)IpProtocol.Raw), receiver = far.Raw();
        Expect.Equal(23, sender.SendTo(Header4("10.0.0.1", "10.0.0.2", "abc", 0x4242), Far));
        byte[] packet = receiver.ReceivePacket();
        Expect.Equal(23, packet.Length);
        Expect.Equal(23, BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(2)));
        Expect.Equal(0xFFFF, PingSockets.Sum(packet.AsSpan(0, 20)));
        // Type of service, time to live and protocol are as they were given.
        Expect.Equal((4, 9, Experiment), (packet[1], packet[8], packet[9]));
        Expect.Equal("abc", System.Text.Encoding.ASCII.GetString(packet[20..]));
    }

    /// <summary>The destination address of the call finds the route, whatever the header says.</summary>
    [Scenario("HI-005")]
    public static void TheCallFindsTheRoute(HostProcess near, HostProcess far)
    {
        using Socket sender = near.Raw((int)IpProtocol.Raw), receiver = far.Raw();
        // 192.0.2.9 has no route: the packet goes to the far host's link all the same.
        Expect.Equal(23, sender.SendTo(Header4("10.0.0.1", "192.0.2.9", "far"), Far));
        Expect.Fails(Errno.ENETUNREACH, sender.TrySendTo(Header4("10.0.0.1", "10.0.0.2", "far"), new InetAddress("192.0.2.9", 0)));
        Expect.Equal(23, sender.SendTo(Header4("10.0.0.1", "10.0.0.2", "abc"), Far));
        Expect.Equal("abc", System.Text.Encoding.ASCII.GetString(receiver.ReceivePacket()[20..]));
    }

    /// <summary>An identification of 0 is filled in where the packet may be fragmented; another one stays.</summary>
    [Scenario("HI-003")]
    public static void Identification(HostProcess near, HostProcess far)
    {
        using Socket sender = near.Raw((int)IpProtocol.Raw), receiver = far.Raw();
        sender.SendTo(Header4("10.0.0.1", "10.0.0.2", "a", 0x4242), Far);
        Expect.Equal(0x4242, BinaryPrimitives.ReadUInt16BigEndian(receiver.ReceivePacket().AsSpan(4)));
        int filled = 0;
        for (int i = 0; i < 3; i++)
        {
            sender.SendTo(Header4("10.0.0.1", "10.0.0.2", "a"), Far);
            filled |= BinaryPrimitives.ReadUInt16BigEndian(receiver.ReceivePacket().AsSpan(4));
        }
        Expect.True(filled != 0);
        sender.SendTo(Header4("10.0.0.1", "10.0.0.2", "a", dontFragment: true), Far);
        Expect.Equal(0, BinaryPrimitives.ReadUInt16BigEndian(receiver.ReceivePacket().AsSpan(4)));
    }

    /// <summary>A source of 0.0.0.0 is filled in; another one stays, and need not be the host's.</summary>
    [Scenario("HI-004")]
    public static void Source(HostProcess near, HostProcess far)
    {
        using Socket sender = near.Raw((int)IpProtocol.Raw), receiver = far.Raw();
        sender.SendTo(Header4("0.0.0.0", "10.0.0.2", "a"), Far);
        receiver.ReceiveFrom(new byte[100], out InetAddress from);
        Expect.Equal(Near, from);
        sender.SendTo(Header4("10.0.0.77", "10.0.0.2", "a"), Far);
        receiver.ReceiveFrom(new byte[100], out from);
        Expect.Equal(new InetAddress("10.0.0.77", 0), from);
    }

    /// <summary>What is longer than the interface takes is EMSGSIZE; what is no header, or a header longer than the packet, EINVAL.</summary>
    [Scenario("HI-006")]
    public static void Lengths(HostProcess near, HostProcess far)
    {
        using Socket sender = near.Raw((int)IpProtocol.Raw), receiver = far.Raw();
        Expect.Equal(1500, sender.SendTo(Header4("0.0.0.0", "10.0.0.2", new string('x', 1480)), Far));
        Expect.Equal(1500, receiver.ReceivePacket().Length);
        Expect.Fails(Errno.EMSGSIZE, sender.TrySendTo(Header4("0.0.0.0", "10.0.0.2", new string('x', 1481)), Far));
        foreach (int length in new[] { 0, 10, 19 }) Expect.Fails(Errno.EINVAL, sender.TrySendTo(new byte[length], Far), $"{length}");
        byte[] cut = Header4("0.0.0.0", "10.0.0.2", "");
        cut[0] = 0x46;
        Expect.Fails(Errno.EINVAL, sender.TrySendTo(cut, Far));
        cut[0] = 0x44;
        Expect.Fails(Errno.EINVAL, sender.TrySendTo(cut, Far));
        // A version that is not IPv4 goes out, and nobody takes it.
        cut[0] = 0x65;
        Expect.Equal(20, sender.SendTo(cut, Far));
        sender.SendTo(Header4("0.0.0.0", "10.0.0.2", "end"), Far);
        Expect.Equal(23, receiver.ReceivePacket().Length);
    }

    /// <summary>Headers of the program have no place for the socket's options.</summary>
    [Scenario("HI-008")]
    public static void OptionsOfTheSocket(HostProcess near, HostProcess far)
    {
        using Socket sender = near.Raw((int)IpProtocol.Raw), receiver = far.Raw((int)IpProtocol.Raw), experiment = far.Raw();
        sender.SetOption(IPPROTO_IP, IP_OPTIONS, [1, 1, 1, 1]);
        Expect.Fails(Errno.EINVAL, sender.TrySendTo(Header4("0.0.0.0", "10.0.0.2", "abc"), Far));
        sender.SetOption(SocketOptions.HeaderIncluded, false);
        Expect.Equal(3, sender.SendTo("abc"u8, Far));
        byte[] packet = receiver.ReceivePacket();
        Expect.Equal("46", Convert.ToHexString(packet, 0, 1));
        Expect.Equal("01010101616263", Convert.ToHexString(packet, 20, 7));
        // That none are left of them does not make up for it.
        sender.SetOption(IPPROTO_IP, IP_OPTIONS, []);
        sender.SetOption(SocketOptions.HeaderIncluded, true);
        Expect.Fails(Errno.EINVAL, sender.TrySendTo(Header4("0.0.0.0", "10.0.0.2", "abc"), Far));
        // Those that the program itself puts in are the program's.
        using Socket second = near.Raw((int)IpProtocol.Raw);
        byte[] own = [.. Header4("0.0.0.0", "10.0.0.2", ""), 1, 1, 1, 0, (byte)'q'];
        own[0] = 0x46;
        Expect.Equal(25, second.SendTo(own, Far));
        Expect.Equal("0101010071", Convert.ToHexString(experiment.ReceivePacket().AsSpan(20)));
    }

    /// <summary>IPv4 comes with its header, IPv6 without; IPPROTO_RAW includes the header from the first, the others when asked.</summary>
    [Scenario("HI-009")]
    public static void WhoHasTheHeader(HostProcess host)
    {
        foreach (AddressFamily family in new[] { AddressFamily.Inet, AddressFamily.Inet6 })
        {
            using Socket all = host.Raw((int)IpProtocol.Raw, family), one = host.Raw(Experiment, family), receiver = host.Raw(Experiment, family);
            (int level, int name) = family == AddressFamily.Inet ? (IPPROTO_IP, IP_HDRINCL) : (IPPROTO_IPV6, IPV6_HDRINCL);
            Expect.Equal((1, 0), (all.GetOption(level, name), one.GetOption(level, name)));
            one.SendTo("data"u8, ScenarioSockets.Loopback(family));
            Expect.Equal(family == AddressFamily.Inet ? 24 : 4, receiver.ReceivePacket().Length);
            one.ReceivePacket();
            one.SetOption(level, name, 7);
            Expect.Equal(1, one.GetOption(level, name));
            one.SendTo(family == AddressFamily.Inet ? Header4("127.0.0.1", "127.0.0.1", "x") : Header6("::1", "::1", "x"), ScenarioSockets.Loopback(family));
            Expect.Equal(family == AddressFamily.Inet ? 21 : 1, receiver.ReceivePacket().Length);
        }
        using Socket udp = host.Udp();
        Expect.Fails(Errno.ENOPROTOOPT, udp.TrySet(IPPROTO_IP, IP_HDRINCL, 1));
        Expect.Equal(0, udp.GetOption(IPPROTO_IP, IP_HDRINCL));
    }
}
