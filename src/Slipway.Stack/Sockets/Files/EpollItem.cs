using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>A descriptor that an <see cref="EpollFile"/> watches. It does not keep the file open.</summary>
internal sealed class EpollItem(EpollFile owner, OpenFile file, int descriptor) : FileWaiter
{
    /// <summary>Flags that say how to watch, not what for.</summary>
    private const EpollEvents Ways = EpollEvents.EPOLLEXCLUSIVE | EpollEvents.EPOLLWAKEUP | EpollEvents.EPOLLONESHOT | EpollEvents.EPOLLET;

    private bool _hasTaken;

    public EpollFile Owner => owner;

    public OpenFile Target => file;

    public int Descriptor => descriptor;

    public EpollEntry Entry { get; private set; }

    /// <summary>Its neighbour in the list of those that may be ready.</summary>
    public EpollItem? NextReady { get; set; }

    public bool IsListed { get; set; }

    /// <summary>What is watched for that is there now.</summary>
    public PollEvents There => file.Readiness & Wanted(Entry.Events);

    /// <summary>Sets what is watched for. Errors are always, but for a one-shot entry that has gone off.</summary>
    public void Set(EpollEntry entry)
    {
        Entry = entry with { Events = entry.Events | EpollEvents.EPOLLERR | EpollEvents.EPOLLHUP };
        if (File is null && IsExclusive) file.AddWaiter(this, Wanted(Entry.Events));
        else if (File is null) file.AddFirstWaiter(this, Wanted(Entry.Events));
        else Events = Wanted(Entry.Events);
    }

    /// <summary>EPOLLONESHOT: nothing more until it is set again.</summary>
    public void Disarm()
    {
        Entry = Entry with { Events = Entry.Events & Ways };
        Events = PollEvents.None;
    }

    /// <inheritdoc/>
    internal override bool IsExclusive => (Entry.Events & EpollEvents.EPOLLEXCLUSIVE) != 0;

    /// <inheritdoc/>
    internal override bool HasTaken => _hasTaken;

    /// <inheritdoc/>
    internal override void Signal(PollEvents events) => _hasTaken = owner.OnSignal(this);

    /// <inheritdoc/>
    internal override void FileClosed() => owner.Forget(this);

    private static PollEvents Wanted(EpollEvents events) => (PollEvents)(ushort)(events & ~Ways);
}
