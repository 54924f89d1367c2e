using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>An entry in the list of those who wait for events of an <see cref="OpenFile"/>. Owner of the loop only.</summary>
internal abstract class FileWaiter
{
    internal FileWaiter? Previous, Next;

    internal OpenFile? File { get; set; }

    internal PollEvents Events { get; set; }

    /// <summary>Some of the events may be there now. May remove this waiter, and no other.</summary>
    internal abstract void Signal(PollEvents events);

    /// <summary>Of those that are so, only the first is told which takes the event (EPOLLEXCLUSIVE).</summary>
    internal virtual bool IsExclusive => false;

    /// <summary>Whether the last signal woke somebody.</summary>
    internal virtual bool HasTaken => false;

    /// <summary>The file was closed, and the entry taken out of its list.</summary>
    internal virtual void FileClosed()
    {
    }

    /// <summary>Takes the entry out of its list, if it is in one.</summary>
    internal void Remove() => File?.RemoveWaiter(this);
}
