namespace Slipway.Stack;

/// <summary>How far an address reaches, with the numbers of rtnetlink(7): the greater, the nearer.</summary>
public enum AddressScope
{
    /// <summary>Everywhere.</summary>
    Global = 0,

    /// <summary>Within the site (deprecated fec0::/10).</summary>
    Site = 200,

    /// <summary>On the link.</summary>
    Link = 253,

    /// <summary>On this host.</summary>
    Host = 254,
}
