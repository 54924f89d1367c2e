using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>What an ICMP error means to a socket: Linux's icmp_err_convert and icmpv6_err_convert.</summary>
internal static class IcmpErrors
{
    private static readonly (Errno Errno, bool IsFatal)[] Unreachable4 =
    [
        (Errno.ENETUNREACH, false), // network
        (Errno.EHOSTUNREACH, false), // host
        (Errno.ENOPROTOOPT, true), // protocol
        (Errno.ECONNREFUSED, true), // port
        (Errno.EMSGSIZE, false), // fragmentation needed
        (Errno.EOPNOTSUPP, false), // source route failed
        (Errno.ENETUNREACH, true), // network unknown
        (Errno.EHOSTDOWN, true), // host unknown
        (Errno.ENONET, true), // host isolated
        (Errno.ENETUNREACH, true), // network prohibited
        (Errno.EHOSTUNREACH, true), // host prohibited
        (Errno.ENETUNREACH, false), // network unreachable for the type of service
        (Errno.EHOSTUNREACH, false), // host unreachable for the type of service
        (Errno.EHOSTUNREACH, true), // communication prohibited
        (Errno.EHOSTUNREACH, true), // precedence violation
        (Errno.EHOSTUNREACH, true), // precedence cutoff
    ];

    private static readonly (Errno Errno, bool IsFatal)[] Unreachable6 =
    [
        (Errno.ENETUNREACH, false), // no route
        (Errno.EACCES, true), // prohibited
        (Errno.EHOSTUNREACH, false), // beyond scope
        (Errno.EHOSTUNREACH, false), // address
        (Errno.ECONNREFUSED, true), // port
        (Errno.EACCES, true), // source policy
        (Errno.EACCES, true), // reject route
    ];

    /// <summary>Meaning of an ICMP error of IPv4; None for one that says nothing to sockets (source quench, redirect).</summary>
    public static Errno Convert4(Icmpv4Type type, byte code, out bool isFatal)
    {
        (Errno errno, isFatal) = type switch
        {
            Icmpv4Type.DestinationUnreachable when code < Unreachable4.Length => Unreachable4[code],
            Icmpv4Type.DestinationUnreachable => (Errno.EHOSTUNREACH, true),
            Icmpv4Type.TimeExceeded => (Errno.EHOSTUNREACH, false),
            Icmpv4Type.ParameterProblem => (Errno.EPROTO, true),
            _ => (Errno.None, false),
        };
        return errno;
    }

    /// <summary>Meaning of an ICMPv6 error.</summary>
    public static Errno Convert6(Icmpv6Type type, byte code, out bool isFatal)
    {
        (Errno errno, isFatal) = type switch
        {
            Icmpv6Type.DestinationUnreachable when code < Unreachable6.Length => Unreachable6[code],
            Icmpv6Type.DestinationUnreachable => (Errno.EPROTO, true),
            Icmpv6Type.PacketTooBig => (Errno.EMSGSIZE, false),
            Icmpv6Type.TimeExceeded => (Errno.EHOSTUNREACH, false),
            _ => (Errno.EPROTO, true),
        };
        return errno;
    }
}
