namespace Slipway.Cli;

/// <summary>A socket as ss prints it.</summary>
internal sealed record SsRow(string Kind, string State, string ReceiveQueue, string SendQueue)
{
    public required string Local { get; init; }

    /// <summary>With what stands between it and the address.</summary>
    public required string LocalPort { get; init; }

    public required string Peer { get; init; }

    /// <summary>With what stands between it and the address.</summary>
    public required string PeerPort { get; init; }

    /// <summary>What stands behind: timers, numbers.</summary>
    public string Details { get; init; } = "";

    /// <summary>Lines of their own; null for none.</summary>
    public string? Internals { get; init; }
}
