namespace Slipway.Linux;

/// <summary>The three timers that every process has (setitimer(2)); alarm(2) sets the first. A child made by fork or exec begins without those of its parent.</summary>
public enum IntervalTimer
{
    /// <summary>ITIMER_REAL: time as it passes; SIGALRM.</summary>
    Real = 0,

    /// <summary>ITIMER_VIRTUAL: processor time in the program; SIGVTALRM.</summary>
    Virtual = 1,

    /// <summary>ITIMER_PROF: processor time in the program and for it in the kernel; SIGPROF.</summary>
    Profile = 2,
}
