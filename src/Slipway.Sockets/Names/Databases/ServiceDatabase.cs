namespace Slipway.Sockets;

/// <summary>The services of a host: /etc/services (services(5), getservent(3)). An entry a line: a service over two protocols has two.</summary>
public sealed class ServiceDatabase : NameDatabase<ServiceEntry>
{
    /// <summary>The services in a file, <c>/etc/services</c> unless told otherwise.</summary>
    public ServiceDatabase(HostFiles files, string path = "/etc/services")
        : base(files, path)
    {
    }

    /// <summary>getservbyname(3): by name or alias, which must match in case; a null protocol takes the first in the file.</summary>
    public ServiceEntry? ByName(string name, string? protocol = null)
    {
        foreach (ServiceEntry entry in Entries)
            if ((protocol is null || entry.Protocol == protocol) && (entry.Name == name || entry.Aliases.Contains(name, StringComparer.Ordinal))) return entry;
        return null;
    }

    /// <summary>getservbyport(3); the port in host order, where C wants network order.</summary>
    public ServiceEntry? ByPort(ushort port, string? protocol = null)
    {
        foreach (ServiceEntry entry in Entries)
            if (entry.Port == port && (protocol is null || entry.Protocol == protocol)) return entry;
        return null;
    }

    private protected override ServiceEntry? Parse(DatabaseLine line)
    {
        string name = line.ReadField().ToString();
        if (!line.TryReadNumberToSlash(out uint port)) return null;
        string protocol = line.ReadField().ToString();
        return new ServiceEntry(name, line.ReadAll(), (ushort)port, protocol);
    }
}
