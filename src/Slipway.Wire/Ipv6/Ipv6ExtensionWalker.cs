namespace Slipway.Wire;

/// <summary>
/// Goes through the extension headers of an IPv6 packet up to the upper protocol (RFC 8200 §4). The number of headers is bounded, and
/// every length is checked before it is believed.
/// </summary>
/// <remarks>
/// All but the fragment header (8 bytes) and the authentication header (length in 4-byte units) begin
/// <code>
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-
/// |  Next Header  |  Hdr Ext Len  |      length in 8-byte units, the first 8 bytes not counted
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-
/// </code>
/// The walk ends at the upper protocol, at <see cref="IpProtocolNumber.NoNextHeader"/>, at an encrypted payload, after the header of a
/// fragment that is not the first (what follows is no header), or at an error.
/// </remarks>
public ref struct Ipv6ExtensionWalker
{
    /// <summary>Longest chain that is followed. Each header costs a sender eight bytes and every receiver a step.</summary>
    public const int MaximumHeaders = 32;

    private readonly ReadOnlySpan<byte> _payload;
    private int _next;
    private int _count;

    /// <summary>Starts a walk.</summary>
    /// <param name="nextHeader">The next header field of the fixed header.</param>
    /// <param name="payload">All after the fixed header.</param>
    public Ipv6ExtensionWalker(IpProtocolNumber nextHeader, ReadOnlySpan<byte> payload)
    {
        _payload = payload;
        Next = nextHeader;
        NextHeaderOffset = Ipv6View.NextHeaderOffset - Ipv6Header.Length;
    }

    /// <summary>The extension header the walker stands on.</summary>
    public IpProtocolNumber Kind { get; private set; }

    /// <summary>Where that header begins, counted from the first byte after the fixed header.</summary>
    public int Offset { get; private set; }

    /// <summary>The bytes of that header, whole.</summary>
    public readonly ReadOnlySpan<byte> Header => _payload[Offset.._next];

    /// <summary>What follows that header; once the walk has ended without error, the upper protocol.</summary>
    public IpProtocolNumber Next { get; private set; }

    /// <summary>Offset, from the first byte after the fixed header, of the byte that names <see cref="Next"/>: -34 for that of the fixed header. Plus 40 it is the pointer of an ICMPv6 parameter problem.</summary>
    public int NextHeaderOffset { get; private set; }

    /// <summary>Where <see cref="Next"/> begins, counted from the first byte after the fixed header.</summary>
    public readonly int NextOffset => _next;

    /// <summary>Why the walk ended early; <see cref="WireError.None"/> if it did not.</summary>
    public WireError Error { get; private set; }

    /// <summary>Whether a fragment header has been passed.</summary>
    public bool HasFragment { get; private set; }

    /// <summary>Whether what follows is the middle of a packet, not a header: a fragment whose offset is not zero.</summary>
    public bool IsLaterFragment { get; private set; }

    /// <summary>What follows the headers passed so far: at the end of the walk the upper protocol's bytes.</summary>
    public readonly ReadOnlySpan<byte> Payload => _payload[_next..];

    /// <summary>Goes to the next extension header.</summary>
    /// <returns>False at the end, and on an error, which <see cref="Error"/> tells.</returns>
    public bool MoveNext()
    {
        if (Error != WireError.None || IsLaterFragment || !IsExtension(Next)) return false;
        if (Next == IpProtocolNumber.HopByHop && _count > 0) return Fail(WireError.BadOrder);
        if (_count == MaximumHeaders) return Fail(WireError.TooManyHeaders);
        ReadOnlySpan<byte> rest = _payload[_next..];
        if (rest.Length < 8) return Fail(WireError.Truncated);
        int length = Next switch
        {
            IpProtocolNumber.Fragment => 8,
            IpProtocolNumber.Authentication => (rest[1] + 2) * 4,
            _ => (rest[1] + 1) * 8,
        };
        if (length > rest.Length) return Fail(WireError.Truncated);
        if (Next == IpProtocolNumber.Fragment)
        {
            HasFragment = true;
            IsLaterFragment = (rest[2] << 8 | rest[3]) >> 3 != 0;
        }
        _count++;
        Kind = Next;
        Offset = NextHeaderOffset = _next;
        Next = (IpProtocolNumber)rest[0];
        _next += length;
        return true;
    }

    /// <summary>Goes to the end.</summary>
    /// <returns>Whether it was reached without an error.</returns>
    public bool MoveToEnd()
    {
        while (MoveNext()) { }
        return Error == WireError.None;
    }

    /// <summary>Whether the number is an extension header that can be passed over (RFC 7045 §4, without ESP, which hides what follows).</summary>
    public static bool IsExtension(IpProtocolNumber number) => number is IpProtocolNumber.HopByHop or IpProtocolNumber.Routing
        or IpProtocolNumber.Fragment or IpProtocolNumber.DestinationOptions or IpProtocolNumber.Authentication;

    private bool Fail(WireError error)
    {
        Error = error;
        return false;
    }
}
