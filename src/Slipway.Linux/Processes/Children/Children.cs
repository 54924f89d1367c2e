using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>Waiting for children in the kernel's own way.</summary>
public static unsafe class Children
{
    private const int WithEnds = (int)WaitOptions.WNOEXIT; // WEXITED is the same bit, with the opposite sense
    private const int ByDescriptor = 3; // P_PIDFD

    /// <summary>
    /// Whether the kernel drops ended children at once (sigaction(2), SA_NOCLDWAIT, as ignoring SIGCHLD does): no zombies, and no status. A wait then blocks until all children
    /// have ended and fails with ECHILD. Children of <see cref="System.Diagnostics.Process"/> lose their exit codes.
    /// </summary>
    public static bool AutoReap
    {
        get => LinuxSignals.DropsChildren;
        set => LinuxSignals.DropsChildren = value;
    }

    /// <summary>Waits until a child of the target has changed its state (waitid(2)).</summary>
    /// <param name="target">Which children.</param>
    /// <param name="options">Which changes, and how.</param>
    /// <param name="change">What happened; process id 0 if <see cref="WaitOptions.WNOHANG"/> found nothing.</param>
    /// <returns>
    /// ECHILD: there is no such child, or, where SIGCHLD is ignored, none any more; EINTR: a handled signal came that does not restart calls; EINVAL: an option that there is
    /// not, or no change to wait for.
    /// </returns>
    public static Errno Wait(WaitTarget target, WaitOptions options, out ChildChange change) => WaitBy(target.Kind, target.Id, options, out change);

    /// <summary>
    /// Takes out of the kernel's table all children of the target that have ended by now: what a handler of SIGCHLD must do, because several ends may have sent one signal.
    /// </summary>
    /// <returns>The children in the order of the kernel, which need not be that of their ends.</returns>
    /// <exception cref="LinuxCallException">An error other than ECHILD.</exception>
    public static IReadOnlyList<ChildChange> ReapEnded(WaitTarget target)
    {
        List<ChildChange> ended = [];
        while (true)
        {
            Errno error = Wait(target, WaitOptions.WNOHANG, out ChildChange change);
            if (error == Errno.EINTR) continue;
            if (error == Errno.ECHILD || error == Errno.None && change.ProcessId == 0) return ended;
            if (error != Errno.None) throw new LinuxCallException(error, "waitid");
            ended.Add(change);
        }
    }

    /// <summary>The same for the child behind a descriptor of pidfd_open(2), whose number cannot have passed to another process.</summary>
    internal static Errno WaitByDescriptor(int descriptor, WaitOptions options, out ChildChange change) => WaitBy(ByDescriptor, descriptor, options, out change);

    private static Errno WaitBy(int kind, int id, WaitOptions options, out ChildChange change)
    {
        const int InformationLength = 128;
        byte* information = stackalloc byte[InformationLength];
        // The kernel leaves it alone where WNOHANG finds nothing (waitid(2), NOTES).
        new Span<byte>(information, InformationLength).Clear();
        Errno error = Libc.Status(Libc.WaitId(kind, id, information, (int)options ^ WithEnds));
        // siginfo_t of 64-bit Linux (sigaction(2)): si_code at 8, si_pid at 16, si_uid at 20, si_status at 24.
        int child = error == Errno.None ? *(int*)(information + 16) : 0;
        change = child == 0 ? default : new ChildChange(child, *(int*)(information + 20), WaitStatus.FromInformation(*(int*)(information + 8), *(int*)(information + 24)));
        return error;
    }
}
