namespace Slipway.Sockets;

/// <summary>What a process must be allowed to set an option (capabilities(7)).</summary>
public enum SocketOptionPrivilege
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>CAP_NET_ADMIN.</summary>
    NetAdmin,

    /// <summary>CAP_NET_RAW.</summary>
    NetRaw,

    /// <summary>CAP_NET_ADMIN or CAP_NET_RAW.</summary>
    NetAdminOrNetRaw,
}
