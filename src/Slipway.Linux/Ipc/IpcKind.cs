namespace Slipway.Linux;

/// <summary>The kinds of System V objects.</summary>
public enum IpcKind
{
    /// <summary>A <see cref="SemaphoreSet"/>.</summary>
    Semaphores,

    /// <summary>A <see cref="SharedMemorySegment"/>.</summary>
    SharedMemory,

    /// <summary>A <see cref="MessageQueue"/>.</summary>
    Messages,
}
