namespace Slipway.Linux;

/// <summary>How a handler runs: the flags of sigaction(2).</summary>
[Flags]
public enum SignalOptions
{
    /// <summary>A blocked call ends with EINTR; the handler stays; no other runs beside it.</summary>
    None = 0,

    /// <summary>SA_RESTART: calls that can be restarted go on (signal(7) says which).</summary>
    Restart = 1,

    /// <summary>SA_RESETHAND: the first signal takes the handler away; the next does what is its default.</summary>
    OneShot = 2,

    /// <summary>
    /// SA_NODEFER with an empty sa_mask, as far as managed code can have it: the handler runs on a thread of its own, and signals that come meanwhile, of its own kind too, run
    /// theirs beside it.
    /// </summary>
    Overlap = 4,
}
