using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>Extension headers that a socket or a message puts into its packets (RFC 3542 §6 to §9). Immutable. Routing headers are not among them: every type is refused.</summary>
internal sealed class ExtensionHeaders
{
    /// <summary>A header is measured in units of eight bytes, the first of which does not count (RFC 8200 §4).</summary>
    private const int Unit = 8;

    /// <summary>The most that the length of a header can say.</summary>
    private const int MaxLength = 255 * Unit;

    /// <summary>None.</summary>
    public static ExtensionHeaders None { get; } = new([], [], []);

    private readonly byte[] _hopByHop, _beforeRouting, _destination;

    private ExtensionHeaders(byte[] hopByHop, byte[] beforeRouting, byte[] destination)
    {
        _hopByHop = hopByHop;
        _beforeRouting = beforeRouting;
        _destination = destination;
        if (hopByHop.Length + destination.Length > 0) Sent = new IpOptions { HopByHop = hopByHop, DestinationOptions = destination };
    }

    /// <summary>What goes into the packets; null for nothing. Options for the hops of a route stay away without one (RFC 3542 §9.2).</summary>
    public IpOptions? Sent { get; }

    public bool IsEmpty => _hopByHop.Length + _beforeRouting.Length + _destination.Length == 0;

    /// <summary>The header of an option: IPV6_HOPOPTS, IPV6_RTHDRDSTOPTS or IPV6_DSTOPTS; empty without one, and for IPV6_RTHDR always.</summary>
    public ReadOnlySpan<byte> this[int option] => option switch
    {
        SocketOptionName.IPV6_HOPOPTS => _hopByHop,
        SocketOptionName.IPV6_RTHDRDSTOPTS => _beforeRouting,
        SocketOptionName.IPV6_DSTOPTS => _destination,
        _ => default,
    };

    /// <summary>These with another header in an option's place.</summary>
    public ExtensionHeaders With(int option, byte[] header) => option switch
    {
        SocketOptionName.IPV6_HOPOPTS => new ExtensionHeaders(header, _beforeRouting, _destination),
        SocketOptionName.IPV6_RTHDRDSTOPTS => new ExtensionHeaders(_hopByHop, header, _destination),
        _ => new ExtensionHeaders(_hopByHop, _beforeRouting, header),
    };

    /// <summary>These as far as only the destination looks at them, with those of a flow for the way there.</summary>
    public ExtensionHeaders OnlyForDestination(ExtensionHeaders? flow) => new(flow?._hopByHop ?? [], flow?._beforeRouting ?? [], _destination);

    /// <summary>Reads a header as setsockopt gives it; what its length does not cover is left out. What is in it is the program's business.</summary>
    /// <returns>False: its length is no multiple of eight, more than a header can have, or less than it says itself.</returns>
    public static bool TryReadOption(ReadOnlySpan<byte> value, out byte[] header)
    {
        header = [];
        return (value.Length & (Unit - 1)) == 0 && value.Length is > 0 and <= MaxLength && TryReadMessage(value, out header);
    }

    /// <summary>Reads a header as a control message has it: it may be longer than its header says.</summary>
    public static bool TryReadMessage(ReadOnlySpan<byte> data, out byte[] header)
    {
        header = [];
        if (data.Length < 2) return false;
        int length = (data[1] + 1) * Unit;
        if (data.Length < length) return false;
        header = data[..length].ToArray();
        return true;
    }
}
