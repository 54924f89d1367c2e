namespace Slipway.Wire;

/// <summary>The options of an IPv4 header, validated by the rules of Linux (<c>ip_options_compile</c>), which are those of RFC 1122 §3.2.1.8 and RFC 1812 §5.2.4.</summary>
/// <remarks>
/// RFC 791 §3.1. A route option is type, length, pointer, addresses; a timestamp option
/// <code>
/// +--------+--------+--------+--------+
/// |01000100| length | pointer|oflw|flg|
/// +--------+--------+--------+--------+
/// |  times, or addresses and times    |
/// +--------+--------+--------+--------+
/// </code>
/// </remarks>
public readonly ref struct Ipv4OptionsView
{
    private const int PointerOffset = 2, FlagsOffset = 3;

    private readonly ReadOnlySpan<byte> _bytes;

    private Ipv4OptionsView(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>Offset of the source route among the option bytes, or -1.</summary>
    public int SourceRouteOffset => Find(Ipv4OptionKind.LooseSourceRoute, Ipv4OptionKind.StrictSourceRoute);

    /// <summary>Whether the source route is strict: the next hop must be a neighbour.</summary>
    public bool IsStrictSourceRoute => Find(Ipv4OptionKind.StrictSourceRoute, Ipv4OptionKind.StrictSourceRoute) >= 0;

    /// <summary>Offset of the record route option among the option bytes, or -1.</summary>
    public int RecordRouteOffset => Find(Ipv4OptionKind.RecordRoute, Ipv4OptionKind.RecordRoute);

    /// <summary>Offset of the timestamp option among the option bytes, or -1.</summary>
    public int TimestampOffset => Find(Ipv4OptionKind.Timestamp, Ipv4OptionKind.Timestamp);

    /// <summary>Whether routers shall look at the packet (RFC 2113): a router alert of value 0.</summary>
    public bool HasRouterAlert
    {
        get
        {
            foreach (Ipv4Option option in this)
                if (option.Kind == Ipv4OptionKind.RouterAlert && option.Data is [0, 0, ..]) return true;
            return false;
        }
    }

    /// <summary>Validates option bytes.</summary>
    /// <param name="options"><see cref="Ipv4View.Options"/>; empty is valid.</param>
    /// <param name="view">The view, if they are valid.</param>
    /// <param name="error"><see cref="WireError.BadOption"/>.</param>
    /// <param name="errorOffset">Offset among the option bytes of the byte at fault; plus 20 it is the pointer of the ICMP parameter problem.</param>
    public static bool TryParse(ReadOnlySpan<byte> options, out Ipv4OptionsView view, out WireError error, out int errorOffset)
    {
        view = default;
        errorOffset = Validate(options);
        error = errorOffset >= 0 ? WireError.BadOption : WireError.None;
        if (errorOffset >= 0) return false;
        errorOffset = 0;
        view = new Ipv4OptionsView(options);
        return true;
    }

    /// <summary>The options in order, without the bytes from end-of-options on. Needs no allocation.</summary>
    public Enumerator GetEnumerator() => new(_bytes);

    private int Find(Ipv4OptionKind first, Ipv4OptionKind second)
    {
        foreach (Ipv4Option option in this)
            if (option.Kind == first || option.Kind == second) return option.Offset;
        return -1;
    }

    /// <summary>Offset of the byte at fault, or -1.</summary>
    private static int Validate(ReadOnlySpan<byte> bytes)
    {
        Seen seen = Seen.None;
        for (int at = 0; at < bytes.Length;)
        {
            var kind = (Ipv4OptionKind)bytes[at];
            if (kind == Ipv4OptionKind.EndOfList) return -1;
            if (kind == Ipv4OptionKind.NoOperation)
            {
                at++;
                continue;
            }
            if (bytes.Length - at < 2 || bytes[at + 1] < 2 || bytes[at + 1] > bytes.Length - at) return at;
            ReadOnlySpan<byte> option = bytes.Slice(at, bytes[at + 1]);
            Seen bit = SeenBit(kind);
            if (bit != Seen.None && (seen & bit) != Seen.None) return at;
            seen |= bit;
            int fault = ValidateOne(kind, option);
            if (fault >= 0) return at + fault;
            at += option.Length;
        }
        return -1;
    }

    private static int ValidateOne(Ipv4OptionKind kind, ReadOnlySpan<byte> option) => kind switch
    {
        Ipv4OptionKind.LooseSourceRoute or Ipv4OptionKind.StrictSourceRoute => ValidateSourceRoute(option),
        Ipv4OptionKind.RecordRoute => ValidateRecordRoute(option),
        Ipv4OptionKind.Timestamp => ValidateTimestamp(option),
        Ipv4OptionKind.RouterAlert => option.Length < 4 ? 1 : -1,
        // A label of a domain of interpretation that is not set up is refused, and here none is; so does Linux.
        Ipv4OptionKind.CommercialSecurity => option.Length < 8 ? 1 : 2,
        _ => -1,
    };

    private static int ValidateSourceRoute(ReadOnlySpan<byte> option)
    {
        if (option.Length < 3) return 1;
        return option[PointerOffset] < 4 ? PointerOffset : -1;
    }

    private static int ValidateRecordRoute(ReadOnlySpan<byte> option)
    {
        if (option.Length < 3) return 1;
        int pointer = option[PointerOffset];
        if (pointer < 4) return PointerOffset;
        return pointer <= option.Length && pointer + 3 > option.Length ? PointerOffset : -1;
    }

    private static int ValidateTimestamp(ReadOnlySpan<byte> option)
    {
        if (option.Length < 4) return 1;
        int pointer = option[PointerOffset], flags = option[FlagsOffset] & 0xF;
        if (pointer < 5) return PointerOffset;
        if (pointer > option.Length)
        {
            // Full: every further host counts itself in the overflow, which must not run over itself. Prespecified addresses do not overflow.
            return flags != 3 && option[FlagsOffset] >> 4 == 15 ? FlagsOffset : -1;
        }
        int entry = flags is 1 or 3 ? 8 : 4;
        return pointer + entry - 1 > option.Length ? PointerOffset : -1;
    }

    private static Seen SeenBit(Ipv4OptionKind kind) => kind switch
    {
        Ipv4OptionKind.LooseSourceRoute or Ipv4OptionKind.StrictSourceRoute => Seen.SourceRoute,
        Ipv4OptionKind.RecordRoute => Seen.RecordRoute,
        Ipv4OptionKind.Timestamp => Seen.Timestamp,
        _ => Seen.None,
    };

    /// <summary>Options that may stand only once.</summary>
    [Flags]
    private enum Seen
    {
        None = 0,
        SourceRoute = 1,
        RecordRoute = 2,
        Timestamp = 4,
    }

    /// <summary>Walks over validated options.</summary>
    public ref struct Enumerator
    {
        private readonly ReadOnlySpan<byte> _bytes;
        private int _at;
        private int _next;

        internal Enumerator(ReadOnlySpan<byte> bytes) => _bytes = bytes;

        /// <summary>The option the enumerator stands on.</summary>
        public readonly Ipv4Option Current => new(_bytes[_at.._next], _at);

        /// <summary>Goes to the next option.</summary>
        public bool MoveNext()
        {
            _at = _next;
            if (_at >= _bytes.Length || _bytes[_at] == (byte)Ipv4OptionKind.EndOfList) return false;
            _next = _bytes[_at] == (byte)Ipv4OptionKind.NoOperation ? _at + 1 : _at + _bytes[_at + 1];
            return true;
        }
    }
}
