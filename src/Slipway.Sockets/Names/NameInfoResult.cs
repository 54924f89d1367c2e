namespace Slipway.Sockets;

/// <summary>What getnameinfo gives: the names of an address and of its port.</summary>
/// <param name="Error">The EAI_ code, or <see cref="AddressInfoError.None"/>.</param>
/// <param name="SystemError">errno, with EAI_SYSTEM.</param>
/// <param name="Host">The host's name or its address as text; empty where it was not asked for or the call failed.</param>
/// <param name="Service">The service's name or the port as text; empty where it was not asked for or the call failed.</param>
public readonly record struct NameInfoResult(AddressInfoError Error, Errno SystemError, string Host, string Service)
{
    /// <summary>Whether the names are there.</summary>
    public bool Succeeded => Error == AddressInfoError.None;

    /// <summary>The result itself.</summary>
    /// <exception cref="NameLookupException">The look-up failed.</exception>
    public NameInfoResult OrThrow() => Succeeded ? this : throw new NameLookupException(Error, SystemError, "getnameinfo");
}
