namespace Slipway.Sockets;

/// <summary>What a handler learns of a signal: the parts of siginfo_t that sockets fill (sigaction(2)).</summary>
/// <param name="Signal">si_signo.</param>
/// <param name="Code">si_code: SI_USER 0, SI_KERNEL 128, POLL_IN 1, POLL_OUT 2, POLL_ERR 4, POLL_PRI 5, POLL_HUP 6 …</param>
/// <param name="Descriptor">si_fd, with F_SETSIG; 0 otherwise.</param>
/// <param name="Band">si_band: the poll events, with F_SETSIG; 0 otherwise.</param>
/// <param name="SenderId">si_pid of a signal sent by a process.</param>
public readonly record struct SignalInfo(Signal Signal, int Code, int Descriptor, PollEvents Band, int SenderId);
