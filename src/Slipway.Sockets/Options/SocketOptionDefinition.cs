namespace Slipway.Sockets;

/// <summary>One row of the table of socket options: what an option is, on Linux and here. All validation, listing and documentation reads it.</summary>
public sealed record SocketOptionDefinition
{
    /// <summary>The level: a constant of <see cref="SocketLevel"/>.</summary>
    public required int Level { get; init; }

    /// <summary>Linux's name.</summary>
    public required string Name { get; init; }

    /// <summary>Linux's number on x86-64: a constant of <see cref="SocketOptionName"/>.</summary>
    public required int Number { get; init; }

    /// <summary>What the value is made of.</summary>
    public required SocketOptionKind Kind { get; init; }

    /// <summary>Whether it can be read, set, or both.</summary>
    public required SocketOptionAccess Access { get; init; }

    /// <summary>What a new socket reads, as text; empty where there is nothing to read.</summary>
    public required string Default { get; init; }

    /// <summary>Which values are taken, as text; empty for all.</summary>
    public required string Range { get; init; }

    /// <summary>What setting it (or setting it beyond the free range) needs.</summary>
    public required SocketOptionPrivilege Privilege { get; init; }

    /// <summary>Which sockets have it.</summary>
    public required SocketOptionScope AppliesTo { get; init; }

    /// <summary>What it does, in one sentence.</summary>
    public required string Summary { get; init; }

    /// <summary>Where it is described.</summary>
    public required string Source { get; init; }

    /// <summary>Whether a virtual host has it. Where not, both calls fail as for an unknown option: ENOPROTOOPT.</summary>
    public required bool SupportedByStack { get; init; }

    /// <summary>Whether getsockopt answers.</summary>
    public bool CanGet => (Access & SocketOptionAccess.Get) != 0;

    /// <summary>Whether setsockopt takes it.</summary>
    public bool CanSet => (Access & SocketOptionAccess.Set) != 0;

    /// <summary>Linux's name of the level.</summary>
    public string LevelName => Level switch
    {
        SocketLevel.SOL_SOCKET => "SOL_SOCKET",
        SocketLevel.IPPROTO_IP => "IPPROTO_IP",
        SocketLevel.IPPROTO_TCP => "IPPROTO_TCP",
        SocketLevel.IPPROTO_UDP => "IPPROTO_UDP",
        SocketLevel.IPPROTO_IPV6 => "IPPROTO_IPV6",
        SocketLevel.IPPROTO_ICMPV6 => "IPPROTO_ICMPV6",
        SocketLevel.SOL_RAW => "SOL_RAW",
        SocketLevel.SOL_NETLINK => "SOL_NETLINK",
        SocketLevel.SOL_PACKET => "SOL_PACKET",
        _ => Level.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };

    /// <summary>Bytes that getsockopt gives at most, or 0 where the value has no fixed size.</summary>
    public int ValueSize => Kind switch
    {
        SocketOptionKind.Flag or SocketOptionKind.Int or SocketOptionKind.ByteOrInt or SocketOptionKind.ByteOrIntFlag or SocketOptionKind.IPv4Address => 4,
        SocketOptionKind.Linger or SocketOptionKind.Number64 => 8,
        SocketOptionKind.TimeValue => 16,
        _ => 0,
    };
}
