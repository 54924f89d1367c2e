namespace Slipway.Sockets;

/// <summary>Why a look-up failed: the EAI_ codes by Linux's numbers (getaddrinfo(3), <c>netdb.h</c>).</summary>
public enum AddressInfoError
{
    /// <summary>It did not.</summary>
    None = 0,

    /// <summary>Undefined bits in the flags, or AI_CANONNAME without a host.</summary>
    EAI_BADFLAGS = -1,

    /// <summary>The host or service is not known, or neither was given.</summary>
    EAI_NONAME = -2,

    /// <summary>No name server answered, or one said that it cannot answer now: try later.</summary>
    EAI_AGAIN = -3,

    /// <summary>A name server refused the question for good.</summary>
    EAI_FAIL = -4,

    /// <summary>The name exists but has no address of the family.</summary>
    EAI_NODATA = -5,

    /// <summary>The family is neither AF_UNSPEC nor AF_INET nor AF_INET6.</summary>
    EAI_FAMILY = -6,

    /// <summary>The socket type is unknown, or does not go with the protocol.</summary>
    EAI_SOCKTYPE = -7,

    /// <summary>The service is not known for the socket type.</summary>
    EAI_SERVICE = -8,

    /// <summary>The host is an address in text, of another family than the one asked for.</summary>
    EAI_ADDRFAMILY = -9,

    /// <summary>Out of memory.</summary>
    EAI_MEMORY = -10,

    /// <summary>A system call failed; its errno tells more.</summary>
    EAI_SYSTEM = -11,

    /// <summary>The text does not fit in the room given.</summary>
    EAI_OVERFLOW = -12,

    /// <summary>An asynchronous request is under way (getaddrinfo_a(3)).</summary>
    EAI_INPROGRESS = -100,

    /// <summary>An asynchronous request was cancelled.</summary>
    EAI_CANCELED = -101,

    /// <summary>An asynchronous request could not be cancelled.</summary>
    EAI_NOTCANCELED = -102,

    /// <summary>All asynchronous requests are done.</summary>
    EAI_ALLDONE = -103,

    /// <summary>A wait was interrupted by a signal.</summary>
    EAI_INTR = -104,

    /// <summary>The name cannot be encoded (AI_IDN).</summary>
    EAI_IDN_ENCODE = -105,
}
