namespace Slipway.Linux;

/// <summary>What to wait for, and how (waitid(2)). Ends are waited for unless <see cref="WNOEXIT"/> says otherwise, as waitpid(2) does.</summary>
[Flags]
public enum WaitOptions
{
    /// <summary>Wait until a child has ended, and take it out of the kernel's table.</summary>
    None = 0,

    /// <summary>Do not block: where no child has anything to tell, succeed with process id 0.</summary>
    WNOHANG = 1,

    /// <summary>Stops are reported too.</summary>
    WUNTRACED = 2,

    /// <summary>waitid(2)'s WEXITED left out: only stops and continuations are reported.</summary>
    WNOEXIT = 4,

    /// <summary>Continuations by SIGCONT are reported too.</summary>
    WCONTINUED = 8,

    /// <summary>Only look: the child stays as it is, a zombie a zombie, for a later wait.</summary>
    WNOWAIT = 0x0100_0000,
}
