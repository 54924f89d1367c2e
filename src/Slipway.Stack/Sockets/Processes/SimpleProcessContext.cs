using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>A process of its own kind for a program that embeds a host: one process with one id, real threads that wait, and signals handed to a delegate.</summary>
public sealed class SimpleProcessContext : ProcessContext
{
    private readonly int _userId;
    private readonly int _descriptorLimit;
    private readonly bool _inlineContinuations;

    [ThreadStatic]
    private static Queue<(SendOrPostCallback Completion, object? State)>? t_waiting;

    [ThreadStatic]
    private static bool t_isRunning;

    /// <summary>Makes a context.</summary>
    /// <param name="processId">The process id, which is also its group.</param>
    /// <param name="userId">The user; root (0) may do everything.</param>
    /// <param name="descriptorLimit">Descriptors are below this number.</param>
    /// <param name="inlineContinuations">
    /// Code that awaits a socket goes on on the thread whose call made it ready, before that call returns, rather than on the runtime's thread pool. Many times faster, as no thread is
    /// woken; but code that goes on must neither block nor work for long, and must expect to run inside of another's call.
    /// </param>
    /// <param name="blocker">How its threads wait; null for <see cref="ThreadBlocker"/> by the class library's means.</param>
    public SimpleProcessContext(int processId = 1, int userId = 0, int descriptorLimit = 1024, bool inlineContinuations = false, Blocker? blocker = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(processId);
        ProcessId = processId;
        _userId = userId;
        _descriptorLimit = descriptorLimit;
        _inlineContinuations = inlineContinuations;
        Blocker = blocker ?? new ThreadBlocker();
    }

    /// <inheritdoc/>
    public override int ProcessId { get; }

    /// <inheritdoc/>
    public override int ProcessGroup => ProcessId;

    /// <inheritdoc/>
    public override int UserId => _userId;

    /// <inheritdoc/>
    public override int DescriptorLimit => _descriptorLimit;

    /// <inheritdoc/>
    public override bool RunsCompletions => _inlineContinuations;

    /// <inheritdoc/>
    /// <remarks>What a completion causes on the same thread waits until it returns: the stack does not grow with the chain of causes.</remarks>
    public override void RunCompletion(SendOrPostCallback completion, object? state)
    {
        ArgumentNullException.ThrowIfNull(completion);
        if (t_isRunning)
        {
            (t_waiting ??= new Queue<(SendOrPostCallback, object?)>()).Enqueue((completion, state));
            return;
        }
        t_isRunning = true;
        try
        {
            completion(state);
            while (t_waiting is { } waiting && waiting.TryDequeue(out (SendOrPostCallback Completion, object? State) next)) next.Completion(next.State);
        }
        finally
        {
            t_isRunning = false;
        }
    }

    /// <inheritdoc/>
    public override Blocker Blocker { get; }

    /// <summary>Called with each signal for this process (SIGIO, SIGPIPE, …). It runs on the thread that owns the loop: it must be short, and must not call sockets. Without it signals are ignored.</summary>
    public Action<SignalInfo>? SignalReceived { get; set; }

    /// <inheritdoc/>
    public override bool Exists(int target) => target == ProcessId || target == -ProcessId;

    /// <inheritdoc/>
    public override bool Deliver(int target, in SignalInfo signal, int senderUserId)
    {
        if (Exists(target) && (senderUserId == 0 || senderUserId == _userId)) SignalReceived?.Invoke(signal);
        return true;
    }
}
