using Slipway.Sockets;
using static Slipway.Conformance.PingSockets;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>ICMP errors about echo requests (section PING): hop limits, paths, places that cannot be reached.</summary>
public static class PingErrorScenarios
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>IP_RECVERR: a request whose time to live ends at the router comes back in the error queue, from its ICMP header on.</summary>
    [Scenario("PING-14")]
    public static void TimeExceeded(RoutedHosts hosts)
    {
        using Socket ping = Ping(hosts.Near);
        ping.Bind(InetAddress.AnyIPv4(0x0411));
        ping.SetOption(IPPROTO_IP, IP_RECVERR, 1);
        ping.SetOption(IPPROTO_IP, IP_TTL, 1);
        ping.SendTo(Request(AddressFamily.Inet, 0, 5, "late"), new InetAddress("10.0.2.1", 33));
        Expect.Equal(PollEvents.POLLERR, ping.Poll(PollEvents.POLLIN, Limit));
        byte[] quoted = new byte[100];
        (ExtendedSocketError error, InetAddress destination, int count) = ReadError(ping, quoted);
        Expect.Equal(new InetAddress("10.0.2.1", 0), destination);
        Expect.Equal((Errno.EHOSTUNREACH, ExtendedSocketError.OriginIcmp, (byte)11, (byte)0), (error.Error, error.Origin, error.Type, error.Code));
        Expect.Equal(new InetAddress("10.0.1.254", 0), error.Offender!.Value);
        Expect.Equal(12, count);
        Expect.Bytes([EchoRequest, 0], quoted.AsSpan(0, 2));
        Expect.Equal(0xFFFF, Sum(quoted.AsSpan(0, 12)));
        Expect.Bytes([0x04, 0x11, 0, 5, .. "late"u8], quoted.AsSpan(4, 8));
        Expect.Equal(0, ping.GetSocketLevel(SO_ERROR));
        // With a time to live of its own the next request arrives.
        ping.SetOption(IPPROTO_IP, IP_TTL, 2);
        ping.SendTo(Request(AddressFamily.Inet, 0, 6, "good"), new InetAddress("10.0.2.1", 0));
        Expect.Equal(12, ping.Receive(quoted));
    }

    /// <summary>The same in IPv6, with the hop limit in a control message.</summary>
    [Scenario("PING-15")]
    public static void TimeExceeded6(RoutedHosts hosts)
    {
        using Socket ping = Ping(hosts.Near, AddressFamily.Inet6);
        ping.Bind(InetAddress.AnyIPv6(0x0412));
        ping.SetOption(IPPROTO_IPV6, IPV6_RECVERR, 1);
        byte[] control = new byte[64];
        var writer = new ControlMessageWriter(control);
        Expect.True(writer.TryAdd(IPPROTO_IPV6, IPV6_HOPLIMIT, 1));
        byte[] request = Request(AddressFamily.Inet6, 0, 5, "late"), to = new InetAddress("fd02::1", 33).ToSockAddr();
        ping.SendMessage(new SendMessage { Buffer = request, Address = to, Control = writer.Written });
        Expect.Equal(PollEvents.POLLERR, ping.Poll(PollEvents.POLLIN, Limit));
        byte[] quoted = new byte[100];
        (ExtendedSocketError error, InetAddress destination, int count) = ReadError(ping, quoted);
        Expect.Equal(new InetAddress("fd02::1", 0), destination);
        Expect.Equal((Errno.EHOSTUNREACH, ExtendedSocketError.OriginIcmp6, (byte)3, (byte)0), (error.Error, error.Origin, error.Type, error.Code));
        Expect.Equal(new InetAddress("fd01::fe", 0), error.Offender!.Value);
        Expect.Equal(12, count);
        Expect.Bytes([0x04, 0x12, 0, 5, .. "late"u8], quoted.AsSpan(4, 8));
        ping.SendTo(request, new InetAddress("fd02::1", 0));
        Expect.Equal(12, ping.Receive(quoted));
    }

    /// <summary>Without IP_RECVERR an error is told only where it is final and the socket connected.</summary>
    [Scenario("PING-16")]
    public static void Untold(RoutedHosts hosts)
    {
        using Socket ping = Ping(hosts.Near);
        ping.SetOption(IPPROTO_IP, IP_TTL, 1);
        var far = new InetAddress("10.0.2.1", 0);
        ping.SendTo(Request(AddressFamily.Inet, 0, 1, "x"), far);
        ping.Connect(far);
        ping.Send(Request(AddressFamily.Inet, 0, 2, "x"));
        // Whatever the first two have caused has come when the answer to the third has.
        ping.SetOption(IPPROTO_IP, IP_TTL, 64);
        ping.Send(Request(AddressFamily.Inet, 0, 3, "x"));
        byte[] reply = new byte[100];
        Expect.Equal(9, ping.Receive(reply));
        Expect.Equal(3, reply[7]);
        Expect.Equal(0, ping.GetSocketLevel(SO_ERROR));
    }

    /// <summary>No route at the router: network unreachable, which is a hint and not final.</summary>
    [Scenario("PING-17")]
    public static void NoRoute(RoutedHosts hosts)
    {
        using Socket ping = Ping(hosts.Near);
        ping.SetOption(IPPROTO_IP, IP_RECVERR, 1);
        ping.SendTo(Request(AddressFamily.Inet, 0, 1, "x"), new InetAddress("192.0.2.1", 0));
        Expect.Equal(PollEvents.POLLERR, ping.Poll(PollEvents.POLLIN, Limit));
        Expect.Equal((int)Errno.ENETUNREACH, ping.GetSocketLevel(SO_ERROR));
        (ExtendedSocketError error, InetAddress destination, _) = ReadError(ping, new byte[100]);
        Expect.Equal(new InetAddress("192.0.2.1", 0), destination);
        Expect.Equal((Errno.ENETUNREACH, (byte)3, (byte)0), (error.Error, error.Type, error.Code));
    }

    /// <summary>A request longer than the path lets through is told with the path's MTU; the next one is refused at once, longer ones than the link's from the first.</summary>
    [Scenario("PING-18")]
    public static void TooLongForThePath(RoutedHosts hosts)
    {
        using Socket ping = Ping(hosts.Near);
        ping.SetOption(IPPROTO_IP, IP_RECVERR, 1);
        ping.SetOption(IPPROTO_IP, IP_MTU_DISCOVER, 2); // IP_PMTUDISC_DO
        var far = new InetAddress("10.0.2.1", 0);
        byte[] quoted = new byte[2000];
        Expect.Throws(Errno.EMSGSIZE, () => ping.SendTo(Request(AddressFamily.Inet, 0, 1, new string('a', 1473)), far));
        (ExtendedSocketError local, _, _) = ReadError(ping, quoted);
        Expect.Equal((Errno.EMSGSIZE, ExtendedSocketError.OriginLocal, 1500u), (local.Error, local.Origin, local.Info));
        ping.SendTo(Request(AddressFamily.Inet, 0, 2, new string('a', 1472)), far);
        Expect.Equal(PollEvents.POLLERR, ping.Poll(PollEvents.POLLIN, Limit));
        (ExtendedSocketError error, _, _) = ReadError(ping, quoted);
        Expect.Equal((Errno.EMSGSIZE, ExtendedSocketError.OriginIcmp, (byte)3, (byte)4, 1280u), (error.Error, error.Origin, error.Type, error.Code, error.Info));
        Expect.Throws(Errno.EMSGSIZE, () => ping.SendTo(Request(AddressFamily.Inet, 0, 3, new string('a', 1253)), far));
        ping.SendTo(Request(AddressFamily.Inet, 0, 4, new string('a', 1252)), far);
        Expect.Equal(1260, ping.Receive(quoted));
    }

    private static (ExtendedSocketError Error, InetAddress Destination, int Count) ReadError(Socket socket, Span<byte> quoted)
    {
        byte[] control = new byte[200], address = new byte[28];
        var message = new ReceiveMessage { Buffer = quoted, Control = control, Address = address };
        int count = socket.ReceiveMessage(ref message, MessageFlags.MSG_ERRQUEUE);
        Expect.Equal(MessageFlags.MSG_ERRQUEUE, message.Flags & MessageFlags.MSG_ERRQUEUE);
        Expect.True(InetAddress.TryRead(address.AsSpan(0, message.AddressLength), out InetAddress destination));
        var reader = new ControlMessageReader(control.AsSpan(0, message.ControlLength));
        while (reader.MoveNext())
        {
            if (reader.Is(IPPROTO_IP, IP_RECVERR) || reader.Is(IPPROTO_IPV6, IPV6_RECVERR)) return (reader.ExtendedError, destination, count);
        }
        throw new ExpectationException("the error queue's message has no IP_RECVERR");
    }
}
