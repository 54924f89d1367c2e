namespace Slipway.Linux;

/// <summary>How a message to the log is written.</summary>
public enum LogFormat
{
    /// <summary>RFC 3164 as the C library writes it to the local socket: without the host's name.</summary>
    Rfc3164 = 0,

    /// <summary>RFC 5424, with a time stamp in UTC to the microsecond.</summary>
    Rfc5424 = 1,
}
