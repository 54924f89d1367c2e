using System.Runtime.InteropServices;

namespace Slipway.Linux;

/// <summary>One step of semop(2), on one semaphore of a set (struct sembuf).</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct SemaphoreOperation
{
    private const short NoWaitFlag = IpcControl.IPC_NOWAIT, UndoFlag = 0x1000;

    private readonly ushort _index;
    private readonly short _change;
    private readonly short _flags;

    /// <summary>A step.</summary>
    /// <param name="index">Which semaphore of the set.</param>
    /// <param name="change">Negative: wait until the value is at least so large, then subtract. Positive: add, which never waits. 0: wait until the value is 0.</param>
    /// <param name="noWait">IPC_NOWAIT: fail with EAGAIN instead of waiting.</param>
    /// <param name="undo">SEM_UNDO: revert the change when the process ends, however it ends. The account is the process's; all its threads share it.</param>
    public SemaphoreOperation(ushort index, short change, bool noWait = false, bool undo = false)
    {
        _index = index;
        _change = change;
        _flags = (short)((noWait ? NoWaitFlag : 0) | (undo ? UndoFlag : 0));
    }

    /// <summary>Which semaphore of the set.</summary>
    public int Index => _index;

    /// <summary>What is added to its value; 0 waits for 0.</summary>
    public int Change => _change;

    /// <summary>IPC_NOWAIT.</summary>
    public bool NoWait => (_flags & NoWaitFlag) != 0;

    /// <summary>SEM_UNDO.</summary>
    public bool Undo => (_flags & UndoFlag) != 0;
}
