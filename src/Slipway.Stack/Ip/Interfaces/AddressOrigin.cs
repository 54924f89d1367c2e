namespace Slipway.Stack;

/// <summary>Who made an address, with the numbers of linux/if_addr.h (IFAPROT_).</summary>
internal enum AddressOrigin : byte
{
    /// <summary>A user.</summary>
    User = 0,

    /// <summary>The loopback has it from birth.</summary>
    Loopback = 1,

    /// <summary>A router's advertisement.</summary>
    Router = 2,

    /// <summary>The link-local address of every link.</summary>
    LinkLocal = 3,
}
