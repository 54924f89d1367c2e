using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>A process of its own kind for a program that embeds a host: one process with one id, real threads that wait, and signals handed to a delegate.</summary>
public sealed class SimpleProcessContext : ProcessContext
{
    private readonly int _userId;
    private readonly int _descriptorLimit;

    /// <summary>Makes a context.</summary>
    /// <param name="processId">The process id, which is also its group.</param>
    /// <param name="userId">The user; root (0) may do everything.</param>
    /// <param name="descriptorLimit">Descriptors are below this number.</param>
    public SimpleProcessContext(int processId = 1, int userId = 0, int descriptorLimit = 1024)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(processId);
        ProcessId = processId;
        _userId = userId;
        _descriptorLimit = descriptorLimit;
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
    public override Blocker Blocker { get; } = new ThreadBlocker();

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
