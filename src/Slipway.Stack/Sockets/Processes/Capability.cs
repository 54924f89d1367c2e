namespace Slipway.Stack;

/// <summary>The capabilities that socket calls ask for, by Linux's numbers (capabilities(7)).</summary>
public enum Capability
{
    /// <summary>CAP_CHOWN: change the owner of a file.</summary>
    Chown = 0,

    /// <summary>CAP_DAC_OVERRIDE: use files whatever their permissions.</summary>
    DacOverride = 1,

    /// <summary>CAP_FOWNER: change and remove files of others.</summary>
    FileOwner = 3,

    /// <summary>CAP_FSETID: give a file the set-group-ID bit of another group.</summary>
    FileSetId = 4,

    /// <summary>CAP_KILL: signal any process.</summary>
    Kill = 5,

    /// <summary>CAP_SETGID: claim another group in SCM_CREDENTIALS.</summary>
    SetGroupId = 6,

    /// <summary>CAP_SETUID: claim another user in SCM_CREDENTIALS.</summary>
    SetUserId = 7,

    /// <summary>CAP_NET_BIND_SERVICE: bind ports below ip_unprivileged_port_start.</summary>
    NetBindService = 10,

    /// <summary>CAP_NET_ADMIN: change interfaces, and options such as SO_MARK and SO_RCVBUFFORCE.</summary>
    NetAdmin = 12,

    /// <summary>CAP_NET_RAW: raw and packet sockets, and options such as IP_TRANSPARENT.</summary>
    NetRaw = 13,

    /// <summary>CAP_SYS_ADMIN: claim another process in SCM_CREDENTIALS.</summary>
    SystemAdmin = 21,

    /// <summary>CAP_SYS_RESOURCE: exceed limits, such as that of descriptors in flight.</summary>
    SystemResource = 24,
}
