using System.Runtime.ExceptionServices;

namespace Slipway.Stack;

/// <summary>
/// What is to happen outside once the loop has been left: a waiting thread to wake, an awaited operation to finish, a
/// signal to send. Kept by links of its own: handing it in allocates nothing.
/// </summary>
/// <remarks>
/// <code>
///            Complete            runner starts
///   Idle ───────────────► Queued ───────────────► Running ──── Complete ───► RunAgain
///    ▲                      │  ▲                   │    ▲                        │
///    │                      └──┘ Complete: nothing │    └── runner starts anew ──┘
///    └──────────────────────── runner is done ─────┘
/// </code>
/// So calls of <see cref="Run"/> never overlap, and each <see cref="StackLoop.Complete"/> is followed by the start of a call that sees all that was
/// written before it. Run must be short, must not block and must not run the application's code inline: another thread may be waiting for the
/// completions behind this one.
/// </remarks>
public abstract class LoopCompletion
{
    private const int Idle = 0, Queued = 1, Running = 2, RunAgain = 3;

    internal LoopCompletion? NextCompletion;
    private int _state;

    /// <summary>Does the work. The caller does not own the loop through this call, and may enter it.</summary>
    protected internal abstract void Run();

    /// <summary>Notes a request to run. Called by the owner of the loop.</summary>
    /// <returns>Whether the loop must put this object in its list.</returns>
    internal bool Request()
    {
        if (Interlocked.CompareExchange(ref _state, Queued, Idle) == Idle) return true;
        // Queued: its runner has not begun. Running or RunAgain: the same runner starts anew. If it stopped meanwhile, queue it after all.
        while (true)
        {
            int state = Volatile.Read(ref _state);
            int wanted = state == Idle ? Queued : state == Running ? RunAgain : state;
            if (Interlocked.CompareExchange(ref _state, wanted, state) == state) return state == Idle;
        }
    }

    internal void Dispatch()
    {
        ExceptionDispatchInfo? failure = null;
        do
        {
            Interlocked.Exchange(ref _state, Running);
            try
            {
                Run();
            }
            catch (Exception e)
            {
                failure ??= ExceptionDispatchInfo.Capture(e);
            }
        }
        while (Interlocked.CompareExchange(ref _state, Idle, Running) != Running);
        failure?.Throw();
    }
}
