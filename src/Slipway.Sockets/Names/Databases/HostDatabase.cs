using System.Buffers.Binary;

namespace Slipway.Sockets;

/// <summary>
/// The hosts of a host: /etc/hosts (hosts(5)). Enumeration is gethostent(3)'s and knows only IPv4: a line with <c>::1</c> shows as 127.0.0.1, one with an IPv4-mapped
/// address as that IPv4 address, other IPv6 lines are passed over. Look-ups by name take the family that they ask for.
/// </summary>
public sealed class HostDatabase : NameDatabase<HostEntry>
{
    private const string ConfigurationPath = "/etc/host.conf";

    private readonly HostFiles _files;

    /// <summary>The hosts in a file, <c>/etc/hosts</c> unless told otherwise.</summary>
    public HostDatabase(HostFiles files, string path = "/etc/hosts")
        : base(files, path)
        => _files = files;

    /// <summary>
    /// All that the file says of a name (official or alias, in any case): the addresses of every line that has it. AF_UNSPEC gives both families.
    /// </summary>
    /// <remarks><c>multi off</c> in /etc/host.conf (host.conf(5)) makes a look-up of one family stop at the first line; without the file all lines count, as with the file that distributions ship.</remarks>
    public HostEntry? ByName(string name, AddressFamily family = AddressFamily.Inet)
    {
        HostEntry? found = null;
        List<InetAddress> addresses = [];
        List<string> aliases = [];
        bool every = family == AddressFamily.Unspecified || !StopsAtFirst;
        foreach (string line in Lines)
        {
            if (ParseAs(new DatabaseLine(line), family) is not { } entry || !Has(entry, name)) continue;
            addresses.AddRange(entry.Addresses);
            aliases.AddRange(entry.Aliases);
            if (found is not null && entry.Name != found.Name) aliases.Add(entry.Name);
            found ??= entry;
            if (!every) break;
        }
        return found is null ? null : found with { Aliases = aliases, Addresses = addresses, Family = family };
    }

    /// <summary>The first line with this address (port and scope do not count).</summary>
    public HostEntry? ByAddress(InetAddress address)
    {
        Span<byte> wanted = stackalloc byte[16], candidate = stackalloc byte[16];
        int length = address.WriteAddress(wanted);
        foreach (string line in Lines)
        {
            if (ParseAs(new DatabaseLine(line), address.Family) is not { } entry) continue;
            entry.Addresses[0].WriteAddress(candidate);
            if (wanted[..length].SequenceEqual(candidate[..length])) return entry;
        }
        return null;
    }

    private bool StopsAtFirst
    {
        get
        {
            foreach (string line in DatabaseLine.Split(_files.ReadText(ConfigurationPath) ?? ""))
            {
                var fields = new DatabaseLine(line);
                if (fields.ReadField() is "multi") return fields.ReadField() is "off";
            }
            return false;
        }
    }

    private protected override HostEntry? Parse(DatabaseLine line) => ParseAs(line, AddressFamily.Inet);

    private static bool Has(HostEntry entry, string name)
        => CText.EqualsIgnoreCase(entry.Name, name) || entry.Aliases.Contains(name, StringComparer.OrdinalIgnoreCase);

    private static HostEntry? ParseAs(DatabaseLine line, AddressFamily family)
    {
        if (!TryParseAddress(line.ReadField(), family, out InetAddress address)) return null;
        string name = line.ReadField().ToString();
        return new HostEntry(name, line.ReadAll(), address.Family, [address]);
    }

    private static bool TryParseAddress(ReadOnlySpan<char> text, AddressFamily family, out InetAddress address)
    {
        address = default;
        Span<byte> bytes = stackalloc byte[16];
        if (family != AddressFamily.Inet6 && InetText.TryParse(AddressFamily.Inet, text, bytes))
        {
            address = InetAddress.IPv4(BinaryPrimitives.ReadUInt32BigEndian(bytes), 0);
            return true;
        }
        if (!InetText.TryParse(AddressFamily.Inet6, text, bytes)) return false;
        address = InetAddress.IPv6(bytes, 0);
        if (family != AddressFamily.Inet) return true;
        // An IPv4 look-up takes two kinds of IPv6 lines: a mapped address, and ::1 as 127.0.0.1.
        if (address.TryMapToIPv4(out InetAddress mapped)) address = mapped;
        else if (address == InetAddress.LoopbackIPv6()) address = InetAddress.LoopbackIPv4();
        else return false;
        return true;
    }
}
