namespace Slipway.Stack;

/// <summary>Sockets of one user that share an address and port (SO_REUSEPORT, socket(7)): what arrives is spread by a hash of addresses and ports.</summary>
internal sealed class ReuseGroup
{
    private readonly List<PortSocket> _members = [];

    /// <summary>What chooses the member, if anything does but the hash (SO_ATTACH_REUSEPORT_CBPF).</summary>
    public PacketProgram? Program { get; set; }

    /// <summary>The member that the program chooses for a datagram; null where there is no such member (Linux run_bpf_filter).</summary>
    public PortSocket? Select(in FilterPacket packet)
    {
        uint number = Program!.Run(packet);
        return number < (uint)_members.Count ? _members[(int)number] : null;
    }

    public void Add(PortSocket socket)
    {
        _members.Add(socket);
        socket.Group = this;
    }

    /// <summary>Takes a member out; the last one gets its number.</summary>
    public void Remove(PortSocket socket)
    {
        int place = _members.IndexOf(socket);
        _members[place] = _members[^1];
        _members.RemoveAt(_members.Count - 1);
        socket.Group = null;
    }

    /// <summary>The member for a hash. Connected ones are for their peers only.</summary>
    public PortSocket? Select(uint hash)
    {
        int first = (int)((ulong)hash * (uint)_members.Count >> 32);
        for (int i = 0; i < _members.Count; i++)
        {
            PortSocket member = _members[(first + i) % _members.Count];
            if (!member.IsConnected) return member;
        }
        return null;
    }
}
