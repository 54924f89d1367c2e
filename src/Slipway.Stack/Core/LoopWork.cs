namespace Slipway.Stack;

/// <summary>
/// Something to do in a loop, kept in the loop's queue by links of its own: handing it in allocates nothing. A device that
/// has packets waiting derives from it, or holds one.
/// </summary>
/// <remarks>One object belongs to one loop at a time. Handing it in again before it ran changes nothing; from its own <see cref="Run"/> it queues it anew.</remarks>
public abstract class LoopWork
{
    internal LoopWork? NextPosted;
    internal LoopWork? NextInjected;
    internal bool Posted;
    internal int Injected;

    /// <summary>Does the work. The caller owns the loop.</summary>
    protected internal abstract void Run();
}
