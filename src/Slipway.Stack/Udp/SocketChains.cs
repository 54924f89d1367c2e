namespace Slipway.Stack;

/// <summary>A hash table of sockets, linked by places that the sockets carry: entering and leaving allocate nothing (but for growth), and a look-up walks one chain.</summary>
/// <param name="which">Which of the three places of a socket this table uses.</param>
internal sealed class SocketChains(int which)
{
    private const int SmallestSize = 16;

    private PortSocket?[] _heads = new PortSocket?[SmallestSize];

    public int Count { get; private set; }

    /// <summary>The first of the sockets that may have this hash; go on with <see cref="Next"/>.</summary>
    public PortSocket? First(uint hash) => _heads[hash & (uint)(_heads.Length - 1)];

    public PortSocket? Next(PortSocket socket) => socket.Links[which].Next;

    /// <summary>Enters at the front: who came last is found first, as on Linux (BIND-20).</summary>
    public void Add(PortSocket socket, uint hash)
    {
        if (Count >= _heads.Length * 2) Grow();
        Count++;
        Link(socket, hash);
    }

    /// <summary>All sockets.</summary>
    public List<PortSocket> ToList()
    {
        var list = new List<PortSocket>(Count);
        foreach (PortSocket? head in _heads)
        {
            for (PortSocket? socket = head; socket is not null; socket = Next(socket)) list.Add(socket);
        }
        return list;
    }

    public void Remove(PortSocket socket)
    {
        ref ChainLink link = ref socket.Links[which];
        if (!link.IsLinked) return;
        Unlink(socket);
        Count--;
    }

    private void Link(PortSocket socket, uint hash)
    {
        ref PortSocket? head = ref _heads[hash & (uint)(_heads.Length - 1)];
        if (head is not null) head.Links[which].Previous = socket;
        socket.Links[which] = new ChainLink { Next = head, Hash = hash, IsLinked = true };
        head = socket;
    }

    private void Unlink(PortSocket socket)
    {
        ref ChainLink link = ref socket.Links[which];
        if (link.Previous is null) _heads[link.Hash & (uint)(_heads.Length - 1)] = link.Next;
        else link.Previous.Links[which].Next = link.Next;
        if (link.Next is not null) link.Next.Links[which].Previous = link.Previous;
        link = default;
    }

    private void Grow()
    {
        PortSocket?[] old = _heads;
        _heads = new PortSocket?[old.Length * 2];
        var order = new Stack<PortSocket>();
        foreach (PortSocket? head in old)
        {
            // From the last to the first, so that each stays before those that it stood before.
            for (PortSocket? socket = head; socket is not null; socket = socket.Links[which].Next) order.Push(socket);
            while (order.TryPop(out PortSocket? socket)) Link(socket, socket.Links[which].Hash);
        }
    }
}
