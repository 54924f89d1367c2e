namespace Slipway.Sockets;

/// <summary>What getaddrinfo gives: entries in the order in which to try them, or why there are none.</summary>
/// <param name="Error">The EAI_ code, or <see cref="AddressInfoError.None"/>.</param>
/// <param name="SystemError">errno, with EAI_SYSTEM.</param>
/// <param name="Entries">The entries; empty after a failure. There is no freeaddrinfo: the list is garbage collected.</param>
public sealed record AddressInfoResult(AddressInfoError Error, Errno SystemError, IReadOnlyList<AddressInfo> Entries)
{
    /// <summary>Whether there are entries.</summary>
    public bool Succeeded => Error == AddressInfoError.None;

    /// <summary>The entries.</summary>
    /// <exception cref="NameLookupException">The look-up failed.</exception>
    public IReadOnlyList<AddressInfo> OrThrow() => Succeeded ? Entries : throw new NameLookupException(Error, SystemError, "getaddrinfo");

    internal static AddressInfoResult Failure(AddressInfoError error, Errno systemError = Errno.None) => new(error, systemError, []);
}
