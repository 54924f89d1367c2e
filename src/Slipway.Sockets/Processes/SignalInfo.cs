namespace Slipway.Sockets;

/// <summary>What a handler learns of a signal: the parts of siginfo_t (sigaction(2)). Each kind of signal fills its own; the others are 0.</summary>
/// <param name="Signal">si_signo.</param>
/// <param name="Code">si_code: SI_USER 0, SI_KERNEL 128, POLL_IN 1, POLL_OUT 2, POLL_ERR 4, POLL_PRI 5, POLL_HUP 6 …</param>
/// <param name="Descriptor">si_fd, with F_SETSIG; 0 otherwise.</param>
/// <param name="Band">si_band: the poll events, with F_SETSIG; 0 otherwise.</param>
/// <param name="SenderId">si_pid of a signal sent by a process.</param>
public readonly record struct SignalInfo(Signal Signal, int Code, int Descriptor, PollEvents Band, int SenderId)
{
    /// <summary>si_value: what sigqueue(3) or a timer sent with the signal.</summary>
    public int Value { get; init; }

    /// <summary>si_uid: the real user id of the sender, or of the child of SIGCHLD.</summary>
    public int SenderUser { get; init; }

    /// <summary>si_status of SIGCHLD: the exit code, or the signal that ended, stopped or continued the child. Which it is the code says: CLD_EXITED is 1.</summary>
    public int ChildStatus { get; init; }

    /// <summary>si_overrun: how many more times the timer ran out before this signal was taken.</summary>
    public int Overrun { get; init; }
}
