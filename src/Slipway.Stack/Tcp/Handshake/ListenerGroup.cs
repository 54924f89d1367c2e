namespace Slipway.Stack;

/// <summary>Listeners of one user that share an address and port (SO_REUSEPORT, socket(7)): connections are spread by a hash, or by a program.</summary>
internal sealed class ListenerGroup
{
    private readonly List<TcpListener> _members = [];

    /// <summary>What chooses the member, if anything does but the hash (SO_ATTACH_REUSEPORT_CBPF).</summary>
    public PacketProgram? Program { get; set; }

    public int Count => _members.Count;

    public void Add(TcpListener listener)
    {
        _members.Add(listener);
        listener.ReuseGroup = this;
    }

    /// <summary>Takes a member out; the last one gets its number.</summary>
    public void Remove(TcpListener listener)
    {
        int place = _members.IndexOf(listener);
        _members[place] = _members[^1];
        _members.RemoveAt(_members.Count - 1);
        listener.ReuseGroup = null;
    }

    /// <summary>The member for a segment: the program's choice if that exists, or else the hash's.</summary>
    public TcpListener Select(in TcpArrival segment, uint hash)
    {
        if (Program is { } program && segment.Packet is { } packet)
        {
            uint number = program.Run(new FilterPacket(packet, 0, segment.Interface.Index, Wire.IpProtocolNumber.Tcp, segment.Interface.Host.Random));
            if (number < (uint)_members.Count) return _members[(int)number];
        }
        return _members[(int)((ulong)hash * (uint)_members.Count >> 32)];
    }
}
