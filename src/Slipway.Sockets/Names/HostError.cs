namespace Slipway.Sockets;

/// <summary>h_errno: why gethostbyname or gethostbyaddr found nothing, by Linux's numbers (gethostbyname(3)).</summary>
public enum HostError
{
    /// <summary>NETDB_SUCCESS.</summary>
    None = 0,

    /// <summary>There is no such host.</summary>
    HOST_NOT_FOUND = 1,

    /// <summary>No name server could answer now.</summary>
    TRY_AGAIN = 2,

    /// <summary>A name server refused the question for good.</summary>
    NO_RECOVERY = 3,

    /// <summary>The name exists but has no address of the family. Also called NO_ADDRESS.</summary>
    NO_DATA = 4,
}
