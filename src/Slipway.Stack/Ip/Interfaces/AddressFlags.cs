namespace Slipway.Stack;

/// <summary>Flags of an address, with the numbers of linux/if_addr.h (IFA_F_).</summary>
[Flags]
internal enum AddressFlags : uint
{
    None = 0,

    /// <summary>IFA_F_SECONDARY; of an IPv6 address IFA_F_TEMPORARY.</summary>
    Secondary = 0x01,

    /// <summary>IFA_F_NODAD: not to be checked for duplicates.</summary>
    NoDuplicateDetection = 0x02,

    /// <summary>IFA_F_OPTIMISTIC: still being checked, but taking packets.</summary>
    Optimistic = 0x04,

    /// <summary>IFA_F_DADFAILED.</summary>
    Duplicate = 0x08,

    /// <summary>IFA_F_DEPRECATED.</summary>
    Deprecated = 0x20,

    /// <summary>IFA_F_TENTATIVE.</summary>
    Tentative = 0x40,

    /// <summary>IFA_F_PERMANENT: it does not end.</summary>
    Permanent = 0x80,

    /// <summary>IFA_F_MANAGETEMPADDR: temporary addresses may stand beside it.</summary>
    ManagesTemporary = 0x100,

    /// <summary>IFA_F_STABLE_PRIVACY.</summary>
    StablePrivacy = 0x800,

    /// <summary>IFA_F_NOPREFIXROUTE: no route to the network comes with it.</summary>
    NoPrefixRoute = 0x200,
}
