using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>What became of a child: the status word of waitpid(2), decoded. Exactly one of the four Is… holds.</summary>
/// <param name="Raw">The word as waitpid(2) gives it.</param>
public readonly record struct WaitStatus(int Raw)
{
    private const int SignalMask = 0x7F, CoreFlag = 0x80, StoppedMark = 0x7F, ContinuedWord = 0xFFFF;

    /// <summary>WIFEXITED: it ended by exit or by returning from main.</summary>
    public bool IsExited => (Raw & SignalMask) == 0;

    /// <summary>WEXITSTATUS: the low 8 bits of the exit code; -1 if it did not exit.</summary>
    public int ExitCode => IsExited ? Raw >> 8 & 0xFF : -1;

    /// <summary>WIFSIGNALED: a signal killed it.</summary>
    public bool IsSignaled => (Raw & SignalMask) is not (0 or StoppedMark);

    /// <summary>WIFSTOPPED: a signal stopped it.</summary>
    public bool IsStopped => (Raw & 0xFF) == StoppedMark;

    /// <summary>WIFCONTINUED: SIGCONT made it go on.</summary>
    public bool IsContinued => Raw == ContinuedWord;

    /// <summary>WTERMSIG or WSTOPSIG: the signal that killed or stopped it; SIGCONT if it was continued; none if it exited.</summary>
    public Signal Signal => IsContinued ? Signal.SIGCONT : IsStopped ? (Signal)(Raw >> 8 & 0xFF) : (Signal)(Raw & SignalMask);

    /// <summary>WCOREDUMP: the signal that killed it left an image of it. Only where RLIMIT_CORE allows it.</summary>
    public bool CoreDumped => IsSignaled && (Raw & CoreFlag) != 0;

    /// <summary>Whether the process has ended, by exit or by signal.</summary>
    public bool HasEnded => IsExited || IsSignaled;

    /// <summary>What a shell gives as <c>$?</c>: the exit code, or 128 and the signal's number.</summary>
    public int ShellCode => IsExited ? ExitCode : 128 + (int)Signal;

    /// <summary>The state in words: <c>exited 3</c>, <c>killed by SIGSEGV (core dumped)</c>, <c>stopped by SIGSTOP</c>, <c>continued</c>.</summary>
    public override string ToString()
    {
        if (IsExited) return $"exited {ExitCode}";
        if (IsContinued) return "continued";
        if (IsStopped) return $"stopped by {Signal}";
        return $"killed by {Signal}{(CoreDumped ? " (core dumped)" : "")}";
    }

    /// <summary>From si_code and si_status of waitid(2), which tell the same in two fields.</summary>
    internal static WaitStatus FromInformation(int code, int status)
    {
        const int Exited = 1, Killed = 2, Dumped = 3, Continued = 6; // CLD_…; 4 and 5 are trapped and stopped
        return new WaitStatus(code switch
        {
            Exited => (status & 0xFF) << 8,
            Killed => status & SignalMask,
            Dumped => status & SignalMask | CoreFlag,
            Continued => ContinuedWord,
            _ => (status & 0xFF) << 8 | StoppedMark,
        });
    }
}
