using Slipway.Sockets;

namespace Slipway.Lab;

/// <summary>The processes of one host, in the order of their ids: those that live, and those whose end their parent has not seen. All members belong to the owner of the loop.</summary>
internal sealed class ProcessTable
{
    private const int SiUser = 0;

    private readonly List<LabProcess> _processes = [];

    public void Add(LabProcess process) => _processes.Add(process);

    public void Remove(LabProcess process) => _processes.Remove(process);

    /// <summary>The process of an id; null where there is none.</summary>
    public LabProcess? Find(int processId)
    {
        foreach (LabProcess process in _processes)
            if (process.Id == processId) return process;
        return null;
    }

    /// <summary>Whether there is a process (positive) or a group (negative).</summary>
    public bool Exists(int target)
    {
        foreach (LabProcess process in _processes)
            if (Matches(process, target)) return true;
        return false;
    }

    /// <summary>A signal from the kernel on behalf of a user, as SIGIO is.</summary>
    /// <returns>False if a queue was full.</returns>
    public bool Deliver(int target, in SignalInfo info, int senderUserId)
    {
        bool all = true;
        for (int i = 0; i < _processes.Count; i++)
        {
            LabProcess process = _processes[i];
            if (Matches(process, target) && MaySignal(senderUserId, process)) all &= process.Deliver(info, thread: null);
        }
        return all;
    }

    /// <summary>kill(2).</summary>
    public Errno Kill(LabProcess sender, int target, Signal signal)
    {
        if (target == 0) target = -sender.ProcessGroup;
        bool found = false, permitted = false;
        var info = new SignalInfo(signal, SiUser, 0, PollEvents.None, sender.Id);
        for (int i = 0; i < _processes.Count; i++)
        {
            LabProcess process = _processes[i];
            // -1 means all but the sender.
            if (target == -1 ? process == sender : !Matches(process, target)) continue;
            found = true;
            if (!MaySignal(sender.UserId, process)) continue;
            permitted = true;
            if (signal != Signal.None && !process.Deliver(info, thread: null)) return Errno.EAGAIN;
        }
        return permitted ? Errno.None : found ? Errno.EPERM : Errno.ESRCH;
    }

    /// <summary>Nobody will wait for the children of a process that has ended.</summary>
    public void ReapChildrenOf(LabProcess parent)
    {
        for (int i = _processes.Count - 1; i >= 0; i--)
            if (_processes[i].Parent == parent && _processes[i].HasEnded) _processes[i].Reap();
    }

    private static bool Matches(LabProcess process, int target) => target > 0 ? process.Id == target : process.ProcessGroup == -target;

    private static bool MaySignal(int userId, LabProcess target) => userId == 0 || userId == target.UserId;
}
