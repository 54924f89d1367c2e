namespace Slipway.Sockets;

/// <summary>The value of ICMP_FILTER: the types of ICMP that a raw socket does not receive (raw(7)). Types from 32 on always pass.</summary>
/// <param name="Blocked">A bit for each type, the lowest for type 0.</param>
/// <example><code>
/// socket.SetOption(SocketOptions.IcmpFilter, IcmpFilter.BlockAll.Pass(Icmp.EchoReply));
/// </code></example>
public readonly record struct IcmpFilter(uint Blocked)
{
    /// <summary>Everything passes, as on a new socket.</summary>
    public static IcmpFilter PassAll => default;

    /// <summary>Nothing passes but types from 32 on.</summary>
    public static IcmpFilter BlockAll => new(uint.MaxValue);

    /// <summary>This filter, but a type passes.</summary>
    public IcmpFilter Pass(byte type) => type < 32 ? new IcmpFilter(Blocked & ~(1u << type)) : this;

    /// <summary>This filter, but a type is blocked. Types from 32 on cannot be.</summary>
    public IcmpFilter Block(byte type) => type < 32 ? new IcmpFilter(Blocked | 1u << type) : this;

    /// <summary>Whether messages of a type pass.</summary>
    public bool Passes(byte type) => type >= 32 || (Blocked >> type & 1) == 0;
}
