using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>Signals from a descriptor: pipes, FIFOs, terminals, sockets (fcntl(2), F_SETOWN, F_SETSIG, O_ASYNC).</summary>
public sealed unsafe partial class FileDescriptor
{
    /// <summary>Whom the signals go to: a process, a group as its negative number, nobody (0).</summary>
    /// <exception cref="LinuxCallException">ESRCH: no such process or group; EBADF.</exception>
    public int SignalOwner
    {
        get => Control(FileControl.F_GETOWN, 0);
        set => Control(FileControl.F_SETOWN, value);
    }

    /// <summary>The signal; none stands for SIGIO without details. Any other, SIGIO included, tells the descriptor and what is there, and real-time signals queue.</summary>
    /// <exception cref="LinuxCallException">EINVAL: no such signal; EBADF.</exception>
    public Signal InputSignal
    {
        get => (Signal)Control(FileControl.F_GETSIG, 0);
        set => Control(FileControl.F_SETSIG, (int)value);
    }

    /// <summary>O_ASYNC: whether a signal is sent when something can be read or written. On a kind of file that does not know it, it stays false.</summary>
    /// <exception cref="LinuxCallException">EBADF.</exception>
    public bool SignalDriven
    {
        get => (Control(FileControl.F_GETFL, 0) & FileControl.O_ASYNC) != 0;
        set
        {
            int flags = Control(FileControl.F_GETFL, 0);
            Control(FileControl.F_SETFL, value ? flags | FileControl.O_ASYNC : flags & ~FileControl.O_ASYNC);
        }
    }
}
