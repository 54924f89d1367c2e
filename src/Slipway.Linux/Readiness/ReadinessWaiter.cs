using System.Collections.Concurrent;
using System.Threading.Tasks.Sources;
using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>One asynchronous wait, reused. Its life: rented, registered with the token, queued (or cancelled before that), completed once by whoever unlinks it, returned by GetResult.</summary>
internal sealed class ReadinessWaiter : IValueTaskSource<PollEvents>
{
    private const int MostPooled = 256;

    private static readonly ConcurrentQueue<ReadinessWaiter> s_pool = new();

    // Continuations run on the thread pool (or the captured context): never on the epoll thread, which all waits share, nor under a descriptor's lock.
    private ManualResetValueTaskSourceCore<PollEvents> _core = new() { RunContinuationsAsynchronously = true };
    private WatchedDescriptor _descriptor = null!;
    private CancellationToken _token;
    private CancellationTokenRegistration _registration;

    /// <summary>What is waited for.</summary>
    public PollEvents Events { get; private set; }

    /// <summary>The next waiter of the descriptor; under its lock.</summary>
    public ReadinessWaiter? Next { get; set; }

    /// <summary>Whether it stands in the descriptor's list; under its lock.</summary>
    public bool IsQueued { get; set; }

    /// <summary>Whether the token was cancelled; under the descriptor's lock.</summary>
    public bool IsCancelled { get; set; }

    /// <summary>The wait as the caller sees it.</summary>
    public ValueTask<PollEvents> Task => new(this, _core.Version);

    public static ReadinessWaiter Rent(WatchedDescriptor descriptor, PollEvents events)
    {
        if (!s_pool.TryDequeue(out ReadinessWaiter? waiter)) waiter = new ReadinessWaiter();
        waiter._descriptor = descriptor;
        waiter.Events = events;
        waiter.IsCancelled = false;
        return waiter;
    }

    /// <summary>Registers with the token. Before the waiter is queued: only then can nobody complete it while the registration is being stored.</summary>
    public void CancelWith(CancellationToken token)
    {
        _token = token;
        if (token.CanBeCanceled) _registration = token.UnsafeRegister(static state => ((ReadinessWaiter)state!).Cancel(), this);
    }

    public void Complete(PollEvents there) => _core.SetResult(there);

    public void CompleteCancelled() => _core.SetException(new OperationCanceledException(_token));

    public PollEvents GetResult(short token)
    {
        // Waits for a cancellation that is running, which finds the waiter unlinked and does nothing.
        _registration.Dispose();
        _registration = default;
        _token = default;
        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            _core.Reset();
            if (s_pool.Count < MostPooled) s_pool.Enqueue(this);
        }
    }

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        => _core.OnCompleted(continuation, state, token, flags);

    private void Cancel() => _descriptor.Cancel(this);
}
