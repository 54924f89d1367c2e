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

    /// <summary>Takes the entry out of its list, if it is in one.</summary>
    internal void Remove() => File?.RemoveWaiter(this);
}
