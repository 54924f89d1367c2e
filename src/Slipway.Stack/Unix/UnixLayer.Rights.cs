using System.Runtime.InteropServices;

namespace Slipway.Stack;

/// <summary>
/// Descriptors in flight, and the sockets among them that nobody can receive any more: each waits in the queue of another or in its own, and no process has a descriptor of any (what Linux
/// collects in unix_gc). That can come about only where the last reference from outside goes, so it is looked for there, from the socket towards those that hold it.
/// </summary>
internal sealed partial class UnixLayer
{
    private readonly Queue<OpenFile> _released = new();
    private readonly Dictionary<int, int> _inFlightByUser = [];
    private bool _isReleasing;

    /// <summary>Descriptors that a user has in flight: limited as the open ones are (ETOOMANYREFS, unix(7)).</summary>
    public int InFlightOf(int userId) => _inFlightByUser.GetValueOrDefault(userId);

    /// <summary>A message with descriptors goes into a queue: each file gets a reference.</summary>
    public void Send(UnixRights rights, UnixSocket holder)
    {
        rights.Holder = holder;
        foreach (OpenFile file in rights.Files)
        {
            file.AddReference();
            (file as UnixSocket)?.Carriers.Add(rights);
        }
        CollectionsMarshal.GetValueRefOrAddDefault(_inFlightByUser, rights.UserId, out _) += rights.Files.Length;
    }

    /// <summary>A message with descriptors has left its queue: the references are the receiver's now.</summary>
    public void Arrive(UnixRights rights)
    {
        foreach (OpenFile file in rights.Files) (file as UnixSocket)?.Carriers.Remove(rights);
        ref int left = ref CollectionsMarshal.GetValueRefOrAddDefault(_inFlightByUser, rights.UserId, out _);
        left -= rights.Files.Length;
        if (left == 0) _inFlightByUser.Remove(rights.UserId);
    }

    /// <summary>A message with descriptors is dropped.</summary>
    public void Drop(UnixRights rights)
    {
        Arrive(rights);
        foreach (OpenFile file in rights.Files) _released.Enqueue(file);
        GiveBack();
    }

    /// <summary>Gives a reference back.</summary>
    public void Release(OpenFile file)
    {
        _released.Enqueue(file);
        GiveBack();
    }

    /// <summary>The last descriptor of a socket in flight is gone: if nobody can receive it, it closes, and so do those that hold it.</summary>
    public void CollectFrom(UnixSocket socket)
    {
        var unreachable = new HashSet<UnixSocket> { socket };
        var order = new List<UnixSocket> { socket };
        for (int i = 0; i < order.Count; i++)
        {
            if (order[i].IsInHand) return;
            foreach (UnixSocket holder in order[i].Holders)
            {
                if (unreachable.Add(holder)) order.Add(holder);
            }
        }
        var dropped = new List<UnixRights>();
        foreach (UnixSocket holder in order) holder.TakeQueuedRights(dropped);
        foreach (UnixRights rights in dropped)
        {
            Arrive(rights);
            foreach (OpenFile file in rights.Files) _released.Enqueue(file);
        }
        GiveBack();
    }

    /// <summary>What a reference closes may drop others: one after the other, so that the call stack does not grow with their chain.</summary>
    private void GiveBack()
    {
        if (_isReleasing) return;
        _isReleasing = true;
        while (_released.TryDequeue(out OpenFile? next)) next.Release();
        _isReleasing = false;
    }
}
