using System.Globalization;

namespace Slipway.Wire;

/// <summary>An address with a prefix length, as in 10.0.0.1/24 or fd00::/8. The host bits are kept: an interface address is one too.</summary>
/// <param name="Address">The address, host bits included.</param>
/// <param name="Length">0 to 32 for IPv4, 0 to 128 for IPv6.</param>
public readonly record struct IpPrefix(IpAddress Address, int Length)
{
    /// <summary>The prefix with its host bits cleared: the network that a route names.</summary>
    public IpPrefix Network => new(Address.Mask(Length), Length);

    /// <summary>The directed broadcast address of an IPv4 network (RFC 919); of no meaning for IPv6 and for /31 and /32.</summary>
    public IpAddress DirectedBroadcast => IpAddress.FromIPv4(Length >= 32 ? Address.IPv4 : Address.IPv4 | uint.MaxValue >> Length);

    /// <summary>Whether the address lies in the network.</summary>
    public bool Contains(IpAddress address) => Address.SharesPrefix(address, Length);

    /// <summary>Parses <c>ADDRESS/LENGTH</c>; without a length the whole address is the prefix.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out IpPrefix prefix)
    {
        prefix = default;
        int slash = text.IndexOf('/');
        if (!IpAddress.TryParse(slash < 0 ? text : text[..slash], out IpAddress address)) return false;
        int longest = address.IsIPv4 ? 32 : 128;
        int length = longest;
        if (slash >= 0 && (!int.TryParse(text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out length) || length > longest)) return false;
        prefix = new IpPrefix(address, length);
        return true;
    }

    /// <summary>Parses <c>ADDRESS/LENGTH</c>.</summary>
    /// <exception cref="FormatException">The text is not an address with a prefix length; the message quotes it.</exception>
    public static IpPrefix Parse(ReadOnlySpan<char> text)
        => TryParse(text, out IpPrefix prefix) ? prefix : throw new FormatException($"'{text}' is not an address with a prefix length, such as 10.0.0.1/24");

    /// <summary><c>ADDRESS/LENGTH</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Address}/{Length}");
}
