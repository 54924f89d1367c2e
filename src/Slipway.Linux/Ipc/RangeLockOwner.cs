namespace Slipway.Linux;

/// <summary>To whom a <see cref="RangeLock"/> belongs.</summary>
public enum RangeLockOwner
{
    /// <summary>
    /// The open file description (F_OFD_SETLK): a second open conflicts even in the same process, so it works between threads; duplicates and children share it; it ends with
    /// the last descriptor. The kernel looks for no deadlock.
    /// </summary>
    OpenFile,

    /// <summary>
    /// The process (F_SETLK of POSIX): its threads never conflict with each other, children do not inherit it, and <b>closing any descriptor of the file drops all locks that
    /// the process has on it</b>. Waiting for each other in a ring is refused with EDEADLK.
    /// </summary>
    Process,
}
