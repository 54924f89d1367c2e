namespace Slipway.Linux;

/// <summary>What a process can be limited in (getrlimit(2)); the numbers are Linux's on x86-64 and arm64.</summary>
public enum ResourceKind
{
    /// <summary>Processor time in seconds; SIGXCPU at the soft limit.</summary>
    RLIMIT_CPU = 0,

    /// <summary>The size of a file that is written, in bytes; SIGXFSZ and EFBIG.</summary>
    RLIMIT_FSIZE = 1,

    /// <summary>The data segment, in bytes; ENOMEM.</summary>
    RLIMIT_DATA = 2,

    /// <summary>The stack of the first thread, in bytes; SIGSEGV.</summary>
    RLIMIT_STACK = 3,

    /// <summary>The size of a core file, in bytes; 0 writes none.</summary>
    RLIMIT_CORE = 4,

    /// <summary>Resident memory; Linux keeps the value and does nothing with it.</summary>
    RLIMIT_RSS = 5,

    /// <summary>Processes and threads of the real user id; EAGAIN.</summary>
    RLIMIT_NPROC = 6,

    /// <summary>One more than the highest descriptor; EMFILE.</summary>
    RLIMIT_NOFILE = 7,

    /// <summary>Locked memory, in bytes; EPERM, ENOMEM, EAGAIN.</summary>
    RLIMIT_MEMLOCK = 8,

    /// <summary>Address space, in bytes; ENOMEM.</summary>
    RLIMIT_AS = 9,

    /// <summary>File locks; of Linux 2.4 only, kept without effect.</summary>
    RLIMIT_LOCKS = 10,

    /// <summary>Signals queued for the real user id; EAGAIN.</summary>
    RLIMIT_SIGPENDING = 11,

    /// <summary>Bytes in POSIX message queues of the real user id; EMFILE.</summary>
    RLIMIT_MSGQUEUE = 12,

    /// <summary>20 less the lowest nice value that may be set without privilege.</summary>
    RLIMIT_NICE = 13,

    /// <summary>The highest real-time priority without privilege.</summary>
    RLIMIT_RTPRIO = 14,

    /// <summary>Microseconds of real-time processor use without a blocking call; SIGXCPU.</summary>
    RLIMIT_RTTIME = 15,
}
