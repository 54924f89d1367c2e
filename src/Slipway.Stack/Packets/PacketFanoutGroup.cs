using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>Packet sockets that share the frames of their interface and protocol (Linux packet_rcv_fanout).</summary>
internal sealed class PacketFanoutGroup : IPacketTap
{
    private readonly StackHost _host;
    private readonly ulong _hashKey;
    private readonly List<PacketSocket> _members = [];
    private readonly Reassembler? _reassembler;
    private uint _turn;

    public PacketFanoutGroup(StackHost host, ushort id, PacketFanoutMode mode, PacketFanoutFlags flags, int maxMembers, PacketSocket first)
    {
        _host = host;
        Id = id;
        Mode = mode;
        Flags = flags;
        MaxMembers = maxMembers;
        TapProtocol = first.TapProtocol;
        TapInterface = first.TapInterface;
        _hashKey = host.Random.Derive("fanout").NextUInt64();
        if ((flags & PacketFanoutFlags.Defragment) != 0) _reassembler = new Reassembler(host, isIPv4: true);
    }

    public ushort Id { get; }

    public PacketFanoutMode Mode { get; }

    public PacketFanoutFlags Flags { get; }

    public int MaxMembers { get; }

    /// <summary>Sockets in it; those whose interface is down too.</summary>
    public int References { get; set; }

    /// <summary>The program of a group that has one.</summary>
    public PacketProgram? Program { get; set; }

    /// <summary>What PACKET_FANOUT reads.</summary>
    public int Value => Id | (int)Mode << 16 | (int)Flags << 16;

    /// <summary>Whether a full member's packets go to others.</summary>
    public bool RollsOver => Mode == PacketFanoutMode.Rollover || (Flags & PacketFanoutFlags.Rollover) != 0;

    /// <inheritdoc/>
    public ushort TapProtocol { get; }

    /// <inheritdoc/>
    public NetworkInterface? TapInterface { get; }

    /// <inheritdoc/>
    public bool IgnoresOutgoing => (Flags & PacketFanoutFlags.IgnoreOutgoing) != 0;

    /// <inheritdoc/>
    public bool Includes(PacketSocket sender) => sender.Group == this;

    /// <summary>A member sees frames from now on.</summary>
    public void Link(PacketSocket member)
    {
        _members.Add(member);
        if (_members.Count == 1) _host.Packets.Register(this);
    }

    /// <summary>A member sees none any more; the last one takes its place.</summary>
    public void Unlink(PacketSocket member)
    {
        int place = _members.IndexOf(member);
        _members[place] = _members[^1];
        _members.RemoveAt(_members.Count - 1);
        if (_members.Count == 0) _host.Packets.Unregister(this);
    }

    /// <summary>A member is closed.</summary>
    public void Leave() => _host.Packets.Fanouts.Leave(this);

    /// <inheritdoc/>
    public void See(in TapFrame frame)
    {
        if (_reassembler is null || frame.Protocol != EthernetProtocol.ETH_P_IP || !IsFragment(frame))
        {
            Choose(frame).See(frame);
            return;
        }
        if (Reassemble(frame) is not { } whole) return;
        TapFrame complete = frame with { Packet = whole };
        Choose(complete).See(complete);
        whole.Release();
    }

    private PacketSocket Choose(in TapFrame frame)
    {
        int count = _members.Count;
        int place = Mode switch
        {
            PacketFanoutMode.Hash => (int)((ulong)PacketFlow.Hash(frame, _hashKey) * (uint)count >> 32),
            PacketFanoutMode.LoadBalance => (int)(++_turn % (uint)count),
            PacketFanoutMode.Random => _host.Random.Next(count),
            PacketFanoutMode.ClassicProgram or PacketFanoutMode.ExtendedProgram => (int)(RunProgram(frame) % (uint)count),
            // A virtual host has one processor, and its devices one queue.
            _ => 0,
        };
        if (Mode == PacketFanoutMode.Rollover) return RollOver(frame, place, triesSelf: false);
        return (Flags & PacketFanoutFlags.Rollover) != 0 ? RollOver(frame, place, triesSelf: true) : _members[place];
    }

    /// <summary>The program sees what the kernel's sees: a received frame from its network header on, one that was sent from its link header on.</summary>
    private uint RunProgram(in TapFrame frame)
    {
        if (Program is not { } program) return 0;
        int start = frame.Type == LinkPacketType.Outgoing ? 0 : frame.NetworkOffset;
        return program.Run(new FilterPacket(frame, start, _host.Random));
    }

    private PacketSocket RollOver(in TapFrame frame, int place, bool triesSelf)
    {
        PacketSocket chosen = _members[place];
        PacketRollover state = chosen.Rollover!;
        var room = PacketRoom.None;
        if (triesSelf)
        {
            room = chosen.RoomFor(frame.Packet);
            if (room == PacketRoom.Normal || room == PacketRoom.Low && !state.IsHuge(PacketFlow.Hash(frame, _hashKey), _host.Random)) return chosen;
        }
        int first = Math.Min(state.Next, _members.Count - 1), at = first;
        do
        {
            PacketSocket candidate = _members[at];
            if ((!triesSelf || candidate != chosen) && !candidate.IsUnderPressure && candidate.RoomFor(frame.Packet) == PacketRoom.Normal)
            {
                state.Next = at;
                state.All++;
                if (room == PacketRoom.Low) state.Huge++;
                return candidate;
            }
            if (++at == _members.Count) at = 0;
        }
        while (at != first);
        state.Failed++;
        return chosen;
    }

    private static bool IsFragment(in TapFrame frame) => Ipv4View.TryParse(frame.Packet.Span[frame.NetworkOffset..], out Ipv4View ip, out _) && ip.IsFragment;

    /// <summary>Takes a fragment.</summary>
    /// <returns>The whole, in the link header of the fragment that made it whole; it is the caller's. Null while fragments are missing.</returns>
    private PacketBuffer? Reassemble(in TapFrame frame)
    {
        PacketBuffer fragment = frame.Packet.Copy();
        fragment.TrimStart(frame.NetworkOffset);
        if (!Ipv4View.TryParse(fragment.Span, out Ipv4View ip, out _))
        {
            fragment.Release();
            return null;
        }
        fragment.TrimEnd(fragment.Length - ip.TotalLength);
        fragment.NetworkOffset = 0;
        if (_reassembler!.Add(fragment, ip) is not { } whole) return null;
        ReadOnlySpan<byte> header = frame.Packet.Span[..frame.NetworkOffset];
        header.CopyTo(whole.Prepend(header.Length));
        whole.Destination = frame.Packet.Destination;
        return whole;
    }
}
