using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>The limits of processes (prlimit(2)). Children begin with those of their parent, but for <see cref="ProcessCommand.Limits"/>.</summary>
public static unsafe class ResourceLimits
{
    /// <summary>A limit of a process.</summary>
    /// <param name="kind">Which.</param>
    /// <param name="process">A process; 0 for this one.</param>
    /// <exception cref="LinuxCallException">EINVAL: no such limit; ESRCH: no such process; EPERM: another user's.</exception>
    public static ResourceLimit Get(ResourceKind kind, int process = 0)
    {
        ulong* values = stackalloc ulong[2];
        if (Libc.SystemCall(SystemCalls.Limit, process, (nint)kind, 0, (nint)values, 0, 0) < 0) throw new LinuxCallException(Libc.LastError, $"prlimit({process}, {kind})");
        return new ResourceLimit(values[0], values[1]);
    }

    /// <summary>Sets a limit of a process.</summary>
    /// <param name="kind">Which.</param>
    /// <param name="limit">The new limit.</param>
    /// <param name="process">A process; 0 for this one.</param>
    /// <exception cref="LinuxCallException">EINVAL: no such limit, or the soft one above the hard; EPERM: a hard limit raised without CAP_SYS_RESOURCE; ESRCH: no such process.</exception>
    public static void Set(ResourceKind kind, ResourceLimit limit, int process = 0)
    {
        ulong* values = stackalloc ulong[] { limit.Soft, limit.Hard };
        if (Libc.SystemCall(SystemCalls.Limit, process, (nint)kind, (nint)values, 0, 0, 0) < 0)
            throw new LinuxCallException(Libc.LastError, $"prlimit({process}, {kind}, {limit.Soft}, {limit.Hard})");
    }
}
