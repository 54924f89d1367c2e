namespace Slipway.Linux;

/// <summary>What a lock keeps away.</summary>
public enum LockKind
{
    /// <summary>A reader's lock: others may share it, and no writer gets in.</summary>
    Shared,

    /// <summary>A writer's lock: nobody else has any.</summary>
    Exclusive,
}
