namespace Slipway.Sockets;

/// <summary>Signals by Linux's numbers, x86-64 and arm64 (signal(7)). Real-time signals are 34 (SIGRTMIN in glibc) to 64.</summary>
public enum Signal
{
    /// <summary>No signal; kill(2) with it only checks.</summary>
    None = 0,

    /// <summary>SIGHUP (signal(7)).</summary>
    SIGHUP = 1,

    /// <summary>SIGINT (signal(7)).</summary>
    SIGINT = 2,

    /// <summary>SIGQUIT (signal(7)).</summary>
    SIGQUIT = 3,

    /// <summary>SIGILL (signal(7)).</summary>
    SIGILL = 4,

    /// <summary>SIGTRAP (signal(7)).</summary>
    SIGTRAP = 5,

    /// <summary>SIGABRT (signal(7)).</summary>
    SIGABRT = 6,

    /// <summary>SIGBUS (signal(7)).</summary>
    SIGBUS = 7,

    /// <summary>SIGFPE (signal(7)).</summary>
    SIGFPE = 8,

    /// <summary>SIGKILL (signal(7)).</summary>
    SIGKILL = 9,

    /// <summary>SIGUSR1 (signal(7)).</summary>
    SIGUSR1 = 10,

    /// <summary>SIGSEGV (signal(7)).</summary>
    SIGSEGV = 11,

    /// <summary>SIGUSR2 (signal(7)).</summary>
    SIGUSR2 = 12,

    /// <summary>Write to a stream that nobody reads; terminates.</summary>
    SIGPIPE = 13,

    /// <summary>The alarm clock; terminates.</summary>
    SIGALRM = 14,

    /// <summary>SIGTERM (signal(7)).</summary>
    SIGTERM = 15,

    /// <summary>SIGSTKFLT (signal(7)).</summary>
    SIGSTKFLT = 16,

    /// <summary>A child changed state; ignored.</summary>
    SIGCHLD = 17,

    /// <summary>SIGCONT (signal(7)).</summary>
    SIGCONT = 18,

    /// <summary>SIGSTOP (signal(7)).</summary>
    SIGSTOP = 19,

    /// <summary>SIGTSTP (signal(7)).</summary>
    SIGTSTP = 20,

    /// <summary>SIGTTIN (signal(7)).</summary>
    SIGTTIN = 21,

    /// <summary>SIGTTOU (signal(7)).</summary>
    SIGTTOU = 22,

    /// <summary>Urgent data; ignored.</summary>
    SIGURG = 23,

    /// <summary>SIGXCPU (signal(7)).</summary>
    SIGXCPU = 24,

    /// <summary>SIGXFSZ (signal(7)).</summary>
    SIGXFSZ = 25,

    /// <summary>SIGVTALRM (signal(7)).</summary>
    SIGVTALRM = 26,

    /// <summary>SIGPROF (signal(7)).</summary>
    SIGPROF = 27,

    /// <summary>SIGWINCH (signal(7)).</summary>
    SIGWINCH = 28,

    /// <summary>Input or output became possible (O_ASYNC); terminates.</summary>
    SIGIO = 29,

    /// <summary>SIGPWR (signal(7)).</summary>
    SIGPWR = 30,

    /// <summary>SIGSYS (signal(7)).</summary>
    SIGSYS = 31,

    /// <summary>The first real-time signal that glibc leaves to programs.</summary>
    SIGRTMIN = 34,

    /// <summary>The last real-time signal.</summary>
    SIGRTMAX = 64,
}
