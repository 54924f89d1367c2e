using System.Threading.Tasks.Sources;
using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>A wait for readiness that an async call awaits. Reused: after the result is taken it goes back to its system.</summary>
/// <remarks>
/// The file that becomes ready, or the token, decides the outcome while owning the loop; the first one wins. The result is set once the loop was left,
/// and the awaiting code continues in its own context, never on the thread that woke it, unless the process orders its completions itself.
/// </remarks>
internal sealed class ReadinessOperation : LoopCompletion, IValueTaskSource<PollEvents>
{
    private readonly StackSocketSystem _system;
    private readonly StackLoop _loop;
    private readonly OperationWaiter _waiter;
    private ManualResetValueTaskSourceCore<PollEvents> _core;
    private CancellationTokenRegistration _registration;
    private CancellationToken _token;
    private PollEvents _result;
    private bool _pending;
    private bool _cancelled;

    public ReadinessOperation(StackSocketSystem system, StackLoop loop)
    {
        _system = system;
        _loop = loop;
        _waiter = new OperationWaiter(this);
        _core.RunContinuationsAsynchronously = !system.Context.RunsCompletions;
    }

    public ReadinessOperation? NextFree { get; set; }

    /// <summary>Starts to wait. Owner only.</summary>
    public short Begin(OpenFile file, PollEvents events)
    {
        _core.Reset();
        _pending = true;
        _cancelled = false;
        file.AddReference();
        file.AddWaiter(_waiter, events);
        return _core.Version;
    }

    public void CancelWith(CancellationToken token)
    {
        if (!token.CanBeCanceled) return;
        _token = token;
        short version = _core.Version;
        CancellationTokenRegistration registration = token.UnsafeRegister(static (state, _) => ((ReadinessOperation)state!).Cancel(), this);
        using (_loop.Enter())
        {
            // If the wait has ended already, its result may be taken at any time: the registration must not stay.
            if (_pending && version == _core.Version)
            {
                _registration = registration;
                return;
            }
        }
        registration.Unregister();
    }

    public PollEvents GetResult(short token)
    {
        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            _token = default;
            _system.Return(this);
        }
    }

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        => _core.OnCompleted(continuation, state, token, flags);

    /// <inheritdoc/>
    protected internal override void Run()
    {
        _registration.Unregister();
        _registration = default;
        if (_system.Context.RunsCompletions) _system.Context.RunCompletion(static state => ((ReadinessOperation)state!).Complete(), this);
        else Complete();
    }

    private void Complete()
    {
        if (_cancelled) _core.SetException(new OperationCanceledException(_token));
        else _core.SetResult(_result);
    }

    private void Cancel()
    {
        using (_loop.Enter())
        {
            if (!_pending) return;
            _cancelled = true;
            End();
        }
    }

    private void Finish()
    {
        // The mask decides, not the event: what was announced may have been taken by another reader of the same file.
        PollEvents there = _waiter.File!.Readiness & _waiter.Events;
        if (there == 0) return;
        _result = there;
        End();
    }

    private void End()
    {
        _pending = false;
        OpenFile file = _waiter.File!;
        _waiter.Remove();
        file.Release();
        _loop.Complete(this);
    }

    private sealed class OperationWaiter(ReadinessOperation operation) : FileWaiter
    {
        internal override void Signal(PollEvents events) => operation.Finish();
    }
}
