using Slipway.Sockets;

namespace Slipway.Stack.Tests;

/// <summary>The public table of options tells the truth about the stack.</summary>
public class OptionTableTests
{
    private readonly TwoHosts _net = new();

    [Fact]
    public void Every_supported_row_answers_the_calls_that_it_says_it_answers()
    {
        foreach (SocketOptionDefinition row in SocketOptions.All.Where(static row => row.SupportedByStack))
        {
            // One option is of local streams alone, where others are refused by other errnos or by none.
            using Socket socket = row.Number == SocketOptionName.SO_INQ && row.Level == SocketLevel.SOL_SOCKET ? _net.Far.Open(AddressFamily.Unix, SocketType.Stream) : OfRow(row);
            byte[] value = new byte[512];
            int length = value.Length;
            Errno get = _net.Far.GetSockOpt(socket.Descriptor, row.Level, row.Number, value, ref length);
            (get == Errno.ENOPROTOOPT).ShouldBe(!row.CanGet, $"getsockopt {row.Name}: {get}");
            if (get == Errno.None && row.ValueSize > 0) length.ShouldBe(row.ValueSize, row.Name);
            Errno set = _net.Far.SetSockOpt(socket.Descriptor, row.Level, row.Number, new byte[32]);
            (set == Errno.ENOPROTOOPT).ShouldBe(!row.CanSet, $"setsockopt {row.Name}: {set}");
        }
    }

    [Fact]
    public void What_is_not_there_is_refused_as_an_unknown_option()
    {
        foreach (SocketOptionDefinition row in SocketOptions.All.Where(static row => !row.SupportedByStack))
        {
            using Socket socket = OfRow(row);
            // Linux has these for local sockets, and says so to others (OPT-20).
            if (row.Name.StartsWith("SO_PASS", StringComparison.Ordinal)) continue;
            int length = 16;
            _net.Far.GetSockOpt(socket.Descriptor, row.Level, row.Number, new byte[16], ref length).ShouldBe(Errno.ENOPROTOOPT, row.Name);
            _net.Far.SetSockOpt(socket.Descriptor, row.Level, row.Number, new byte[16]).ShouldBe(Errno.ENOPROTOOPT, row.Name);
        }
    }

    /// <summary>A socket that has the option, if any has.</summary>
    private Socket OfRow(SocketOptionDefinition row)
    {
        if (row.AppliesTo == SocketOptionScope.Streams || row.Name == "IPV6_2292PKTOPTIONS") return _net.Far.Open(AddressFamily.Inet6, SocketType.Stream);
        if (row.AppliesTo == SocketOptionScope.Packet) return _net.Far.Open(AddressFamily.Packet, SocketType.Raw);
        if (row.AppliesTo == SocketOptionScope.Raw)
        {
            bool isIPv6 = row.Level is SocketLevel.IPPROTO_IPV6 or SocketLevel.IPPROTO_ICMPV6;
            // The checksum of ICMPv6 has its place: that option is other protocols'. Router alerts are of IPPROTO_RAW alone.
            IpProtocol protocol = row.Level == SocketLevel.IPPROTO_IPV6 ? IpProtocol.Raw : isIPv6 ? IpProtocol.IcmpV6 : IpProtocol.Icmp;
            return _net.Far.Open(isIPv6 ? AddressFamily.Inet6 : AddressFamily.Inet, SocketType.Raw, protocol);
        }
        if (row.Level == SocketLevel.SOL_NETLINK) return _net.Far.Open(AddressFamily.Netlink, SocketType.Raw);
        if (row.Level == SocketLevel.SOL_PACKET) return _net.Far.Open(AddressFamily.Packet, SocketType.Raw);
        return row.Level == SocketLevel.IPPROTO_TCP ? _net.Far.Open(AddressFamily.Inet6, SocketType.Stream) : TwoHosts.Udp6(_net.Far);
    }

    [Fact]
    public void Typed_names_carry_values_both_ways()
    {
        using Socket socket = TwoHosts.Udp(_net.Far);
        socket.SetOption(SocketOptions.ReuseAddress, true);
        socket.GetOption(SocketOptions.ReuseAddress).ShouldBeTrue();
        socket.SetOption(SocketOptions.ReceiveTimeout, TimeSpan.FromSeconds(1.5));
        socket.GetOption(SocketOptions.ReceiveTimeout).ShouldBe(TimeSpan.FromSeconds(1.5));
        socket.SetOption(SocketOptions.Linger, new LingerOption(true, 5));
        socket.GetOption(SocketOptions.Linger).ShouldBe(new LingerOption(true, 5));
        socket.SetOption(SocketOptions.BindToDevice, "ptp0");
        socket.GetOption(SocketOptions.BindToDevice).ShouldBe("ptp0");
        socket.GetOption(SocketOptions.BindToInterfaceIndex).ShouldBe(2);
        socket.SetOption(SocketOptions.IPv4Options, [1, 1, 1]);
        socket.GetOption(SocketOptions.IPv4Options).ShouldBe([1, 1, 1, 0]);
    }

    /// <summary>OPG-11.</summary>
    [Theory]
    [InlineData(SocketLevel.SOL_SOCKET, SocketOptionName.SO_DEBUG, 1, Errno.EACCES)]
    [InlineData(SocketLevel.SOL_SOCKET, SocketOptionName.SO_DEBUG, 0, Errno.None)]
    [InlineData(SocketLevel.SOL_SOCKET, SocketOptionName.SO_PRIORITY, 6, Errno.None)]
    [InlineData(SocketLevel.SOL_SOCKET, SocketOptionName.SO_PRIORITY, 7, Errno.EPERM)]
    [InlineData(SocketLevel.SOL_SOCKET, SocketOptionName.SO_MARK, 1, Errno.EPERM)]
    [InlineData(SocketLevel.SOL_SOCKET, SocketOptionName.SO_RCVBUFFORCE, 1, Errno.EPERM)]
    [InlineData(SocketLevel.SOL_SOCKET, SocketOptionName.SO_SNDBUFFORCE, 1, Errno.EPERM)]
    [InlineData(SocketLevel.IPPROTO_IP, SocketOptionName.IP_TRANSPARENT, 1, Errno.EPERM)]
    [InlineData(SocketLevel.IPPROTO_IP, SocketOptionName.IP_FREEBIND, 1, Errno.None)]
    public void Some_options_ask_for_privilege(int level, int name, int value, Errno expected)
    {
        using Socket socket = TwoHosts.Udp(new StackSocketSystem(_net.Far.Host, new TestProcess(_net.Loop, _net.Clock, userId: 1234)));
        TwoHosts.ErrnoOf(() => socket.SetOption(level, name, value)).ShouldBe(expected);
    }
}
