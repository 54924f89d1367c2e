using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>
/// What a <c>StackSocketSystem</c> must know of the process whose calls it serves: who it is, what it may do, how its threads wait, and how signals
/// reach it. A lab has one for each virtual process; <see cref="SimpleProcessContext"/> serves programs that embed a host.
/// </summary>
public abstract class ProcessContext
{
    private volatile bool _needsAttention;
    private ProcessIdentity? _identity;

    /// <summary>The process id, positive.</summary>
    public abstract int ProcessId { get; }

    /// <summary>The process group, positive.</summary>
    public abstract int ProcessGroup { get; }

    /// <summary>The effective user id; 0 is root.</summary>
    public abstract int UserId { get; }

    /// <summary>The effective group id, and the one that ping_group_range is asked for.</summary>
    public virtual int GroupId => UserId;

    /// <summary>RLIMIT_NOFILE: descriptors are below this number.</summary>
    public virtual int DescriptorLimit => 1024;

    /// <summary>How the threads of this process wait.</summary>
    public abstract Blocker Blocker { get; }

    /// <summary>Whether the process has the capability. By default root has all, others none.</summary>
    public virtual bool HasCapability(Capability capability) => UserId == 0;

    /// <summary>Whether there is such a process (positive) or group (negative).</summary>
    public abstract bool Exists(int target);

    /// <summary>
    /// Sends a signal to a process (positive) or to all of a group (negative). Called while owning the loop: the implementation queues it and returns. Nobody there, or no permission, is
    /// no failure.
    /// </summary>
    /// <param name="target">Process id, or minus a group id.</param>
    /// <param name="signal">The signal and what its handler learns.</param>
    /// <param name="senderUserId">Who set the owner: kill(2)'s permission rule applies to this user (fcntl(2), F_SETOWN).</param>
    /// <returns>False if the queue of real-time signals is full, so that SIGIO must be sent in its place (fcntl(2), F_SETSIG).</returns>
    public abstract bool Deliver(int target, in SignalInfo signal, int senderUserId);

    /// <summary>What process descriptors of this process refer to.</summary>
    public ProcessIdentity Identity => _identity ??= new ProcessIdentity(ProcessId);

    /// <summary>The process of an id, for pidfd_open(2). Called while owning the loop. A process knows itself alone unless this is overridden.</summary>
    /// <returns>Null where there is none.</returns>
    public virtual ProcessIdentity? FindProcess(int processId) => processId == ProcessId ? Identity : null;

    /// <summary>pidfd_send_signal(2). Called while owning the loop.</summary>
    /// <param name="target">Whom to signal: it has not been reaped.</param>
    /// <param name="signal">The signal; none only asks.</param>
    /// <returns>EPERM, ESRCH, or EAGAIN where the queue of real-time signals is full.</returns>
    public virtual Errno SendSignal(ProcessIdentity target, Signal signal)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (!Exists(target.ProcessId)) return Errno.ESRCH;
        return signal == Signal.None || Deliver(target.ProcessId, new SignalInfo(signal, 0, 0, PollEvents.None, ProcessId), UserId) ? Errno.None : Errno.EAGAIN;
    }

    /// <summary>Sees the end of a child (waitid(2)). Called while owning the loop. A process has no children unless this is overridden.</summary>
    /// <returns>The exit code, or 128 and a signal's number; ECHILD: no child, or it was seen already; EAGAIN: it lives.</returns>
    public virtual CallResult TryReap(ProcessIdentity child) => Errno.ECHILD;

    /// <summary>Whether <see cref="Attend"/> is wanted. Any thread may ask.</summary>
    public bool NeedsAttention => _needsAttention;

    /// <summary>Has <see cref="Attend"/> called when a call of the process returns: a signal's handler is owed, or the process has ended. Any thread may call this.</summary>
    public void RequestAttention() => _needsAttention = true;

    /// <summary>
    /// What the kernel does on the way back to the program: runs the handlers of signals that came up in the call (SIGPIPE, SIGIO of an own socket), or throws because the process has
    /// been killed. Called on the calling thread, outside of the loop.
    /// </summary>
    protected virtual void Attend()
    {
    }

    /// <summary>
    /// Puts a signal mask in force for a wait of the calling thread (ppoll(2)), and runs the handlers of signals that it lets through and that are pending. Called outside of the loop.
    /// A process without signals has no mask, and nothing changes: so it is unless overridden.
    /// </summary>
    /// <param name="mask">The signals that are held from now on.</param>
    /// <param name="before">Those that were held, for <see cref="LeaveMask"/>.</param>
    /// <returns>Whether a handler ran: the call then ends with EINTR.</returns>
    public virtual bool EnterMask(SignalSet mask, out SignalSet before)
    {
        before = default;
        return false;
    }

    /// <summary>Takes the old mask back, and runs the handlers of what only the other one held. Called on the thread of <see cref="EnterMask"/>, outside of the loop.</summary>
    /// <param name="before">The old mask.</param>
    public virtual void LeaveMask(SignalSet before)
    {
    }

    /// <summary>
    /// Whether <see cref="RunCompletion"/> is to complete what async calls wait for. Otherwise whoever left the loop completes it, and code that awaited it without a context goes on on
    /// the runtime's thread pool.
    /// </summary>
    public virtual bool RunsCompletions => false;

    /// <summary>Has a completion run soon on a thread of the process, where it may run the code that waits for it. Any thread may call this, outside of the loop.</summary>
    /// <param name="completion">What to run.</param>
    /// <param name="state">Its argument.</param>
    public virtual void RunCompletion(SendOrPostCallback completion, object? state) => throw new NotSupportedException($"Override this together with {nameof(RunsCompletions)}.");

    /// <summary>Called at the end of each call that can raise a signal.</summary>
    internal void LeaveCall()
    {
        if (!_needsAttention) return;
        _needsAttention = false;
        Attend();
    }
}
