using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>Who makes a call: the process, the descriptors that messages may carry from it and to it (SCM_RIGHTS) and that options name, and where its paths begin.</summary>
/// <param name="Process">The process.</param>
/// <param name="Descriptors">Its descriptors.</param>
/// <param name="View">Its working directory and umask.</param>
internal sealed record Caller(ProcessContext Process, DescriptorTable Descriptors, LocalView View)
{
    /// <summary>Opens a descriptor of a process, closed by exec as all of them are.</summary>
    /// <returns>EMFILE.</returns>
    public CallResult Open(ProcessIdentity process)
    {
        if (!Descriptors.TryFindFree(0, Process.DescriptorLimit, out int descriptor)) return Errno.EMFILE;
        Descriptors.Set(descriptor, new ProcessFile(process), closeOnExec: true);
        return descriptor;
    }
}
