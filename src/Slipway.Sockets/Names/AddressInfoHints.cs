namespace Slipway.Sockets;

/// <summary>What a caller of <see cref="NameService.GetAddressInfo"/> wants: the fields of struct addrinfo that hints may set. The others are not here, so none can be wrong.</summary>
public sealed record AddressInfoHints
{
    /// <summary>What no hints at all mean on Linux: any family, type and protocol, AI_V4MAPPED and AI_ADDRCONFIG.</summary>
    public static AddressInfoHints Default { get; } = new() { Flags = AddressInfoFlags.AI_V4MAPPED | AddressInfoFlags.AI_ADDRCONFIG };

    /// <summary>ai_flags.</summary>
    public AddressInfoFlags Flags { get; init; }

    /// <summary>ai_family; AF_UNSPEC for any.</summary>
    public AddressFamily Family { get; init; }

    /// <summary>ai_socktype; 0 for any.</summary>
    public SocketType SocketType { get; init; }

    /// <summary>ai_protocol; 0 for any.</summary>
    public IpProtocol Protocol { get; init; }
}
