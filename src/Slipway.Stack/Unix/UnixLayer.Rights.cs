namespace Slipway.Stack;

/// <summary>
/// Descriptors in flight, and the sockets among them that nobody can reach any more: each waits in the queue of another, or in its own, and no process has a descriptor of any (Linux
/// unix_gc). They are found as soon as the last descriptor from outside goes.
/// </summary>
internal sealed partial class UnixLayer
{
    private readonly List<UnixSocket> _inFlight = [];
    private readonly Queue<OpenFile> _released = new();
    private readonly Dictionary<int, int> _inFlightByUser = [];
    private bool _isReleasing, _isCollecting;

    public bool HasInFlightSockets => _inFlight.Count > 0;

    /// <summary>Descriptors that a user has in flight: limited as the open ones are (ETOOMANYREFS, unix(7)).</summary>
    public int InFlightOf(int userId) => _inFlightByUser.GetValueOrDefault(userId);

    /// <summary>A message with descriptors goes out: each file gets a reference.</summary>
    public void Send(UnixRights rights)
    {
        foreach (OpenFile file in rights.Files)
        {
            file.AddReference();
            if (file is UnixSocket socket && socket.InFlight++ == 0) _inFlight.Add(socket);
        }
        _inFlightByUser[rights.UserId] = InFlightOf(rights.UserId) + rights.Files.Length;
    }

    /// <summary>A message with descriptors has arrived: the references are the receiver's now.</summary>
    public void Arrive(UnixRights rights)
    {
        foreach (OpenFile file in rights.Files)
        {
            if (file is UnixSocket socket && --socket.InFlight == 0) _inFlight.Remove(socket);
        }
        _inFlightByUser[rights.UserId] -= rights.Files.Length;
    }

    /// <summary>A message with descriptors is dropped.</summary>
    public void Drop(UnixRights rights)
    {
        Arrive(rights);
        foreach (OpenFile file in rights.Files) Release(file);
    }

    /// <summary>Gives a reference back. What that closes may drop others: one after the other, so that the stack does not grow with their chain.</summary>
    public void Release(OpenFile file)
    {
        _released.Enqueue(file);
        if (_isReleasing) return;
        _isReleasing = true;
        while (_released.TryDequeue(out OpenFile? next)) next.Release();
        _isReleasing = false;
        if (_inFlight.Count > 0) Collect();
    }

    /// <summary>Closes the sockets in flight that cannot be received any more.</summary>
    public void Collect()
    {
        if (_isCollecting) return;
        _isCollecting = true;
        while (FindUnreachable() is { Count: > 0 } garbage)
        {
            var dropped = new List<UnixRights>();
            foreach (UnixSocket socket in garbage) socket.TakeQueuedRights(dropped);
            foreach (UnixRights rights in dropped) Drop(rights);
        }
        _isCollecting = false;
    }

    /// <summary>Those whose references are all in flight, less those that a queue leads to which is not one of theirs, and all that theirs lead to.</summary>
    private List<UnixSocket>? FindUnreachable()
    {
        var candidates = new Dictionary<UnixSocket, int>();
        foreach (UnixSocket socket in _inFlight)
        {
            if (socket.References == socket.InFlight) candidates.Add(socket, socket.InFlight);
        }
        if (candidates.Count == 0) return null;
        var queued = new List<OpenFile>();
        foreach (UnixSocket socket in candidates.Keys.ToArray())
        {
            queued.Clear();
            socket.ListQueuedFiles(queued);
            foreach (OpenFile file in queued)
            {
                if (file is UnixSocket inner && candidates.TryGetValue(inner, out int left)) candidates[inner] = left - 1;
            }
        }
        var reachable = new Stack<UnixSocket>();
        foreach ((UnixSocket socket, int fromOutside) in candidates)
        {
            if (fromOutside > 0) reachable.Push(socket);
        }
        while (reachable.TryPop(out UnixSocket? socket))
        {
            if (!candidates.Remove(socket)) continue;
            queued.Clear();
            socket.ListQueuedFiles(queued);
            foreach (OpenFile file in queued)
            {
                if (file is UnixSocket inner && candidates.ContainsKey(inner)) reachable.Push(inner);
            }
        }
        // In the order in which they were sent, so that a run repeats.
        return _inFlight.FindAll(candidates.ContainsKey);
    }
}
