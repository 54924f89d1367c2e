using System.Buffers.Binary;
using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>
/// An epoll set (epoll(7); Linux fs/eventpoll.c): watched descriptors, and the list of those that may be ready. An entry comes into the list with an event of its file, is asked
/// again when it is to be reported, and stays only as long as it is ready and not edge-triggered.
/// </summary>
internal sealed class EpollFile : OpenFile
{
    /// <summary>EP_MAX_NESTS: sets below and above one another, beside the one that is added.</summary>
    private const int MostNested = 4;

    private const int ParametersLength = 8;

    private readonly Dictionary<(OpenFile File, int Descriptor), EpollItem> _items = [];
    private EpollItem? _firstReady, _lastReady;
    private int _readyCount;
    private ulong _parameters;

    /// <inheritdoc/>
    public override PollEvents Readiness
    {
        get
        {
            for (EpollItem? item = _firstReady; item is not null; item = item.NextReady)
                if (item.There != 0) return PollEvents.POLLIN | PollEvents.POLLRDNORM;
            return PollEvents.None;
        }
    }

    /// <inheritdoc/>
    public override FileStatus Status => new(0x180, 0, 0);

    /// <summary>epoll_ctl(2), when both descriptors were found.</summary>
    public Errno Control(EpollOperation operation, OpenFile file, int descriptor, EpollEntry entry)
    {
        bool isExclusive = operation != EpollOperation.EPOLL_CTL_DEL && (entry.Events & EpollEvents.EPOLLEXCLUSIVE) != 0;
        if (isExclusive && !MayBeExclusive(operation, file, entry.Events)) return Errno.EINVAL;
        if (operation == EpollOperation.EPOLL_CTL_ADD && file is EpollFile nested && !MayNest(nested)) return Errno.ELOOP;
        _items.TryGetValue((file, descriptor), out EpollItem? item);
        switch (operation)
        {
            case EpollOperation.EPOLL_CTL_ADD:
                if (item is not null) return Errno.EEXIST;
                item = new EpollItem(this, file, descriptor);
                _items.Add((file, descriptor), item);
                break;
            case EpollOperation.EPOLL_CTL_MOD:
                if (item is null) return Errno.ENOENT;
                if ((item.Entry.Events & EpollEvents.EPOLLEXCLUSIVE) != 0) return Errno.EINVAL;
                break;
            case EpollOperation.EPOLL_CTL_DEL:
                if (item is null) return Errno.ENOENT;
                item.Remove();
                Forget(item);
                return Errno.None;
            default:
                return Errno.EINVAL;
        }
        item.Set(entry);
        if (item.There != 0) OnSignal(item);
        return Errno.None;
    }

    /// <summary>Something may have happened to an entry.</summary>
    /// <returns>Whether somebody waits for the set: then the event is taken.</returns>
    public bool OnSignal(EpollItem item)
    {
        bool isWaitedFor = HasWaiters;
        if (!item.IsListed) List(item);
        if (isWaitedFor) WakeWaiters(PollEvents.POLLIN | PollEvents.POLLRDNORM);
        return isWaitedFor;
    }

    /// <summary>Reports what is ready, the longest listed first.</summary>
    /// <returns>Entries written.</returns>
    public int Collect(Span<EpollEntry> ready)
    {
        int count = 0;
        for (int left = _readyCount; left > 0 && count < ready.Length; left--)
        {
            EpollItem item = TakeFirst();
            PollEvents there = item.There;
            if (there == 0) continue;
            EpollEntry entry = item.Entry;
            ready[count++] = new EpollEntry((EpollEvents)(ushort)there, entry.Data);
            if ((entry.Events & EpollEvents.EPOLLONESHOT) != 0) item.Disarm();
            else if ((entry.Events & EpollEvents.EPOLLET) == 0) List(item);
        }
        return count;
    }

