using System.Net.Sockets;

namespace Slipway.Sockets;

/// <summary>A look-up failed. It carries the EAI_ code, and is also a <see cref="SocketException"/> for code that knows only that.</summary>
public sealed class NameLookupException : SocketException
{
    /// <summary>A failure of <paramref name="call"/>.</summary>
    /// <param name="error">The EAI_ code.</param>
    /// <param name="systemError">errno, with EAI_SYSTEM.</param>
    /// <param name="call">The call: getaddrinfo or getnameinfo.</param>
    public NameLookupException(AddressInfoError error, Errno systemError, string call)
        : base((int)ToSocketError(error), $"{call}: {error} ({(error == AddressInfoError.EAI_SYSTEM ? systemError.Describe() : error.Describe())})")
    {
        Error = error;
        SystemError = systemError;
    }

    /// <summary>The EAI_ code.</summary>
    public AddressInfoError Error { get; }

    /// <summary>errno, with EAI_SYSTEM.</summary>
    public Errno SystemError { get; }

    private static SocketError ToSocketError(AddressInfoError error) => error switch
    {
        AddressInfoError.EAI_AGAIN => SocketError.TryAgain,
        AddressInfoError.EAI_FAIL => SocketError.NoRecovery,
        AddressInfoError.EAI_NODATA => SocketError.NoData,
        AddressInfoError.EAI_FAMILY or AddressInfoError.EAI_ADDRFAMILY => SocketError.AddressFamilyNotSupported,
        AddressInfoError.EAI_SOCKTYPE => SocketError.SocketNotSupported,
        AddressInfoError.EAI_BADFLAGS => SocketError.InvalidArgument,
        AddressInfoError.EAI_NONAME or AddressInfoError.EAI_SERVICE => SocketError.HostNotFound,
        _ => SocketError.SocketError,
    };
}
