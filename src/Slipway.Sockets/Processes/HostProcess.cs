namespace Slipway.Sockets;

/// <summary>
/// The process that a program runs in, as the program sees it: its socket system, names, arguments, environment, output, clock, signals and threads.
/// The machine's kernel and the lab each have one, so that the same delegate runs on both.
/// </summary>
/// <remarks>
/// A program that waits only by these means (sockets, <see cref="Sleep"/>, <see cref="Time"/>, threads of <see cref="StartThread"/>) is deterministic in the lab.
/// </remarks>
public abstract class HostProcess
{
    private int _exitCode;
    private NameService? _names;
    private ulong _randomState;

    /// <summary>The system calls.</summary>
    public abstract SocketSystem Sockets { get; }

    /// <summary>The host's files.</summary>
    public abstract HostFiles Files { get; }

    /// <summary>gethostname(2).</summary>
    public abstract string HostName { get; }

    /// <summary>argv[0].</summary>
    public abstract string ProgramName { get; }

    /// <summary>The arguments after the program's name.</summary>
    public abstract IReadOnlyList<string> Arguments { get; }

    /// <summary>The environment; changes stay in this process and the children started later.</summary>
    public abstract IDictionary<string, string> Environment { get; }

    /// <summary>Standard output.</summary>
    public abstract TextWriter Out { get; }

    /// <summary>Standard error.</summary>
    public abstract TextWriter Error { get; }

    /// <summary>The clock: the machine's, or the lab's.</summary>
    public abstract TimeProvider Time { get; }

    /// <summary>getpid(2).</summary>
    public abstract int Id { get; }

    /// <summary>getppid(2).</summary>
    public abstract int ParentId { get; }

    /// <summary>getpgrp(2).</summary>
    public abstract int ProcessGroup { get; }

    /// <summary>Dispositions, and sending.</summary>
    public abstract SignalControl Signals { get; }

    /// <summary>Cancelled when the process is asked to end from outside (SIGTERM or SIGINT without a handler, or the lab stopping). Async programs pass it on.</summary>
    public abstract CancellationToken Stopping { get; }

    /// <summary>The status that the process ends with if it returns normally: 0 unless set.</summary>
    public int ExitCode
    {
        get => Volatile.Read(ref _exitCode);
        set => Volatile.Write(ref _exitCode, value);
    }

    /// <summary>The resolver of this host, made at the first use.</summary>
    public NameService Names
    {
        get
        {
            if (Volatile.Read(ref _names) is { } names) return names;
            names = new NameService(Sockets, Files, HostName, Time, NextRandom);
            return Interlocked.CompareExchange(ref _names, names, null) ?? names;
        }
    }

    /// <summary>
    /// 32 random bits (getrandom(2)): the seeded source of a lab, a cryptographic one on the machine. A system that overrides nothing gets a sequence that follows from its clock and
    /// the process id (SplitMix64): repeatable in simulated time, and not fit to keep a secret.
    /// </summary>
    public virtual uint NextRandom()
    {
        const ulong Step = 0x9E37_79B9_7F4A_7C15;
        ulong seed = unchecked((ulong)Time.GetTimestamp() * Step ^ (ulong)Id << 32);
        Interlocked.CompareExchange(ref _randomState, seed | 1, 0);
        ulong mixed = Interlocked.Add(ref _randomState, Step);
        mixed = (mixed ^ mixed >> 30) * 0xBF58_476D_1CE4_E5B9;
        mixed = (mixed ^ mixed >> 27) * 0x94D0_49BB_1331_11EB;
        return (uint)(mixed >> 32 ^ mixed >> 31);
    }

    /// <summary>setpgid(2) for the process itself; 0 makes it the leader of a new group.</summary>
    public abstract Errno SetProcessGroup(int group);

    /// <summary>Waits (nanosleep(2)). A handled signal ends it early.</summary>
    /// <returns>What was left when a signal ended the wait, otherwise zero.</returns>
    public abstract TimeSpan Sleep(TimeSpan duration);

    /// <summary>alarm(2): SIGALRM after so many seconds; 0 takes a pending alarm back.</summary>
    /// <returns>Seconds that were left of an earlier alarm, rounded up; 0 if there was none.</returns>
    public abstract int Alarm(int seconds);

    /// <summary>Starts a thread of this process: it shares the descriptors, signals and files.</summary>
    public abstract ProcessThread StartThread(string name, Action body);

    /// <summary>
    /// Starts a child with a copy of the descriptor table and the environment, in the same process group: what fork and a function call would do.
    /// </summary>
    /// <returns>The child's process as the parent sees it.</returns>
    /// <exception cref="NotSupportedException">The system cannot run a function in a child (the machine's kernel, until the process library is there).</exception>
    public abstract ChildProcess StartChild(string name, Action<HostProcess> body);

    /// <summary>setrlimit(2) of RLIMIT_NOFILE: a new descriptor must be below the limit.</summary>
    /// <exception cref="NotSupportedException">The process has no limit of its own that could be changed.</exception>
    public virtual Errno LimitDescriptors(int limit) => throw new NotSupportedException("this process cannot change its limit of descriptors");

    /// <summary>Runs a function on the calling thread as another user without privileges (setresuid(2) of the thread alone), then takes the old ids back.</summary>
    /// <exception cref="NotSupportedException">The process may not change its ids.</exception>
    public virtual void RunAsUser(int userId, Action body) => throw new NotSupportedException("this process cannot change its user");
}
