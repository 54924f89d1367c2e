namespace Slipway.Stack;

/// <summary>
/// The options of a SYN that a cookie has no room for, kept in the lower six bits of the timestamp of the SYN-ACK, which the peer echoes. Without
/// timestamps a connection made by cookie has no window scaling and no SACK.
/// </summary>
/// <param name="WindowScale">The peer's window scale; <see cref="NoWindowScale"/> when it offered none.</param>
/// <param name="Sack">It permits selective acknowledgments.</param>
/// <param name="Ecn">ECN was negotiated.</param>
internal readonly record struct SynCookieOptions(byte WindowScale, bool Sack, bool Ecn)
{
    /// <summary>No window scaling: not a valid scale (RFC 7323 section 2.3: at most 14).</summary>
    public const byte NoWindowScale = 15;

    private const int Bits = 6;
    private const uint ScaleMask = 0xF;
    private const uint SackBit = 1 << 4;
    private const uint EcnBit = 1 << 5;

    /// <summary>The largest timestamp not after <paramref name="timestamp"/> that carries the options: later ones must not seem older (PAWS).</summary>
    public uint Encode(uint timestamp)
    {
        uint options = (WindowScale & ScaleMask) | (Sack ? SackBit : 0) | (Ecn ? EcnBit : 0);
        uint encoded = timestamp >> Bits << Bits | options;
        return encoded - timestamp is > 0 and < 1u << Bits ? encoded - (1u << Bits) : encoded;
    }

    /// <summary>The options in an echoed timestamp, less the connection's offset.</summary>
    public static SynCookieOptions Decode(uint timestamp) => new((byte)(timestamp & ScaleMask), (timestamp & SackBit) != 0, (timestamp & EcnBit) != 0);
}
