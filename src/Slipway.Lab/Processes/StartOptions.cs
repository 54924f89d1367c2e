namespace Slipway.Lab;

/// <summary>How a process is started.</summary>
public sealed record StartOptions
{
    /// <summary>The arguments after the program's name.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The environment.</summary>
    public IEnumerable<KeyValuePair<string, string>> Environment { get; init; } = [];

    /// <summary>The time of the network at which the program starts; before now means now.</summary>
    public TimeSpan StartTime { get; init; }

    /// <summary>The user; 0, the default, is root.</summary>
    public int UserId { get; init; }

    /// <summary>The group; null, the default, is one of the same number as the user.</summary>
    public int? GroupId { get; init; }

    /// <summary>RLIMIT_NOFILE: descriptors are below this number.</summary>
    public int DescriptorLimit { get; init; } = 1024;

    /// <summary>RLIMIT_SIGPENDING: real-time signals that may be queued.</summary>
    public int SignalQueueLimit { get; init; } = 4096;
}