    /// <summary>An entry is gone: its file was closed, or it was taken out.</summary>
    public void Forget(EpollItem item)
    {
        _items.Remove((item.Target, item.Descriptor));
        if (!item.IsListed) return;
        EpollItem? before = null;
        for (EpollItem? at = _firstReady; at != item; at = at!.NextReady) before = at;
        if (before is null) _firstReady = item.NextReady;
        else before.NextReady = item.NextReady;
        if (_lastReady == item) _lastReady = before;
        item.NextReady = null;
        item.IsListed = false;
        _readyCount--;
    }

    /// <summary>EPIOCSPARAMS and EPIOCGPARAMS: busy polling, kept without effect, for no device has a queue to look into.</summary>
    public CallResult Ioctl(uint request, Span<byte> argument, ProcessContext caller)
    {
        const int MostPackets = 64;
        if (request is not (IoControl.EPIOCSPARAMS or IoControl.EPIOCGPARAMS)) return request == IoControl.FIONBIO ? 0 : Errno.EINVAL;
        if (argument.Length < ParametersLength) return Errno.EFAULT;
        if (request == IoControl.EPIOCGPARAMS)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(argument, _parameters);
            return 0;
        }
        if (argument[7] != 0 || argument[6] > 1 || BinaryPrimitives.ReadInt32LittleEndian(argument) < 0) return Errno.EINVAL;
        if (BinaryPrimitives.ReadUInt16LittleEndian(argument[4..]) > MostPackets && !caller.HasCapability(Capability.NetAdmin)) return Errno.EPERM;
        _parameters = BinaryPrimitives.ReadUInt64LittleEndian(argument);
        return 0;
    }

    /// <inheritdoc/>
    protected override void OnClosed()
    {
        foreach (EpollItem item in _items.Values) item.Remove();
        _items.Clear();
        _firstReady = _lastReady = null;
        _readyCount = 0;
    }

    private static bool MayBeExclusive(EpollOperation operation, OpenFile file, EpollEvents events)
    {
        const EpollEvents Allowed = EpollEvents.EPOLLIN | EpollEvents.EPOLLOUT | EpollEvents.EPOLLERR | EpollEvents.EPOLLHUP | EpollEvents.EPOLLWAKEUP | EpollEvents.EPOLLET | EpollEvents.EPOLLEXCLUSIVE;
        return operation == EpollOperation.EPOLL_CTL_ADD && file is not EpollFile && (events & ~Allowed) == 0;
    }

    /// <summary>Whether another set can be watched: not one that watches this, and not too deep a chain (ep_loop_check).</summary>
    private bool MayNest(EpollFile nested)
    {
        int below = nested.Depth(this, 0);
        return below >= 0 && below + 1 + Height(0) <= MostNested;
    }

    /// <summary>Sets in a row below this one; -1 where <paramref name="sought"/> is among them, or too many are.</summary>
    private int Depth(EpollFile sought, int level)
    {
        if (this == sought || level > MostNested) return -1;
        int deepest = 0;
        foreach (EpollItem item in _items.Values)
        {
            if (item.Target is not EpollFile nested) continue;
            int depth = nested.Depth(sought, level + 1);
            if (depth < 0) return -1;
            deepest = Math.Max(deepest, depth + 1);
        }
        return deepest;
    }

    /// <summary>Sets in a row above this one.</summary>
    private int Height(int level)
    {
        int highest = 0;
        if (level > MostNested) return highest;
        foreach (EpollFile above in Watchers()) highest = Math.Max(highest, above.Height(level + 1) + 1);
        return highest;
    }

    private List<EpollFile> Watchers()
    {
        var watchers = new List<EpollFile>();
        for (FileWaiter? waiter = FirstWaiter; waiter is not null; waiter = waiter.Next)
            if (waiter is EpollItem item) watchers.Add(item.Owner);
        return watchers;
    }

    private void List(EpollItem item)
    {
        item.IsListed = true;
        if (_lastReady is null) _firstReady = item;
        else _lastReady.NextReady = item;
        _lastReady = item;
        _readyCount++;
    }

    private EpollItem TakeFirst()
    {
        EpollItem item = _firstReady!;
        _firstReady = item.NextReady;
        if (_firstReady is null) _lastReady = null;
        item.NextReady = null;
        item.IsListed = false;
        _readyCount--;
        return item;
    }
}
