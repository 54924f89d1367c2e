namespace Slipway.Sockets;

/// <summary>The networks of a host: /etc/networks (networks(5), getnetent(3)). A number that cannot be read shows as 0xffffffff, as with glibc.</summary>
public sealed class NetworkDatabase : NameDatabase<NetworkEntry>
{
    /// <summary>The networks in a file, <c>/etc/networks</c> unless told otherwise.</summary>
    public NetworkDatabase(HostFiles files, string path = "/etc/networks")
        : base(files, path)
    {
    }

    /// <summary>getnetbyname(3): by name or alias, in any case.</summary>
    public NetworkEntry? ByName(string name)
    {
        foreach (NetworkEntry entry in Entries)
            if (CText.EqualsIgnoreCase(entry.Name, name) || entry.Aliases.Contains(name, StringComparer.OrdinalIgnoreCase)) return entry;
        return null;
    }

    /// <summary>getnetbyaddr(3): the number in host order with its trailing zero bytes; AF_UNSPEC takes any family.</summary>
    public NetworkEntry? ByNumber(uint number, AddressFamily family = AddressFamily.Inet)
    {
        foreach (NetworkEntry entry in Entries)
            if (entry.Number == number && (family == AddressFamily.Unspecified || entry.Family == family)) return entry;
        return null;
    }

    private protected override NetworkEntry? Parse(DatabaseLine line)
    {
        string name = line.ReadField().ToString();
        string number = line.ReadField().ToString();
        for (int dots = number.Count('.'); dots < 3; dots++) number += ".0"; // 10.7 stands for 10.7.0.0
        return new NetworkEntry(name, line.ReadAll(), AddressFamily.Inet, InetText.ParseNetwork(number));
    }
}
