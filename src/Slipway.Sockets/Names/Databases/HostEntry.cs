namespace Slipway.Sockets;

/// <summary>A host of the host database, or what a look-up found: struct hostent (gethostbyname(3)).</summary>
/// <param name="Name">h_name: the official name.</param>
/// <param name="Aliases">h_aliases: the other names, in the order of the file.</param>
/// <param name="Family">h_addrtype: AF_INET or AF_INET6; AF_UNSPEC where <paramref name="Addresses"/> holds both.</param>
/// <param name="Addresses">h_addr_list; port 0.</param>
public sealed record HostEntry(string Name, IReadOnlyList<string> Aliases, AddressFamily Family, IReadOnlyList<InetAddress> Addresses)
{
    /// <summary>h_length: bytes of an address, 4 or 16; 0 where the entry holds both families.</summary>
    public int AddressLength => Family switch { AddressFamily.Inet => 4, AddressFamily.Inet6 => 16, _ => 0 };
}
