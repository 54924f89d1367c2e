using System.Buffers;

namespace Slipway.Sockets;

/// <summary>gethostbyname and gethostbyaddr.</summary>
public sealed partial class NameService
{
    private static readonly SearchValues<char> IPv4Characters = SearchValues.Create("0123456789.");
    private static readonly SearchValues<char> IPv6Characters = SearchValues.Create("0123456789abcdefABCDEF:.");

    /// <summary>gethostbyname2(3), and gethostbyname(3) with AF_INET: a host by name, or by an address as text, which is not looked up.</summary>
    /// <returns>The host or h_errno. A family other than AF_INET and AF_INET6 finds nothing.</returns>
    public HostResult GetHostByName(string name, AddressFamily family = AddressFamily.Inet) => Finished(GetHostByNameAsync(name, family, blocking: true, CancellationToken.None));

    /// <summary>As <see cref="GetHostByName"/>, without blocking the thread.</summary>
    public ValueTask<HostResult> GetHostByNameAsync(string name, AddressFamily family = AddressFamily.Inet, CancellationToken cancellationToken = default)
        => GetHostByNameAsync(name, family, blocking: false, cancellationToken);

    /// <summary>gethostbyaddr(3): the host that has an address.</summary>
    /// <returns>The host or h_errno.</returns>
    public HostResult GetHostByAddress(InetAddress address) => Finished(_lookup.ByAddressAsync(address, blocking: true, CancellationToken.None));

    /// <summary>As <see cref="GetHostByAddress"/>, without blocking the thread.</summary>
    public ValueTask<HostResult> GetHostByAddressAsync(InetAddress address, CancellationToken cancellationToken = default)
        => _lookup.ByAddressAsync(address, blocking: false, cancellationToken);

    private async ValueTask<HostResult> GetHostByNameAsync(string name, AddressFamily family, bool blocking, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (family is not (AddressFamily.Inet or AddressFamily.Inet6)) return HostResult.Failure(HostError.HOST_NOT_FOUND);
        if (LooksNumeric(name)) return FromText(name, family);
        HostLookup.Found found = await _lookup.ByNameAsync(name, family, AddressInfoFlags.None, blocking, cancellationToken);
        return found.Entry is { } entry ? HostResult.Found(entry) : HostResult.Failure(found.Error);
    }

    // Digits and dots that end in a digit, or hexadecimal digits and colons: an address as text, whether it can be read or not.
    private static bool LooksNumeric(string name)
    {
        if (name.Length == 0) return false;
        if (name.Contains(':', StringComparison.Ordinal)) return name.AsSpan().IndexOfAnyExcept(IPv6Characters) < 0;
        return char.IsAsciiDigit(name[0]) && name[^1] != '.' && name.AsSpan().IndexOfAnyExcept(IPv4Characters) < 0;
    }

    private static HostResult FromText(string name, AddressFamily family)
    {
        InetAddress address = default;
        Span<byte> bytes = stackalloc byte[16];
        bool read;
        if (family == AddressFamily.Inet)
        {
            read = InetText.TryParseLoose(name, out uint bits);
            if (read) address = InetAddress.IPv4(bits, 0);
        }
        else
        {
            read = InetText.TryParse(AddressFamily.Inet6, name, bytes);
            if (read) address = InetAddress.IPv6(bytes, 0);
        }
        return read ? HostResult.Found(new HostEntry(name, [], family, [address])) : HostResult.Failure(HostError.HOST_NOT_FOUND);
    }
}
