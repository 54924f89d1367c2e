namespace Slipway.Linux;

/// <summary>What kind of program speaks (RFC 5424, table 1; syslog(3)). 0, the kernel's, is left out: programs may not use it.</summary>
public enum LogFacility
{
    /// <summary>LOG_USER.</summary>
    User = 1,

    /// <summary>LOG_MAIL.</summary>
    Mail = 2,

    /// <summary>LOG_DAEMON.</summary>
    Daemon = 3,

    /// <summary>LOG_AUTH.</summary>
    Authentication = 4,

    /// <summary>LOG_SYSLOG: the log itself.</summary>
    Syslog = 5,

    /// <summary>LOG_LPR.</summary>
    Printing = 6,

    /// <summary>LOG_NEWS.</summary>
    News = 7,

    /// <summary>LOG_CRON.</summary>
    Cron = 9,

    /// <summary>LOG_AUTHPRIV.</summary>
    PrivateAuthentication = 10,

    /// <summary>LOG_FTP.</summary>
    Ftp = 11,

    /// <summary>LOG_LOCAL0; LOG_LOCAL1 to LOG_LOCAL7 are the numbers after it.</summary>
    Local0 = 16,

    /// <summary>LOG_LOCAL7.</summary>
    Local7 = 23,
}
