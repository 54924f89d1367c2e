namespace Slipway.Lab;

/// <summary>What a signal does to a process.</summary>
internal enum SignalAction
{
    /// <summary>Nothing.</summary>
    Ignore,

    /// <summary>The process ends.</summary>
    Terminate,

    /// <summary>The process stands still until SIGCONT.</summary>
    Stop,

    /// <summary>A handler runs.</summary>
    Handle,
}
