namespace Slipway.Sockets;

/// <summary>gai_strerror(3) and hstrerror(3): glibc's texts, to the letter.</summary>
public static class NameErrorText
{
    /// <summary>gai_strerror: a text for every code; 0, EAI_OVERFLOW and numbers that are no code get "Unknown error".</summary>
    public static string Describe(this AddressInfoError error) => error switch
    {
        AddressInfoError.EAI_BADFLAGS => "Bad value for ai_flags",
        AddressInfoError.EAI_NONAME => "Name or service not known",
        AddressInfoError.EAI_AGAIN => "Temporary failure in name resolution",
        AddressInfoError.EAI_FAIL => "Non-recoverable failure in name resolution",
        AddressInfoError.EAI_NODATA => "No address associated with hostname",
        AddressInfoError.EAI_FAMILY => "ai_family not supported",
        AddressInfoError.EAI_SOCKTYPE => "ai_socktype not supported",
        AddressInfoError.EAI_SERVICE => "Servname not supported for ai_socktype",
        AddressInfoError.EAI_ADDRFAMILY => "Address family for hostname not supported",
        AddressInfoError.EAI_MEMORY => "Memory allocation failure",
        AddressInfoError.EAI_SYSTEM => "System error",
        AddressInfoError.EAI_INPROGRESS => "Processing request in progress",
        AddressInfoError.EAI_CANCELED => "Request canceled",
        AddressInfoError.EAI_NOTCANCELED => "Request not canceled",
        AddressInfoError.EAI_ALLDONE => "All requests done",
        AddressInfoError.EAI_INTR => "Interrupted by a signal",
        AddressInfoError.EAI_IDN_ENCODE => "Parameter string not correctly encoded",
        _ => "Unknown error",
    };

    /// <summary>hstrerror.</summary>
    public static string Describe(this HostError error) => error switch
    {
        < HostError.None => "Resolver internal error",
        HostError.None => "Resolver Error 0 (no error)",
        HostError.HOST_NOT_FOUND => "Unknown host",
        HostError.TRY_AGAIN => "Host name lookup failure",
        HostError.NO_RECOVERY => "Unknown server error",
        HostError.NO_DATA => "No address associated with name",
        _ => "Unknown resolver error",
    };
}
