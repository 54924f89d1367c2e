using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>IPv4 options as programs give and get them (IP_OPTIONS, IP_RETOPTS).</summary>
internal static class Ipv4SocketOptions
{
    private static readonly IpOptions Empty = new();

    /// <summary>Checks and pads what a program wants in its headers (Linux ip_options_get).</summary>
    /// <returns>
    /// EINVAL for more than 40 bytes, and for malformed ones: a second source route, or one that is not at its beginning.
    /// EPERM for an option that Linux lets only CAP_NET_RAW send.
    /// </returns>
    public static Errno TryRead(ReadOnlySpan<byte> bytes, bool mayUseAny, out IpOptions? options)
    {
        options = null;
        if (bytes.Length > IpOptions.MaxIpv4Length) return Errno.EINVAL;
        if (bytes.IsEmpty)
        {
            // Not the same as never set: on a message none take the place of the socket's, and a raw socket cannot include headers any more.
            options = Empty;
            return Errno.None;
        }
        byte[] padded = new byte[bytes.Length + 3 & ~3];
        bytes.CopyTo(padded);
        ClearAfterEnd(padded);
        if (!Ipv4OptionsView.TryParse(padded, out Ipv4OptionsView view, out _, out _)) return Errno.EINVAL;
        int routes = 0;
        foreach (Ipv4Option option in view)
        {
            bool isRoute = option.Kind is Ipv4OptionKind.LooseSourceRoute or Ipv4OptionKind.StrictSourceRoute;
            if (isRoute && (++routes > 1 || !IsWholeRoute(option.Bytes))) return Errno.EINVAL;
            bool isFree = isRoute || option.Kind is Ipv4OptionKind.EndOfList or Ipv4OptionKind.NoOperation or Ipv4OptionKind.RecordRoute or Ipv4OptionKind.Timestamp or Ipv4OptionKind.RouterAlert;
            if (!isFree && !mayUseAny) return Errno.EINVAL;
        }
        options = Compile(padded, view);
        return Errno.None;
    }

    /// <summary>The options of one packet: the final destination behind the other hops of a source route, this host in a recorded route or the time (RFC 791 §3.1).</summary>
    /// <param name="options">What the socket or the message has.</param>
    /// <param name="final">Where the packet goes in the end.</param>
    /// <param name="source">The packet's source address.</param>
    /// <param name="host">The host that sends.</param>
    public static IpOptions ForPacket(IpOptions options, IpAddress final, IpAddress source, StackHost host)
    {
        byte[] bytes = options.Ipv4.ToArray();
        if (options.RouteOffset >= 0) final.WriteIPv4(bytes.AsSpan(options.RouteOffset + bytes[options.RouteOffset + 1] - AddressLength));
        if (options.RecordsSender) Ipv4OptionProcessor.Record(bytes, source, host.Interfaces, Ipv4OptionProcessor.TimeOfDay(host.Loop));
        return new IpOptions { Ipv4 = bytes, FirstHop = options.FirstHop };
    }

    private const int AddressLength = 4, RouteHeader = 3, FirstPointer = 4;

    /// <summary>A source route with one hop at least, of which none has been visited.</summary>
    private static bool IsWholeRoute(ReadOnlySpan<byte> option) => option.Length >= RouteHeader + AddressLength && (option.Length - RouteHeader) % AddressLength == 0 && option[2] == FirstPointer;

    /// <summary>The first hop of a source route goes into the header; the others move up, and the last place is the final destination's (Linux __ip_options_compile).</summary>
    private static IpOptions Compile(byte[] given, Ipv4OptionsView view)
    {
        bool records = view.RecordRouteOffset >= 0 || view.TimestampOffset >= 0;
        int route = view.SourceRouteOffset;
        if (route < 0) return new IpOptions { Ipv4 = given, RecordsSender = records };
        byte[] compiled = [.. given];
        Span<byte> hops = compiled.AsSpan(route + RouteHeader, given[route + 1] - RouteHeader);
        IpAddress first = IpAddress.ReadIPv4(hops);
        hops[AddressLength..].CopyTo(hops);
        return new IpOptions { Ipv4 = compiled, Given = given, FirstHop = first, RouteOffset = route, IsStrict = view.IsStrictSourceRoute, RecordsSender = records };
    }

    /// <summary>What stands after the end of the list goes out as zeros (RFC 791 §3.1).</summary>
    private static void ClearAfterEnd(Span<byte> options)
    {
        for (int at = 0; at < options.Length;)
        {
            if (options[at] == (byte)Ipv4OptionKind.EndOfList)
            {
                options[at..].Clear();
                return;
            }
            if (options[at] == (byte)Ipv4OptionKind.NoOperation) at++;
            else if (at + 1 < options.Length && options[at + 1] >= 2) at += options[at + 1];
            else return;
        }
    }

    /// <summary>Makes of received options those of an answer: recorded routes and time stamps come along, all else stays out (RFC 1122 §3.2.2.6, Linux ip_options_echo).</summary>
    /// <returns>Bytes written, a multiple of four.</returns>
    public static int Reverse(ReadOnlySpan<byte> options, Span<byte> destination)
    {
        if (!Ipv4OptionsView.TryParse(options, out Ipv4OptionsView view, out _, out _)) return 0;
        int length = 0;
        foreach (Ipv4Option option in view)
        {
            if (option.Kind is not (Ipv4OptionKind.RecordRoute or Ipv4OptionKind.Timestamp)) continue;
            option.Bytes.CopyTo(destination[length..]);
            length += option.Bytes.Length;
        }
        while ((length & 3) != 0) destination[length++] = 0;
        return length;
    }
}
