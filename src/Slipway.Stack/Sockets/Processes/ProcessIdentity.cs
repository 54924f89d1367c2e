namespace Slipway.Stack;

/// <summary>
/// A process as descriptors refer to it (Linux struct pid; pidfd_open(2)): it stands for the same process for ever, also when that has gone. Who runs processes makes one for each, and says when it ends; all of it belongs to the owner of
/// the loop.
/// </summary>
/// <param name="processId">The process id.</param>
public sealed class ProcessIdentity(int processId)
{
    private readonly List<ProcessFile> _files = [];

    /// <summary>The process id.</summary>
    public int ProcessId { get; } = processId;

    /// <summary>Whether the process has ended. Its parent may not have seen it yet.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Whether the parent has seen its end, or nobody will.</summary>
    public bool IsReaped { get; private set; }

    /// <summary>The process has ended: its descriptors are readable from now on.</summary>
    public void End()
    {
        HasEnded = true;
        Tell();
    }

    /// <summary>Its end was seen: there is no such process any more.</summary>
    public void Reap()
    {
        HasEnded = IsReaped = true;
        Tell();
    }

    internal void Add(ProcessFile file) => _files.Add(file);

    internal void Remove(ProcessFile file) => _files.Remove(file);

    private void Tell()
    {
        // Whoever is woken may close one.
        for (int i = _files.Count - 1; i >= 0; i--) _files[i].Tell();
    }
}
