namespace Slipway.Linux;

/// <summary>How bad it is (RFC 5424, table 2; syslog(3)).</summary>
public enum LogSeverity
{
    /// <summary>LOG_EMERG: the system is unusable.</summary>
    Emergency = 0,

    /// <summary>LOG_ALERT: something must be done at once.</summary>
    Alert = 1,

    /// <summary>LOG_CRIT.</summary>
    Critical = 2,

    /// <summary>LOG_ERR.</summary>
    Error = 3,

    /// <summary>LOG_WARNING.</summary>
    Warning = 4,

    /// <summary>LOG_NOTICE: normal, but worth knowing.</summary>
    Notice = 5,

    /// <summary>LOG_INFO.</summary>
    Information = 6,

    /// <summary>LOG_DEBUG.</summary>
    Debug = 7,
}
