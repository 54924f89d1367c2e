namespace Slipway.Stack;

/// <summary>Bits of net.ipv4.tcp_fastopen.</summary>
[Flags]
internal enum FastOpenMode
{
    None = 0,

    /// <summary>Connections may be opened so.</summary>
    Client = 1,

    /// <summary>Listeners with TCP_FASTOPEN take data with a SYN.</summary>
    Server = 2,

    /// <summary>Data go with the SYN though no cookie is known.</summary>
    SendsWithoutCookie = 4,

    /// <summary>Data with a SYN are taken without a cookie.</summary>
    TakesWithoutCookie = 0x200,

    /// <summary>All listeners do as if they had TCP_FASTOPEN.</summary>
    AllListeners = 0x400,
}
