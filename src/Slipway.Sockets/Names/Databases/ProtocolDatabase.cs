namespace Slipway.Sockets;

/// <summary>The protocols of a host: /etc/protocols (protocols(5), getprotoent(3)).</summary>
public sealed class ProtocolDatabase : NameDatabase<ProtocolEntry>
{
    /// <summary>The protocols in a file, <c>/etc/protocols</c> unless told otherwise.</summary>
    public ProtocolDatabase(HostFiles files, string path = "/etc/protocols")
        : base(files, path)
    {
    }

    /// <summary>getprotobyname(3): by name or alias, which must match in case.</summary>
    public ProtocolEntry? ByName(string name)
    {
        foreach (ProtocolEntry entry in Entries)
            if (entry.Name == name || entry.Aliases.Contains(name, StringComparer.Ordinal)) return entry;
        return null;
    }

    /// <summary>getprotobynumber(3).</summary>
    public ProtocolEntry? ByNumber(int number)
    {
        foreach (ProtocolEntry entry in Entries)
            if (entry.Number == number) return entry;
        return null;
    }

    private protected override ProtocolEntry? Parse(DatabaseLine line)
    {
        string name = line.ReadField().ToString();
        return line.TryReadNumber(out uint number) ? new ProtocolEntry(name, line.ReadAll(), unchecked((int)number)) : null;
    }
}
