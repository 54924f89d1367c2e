namespace Slipway.Sockets;

/// <summary>One socket type and protocol that an address is given for, with the port.</summary>
internal readonly record struct ServiceChoice(SocketType SocketType, IpProtocol Protocol, ushort Port)
{
    // The types that getaddrinfo knows, in the order in which it offers them. Raw sockets take any protocol and have no services.
    private static readonly Kind[] Kinds =
    [
        new(SocketType.Stream, IpProtocol.Tcp, "tcp", ByDefault: true),
        new(SocketType.Datagram, IpProtocol.Udp, "udp", ByDefault: true),
        new(SocketType.CongestionControlledDatagram, IpProtocol.Dccp, "dccp", ByDefault: false),
        new(SocketType.Datagram, IpProtocol.UdpLite, "udplite", ByDefault: false),
        new(SocketType.Stream, IpProtocol.Sctp, "sctp", ByDefault: false),
        new(SocketType.SequencedPacket, IpProtocol.Sctp, "sctp", ByDefault: false),
        new(SocketType.Raw, IpProtocol.Ip, "raw", ByDefault: true),
    ];

    /// <summary>The choices that a service and hints leave (getaddrinfo(3)).</summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="service">A name, a number as strtoul reads it and cut to 16 bits, or null or empty for port 0.</param>
    /// <param name="hints">Type and protocol.</param>
    /// <param name="choices">The choices; empty after a failure.</param>
    /// <returns>EAI_SOCKTYPE, EAI_SERVICE or none.</returns>
    public static AddressInfoError Find(ServiceDatabase services, string? service, AddressInfoHints hints, out List<ServiceChoice> choices)
    {
        choices = [];
        bool named = !string.IsNullOrEmpty(service);
        int number = named ? ParseNumber(service!) : 0;
        if (hints.SocketType == SocketType.None && hints.Protocol == IpProtocol.Ip) return FindAll(services, named ? service : null, number, choices);

        foreach (Kind kind in Kinds)
        {
            if (!kind.Fits(hints)) continue;
            if (named && kind.IsRaw) return AddressInfoError.EAI_SERVICE;
            IpProtocol protocol = kind.IsRaw ? hints.Protocol : kind.Protocol;
            if (!TryFindPort(services, named ? service : null, number, kind, out ushort port)) return AddressInfoError.EAI_SERVICE;
            choices.Add(new ServiceChoice(kind.SocketType, protocol, port));
            return AddressInfoError.None;
        }
        return hints.SocketType != SocketType.None ? AddressInfoError.EAI_SOCKTYPE : AddressInfoError.EAI_SERVICE;
    }

    private static AddressInfoError FindAll(ServiceDatabase services, string? service, int number, List<ServiceChoice> choices)
    {
        bool byName = service is not null && number < 0;
        foreach (Kind kind in Kinds)
        {
            if (byName ? kind.IsRaw : !kind.ByDefault) continue;
            if (TryFindPort(services, service, number, kind, out ushort port)) choices.Add(new ServiceChoice(kind.SocketType, kind.Protocol, port));
        }
        return choices.Count > 0 ? AddressInfoError.None : AddressInfoError.EAI_SERVICE;
    }

    private static bool TryFindPort(ServiceDatabase services, string? service, int number, Kind kind, out ushort port)
    {
        port = unchecked((ushort)number);
        if (service is null || number >= 0) return true;
        ServiceEntry? entry = services.ByName(service, kind.Name);
        port = entry?.Port ?? 0;
        return entry is not null;
    }

    /// <summary>Whether strtoul reads the whole text.</summary>
    public static bool IsNumber(string text) => CText.TryReadUInt64(text, 10, out _, out int used) && used == text.Length;

    // strtoul into an int: no check of the range, and a text whose value comes out negative is a name.
    private static int ParseNumber(string text)
        => CText.TryReadUInt64(text, 10, out ulong value, out int used) && used == text.Length ? unchecked((int)value) : -1;

    private sealed record Kind(SocketType SocketType, IpProtocol Protocol, string Name, bool ByDefault)
    {
        public bool IsRaw => SocketType == SocketType.Raw;

        public bool Fits(AddressInfoHints hints)
            => (hints.SocketType == SocketType.None || hints.SocketType == SocketType)
            && (hints.Protocol == IpProtocol.Ip || IsRaw || hints.Protocol == Protocol);
    }
}
