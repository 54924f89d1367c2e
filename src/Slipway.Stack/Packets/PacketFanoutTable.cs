using System.Buffers.Binary;
using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>The groups of packet sockets of one host, and how a socket comes into one (Linux fanout_add).</summary>
internal sealed class PacketFanoutTable(StackHost host)
{
    // struct fanout_args; its first four bytes alone are enough.
    private const int ShortLength = 4, Length = 8;
    private const int UsualMembers = 256, MostMembers = 1 << 16;

    private readonly List<PacketFanoutGroup> _groups = [];
    private ushort _lastUniqueId;

    /// <summary>Sets PACKET_FANOUT.</summary>
    public Errno Join(PacketSocket socket, ReadOnlySpan<byte> value)
    {
        if (value.Length is not (ShortLength or Length)) return Errno.EINVAL;
        ushort id = BinaryPrimitives.ReadUInt16LittleEndian(value);
        ushort modeAndFlags = BinaryPrimitives.ReadUInt16LittleEndian(value[2..]);
        uint most = value.Length == Length ? BinaryPrimitives.ReadUInt32LittleEndian(value[4..]) : 0;
        var mode = (PacketFanoutMode)(byte)modeAndFlags;
        var flags = (PacketFanoutFlags)(modeAndFlags & 0xFF00);
        bool rollsOver = (flags & PacketFanoutFlags.Rollover) != 0;
        if (mode > PacketFanoutMode.ExtendedProgram || mode == PacketFanoutMode.Rollover && rollsOver) return Errno.EINVAL;
        if (socket.Group is not null) return Errno.EALREADY;
        if ((flags & PacketFanoutFlags.UniqueId) != 0)
        {
            if (id != 0) return Errno.EINVAL;
            if (!TryFindUniqueId(out id)) return Errno.ENOMEM;
            flags &= ~PacketFanoutFlags.UniqueId;
        }
        PacketFanoutGroup? group = Find(id);
        if (group is null)
        {
            if (most > MostMembers) return Errno.EINVAL;
            group = new PacketFanoutGroup(host, id, mode, flags, most == 0 ? UsualMembers : (int)most, socket);
        }
        else if (group.Flags != flags || most != 0 && most != (uint)group.MaxMembers) return Errno.EINVAL;
        if (socket.TapProtocol == 0 || group.Mode != mode || group.TapProtocol != socket.TapProtocol || group.TapInterface != socket.TapInterface) return Errno.EINVAL;
        if (group.References >= group.MaxMembers) return Errno.ENOSPC;
        if (group.References++ == 0) _groups.Add(group);
        socket.Join(group);
        return Errno.None;
    }

    /// <summary>A member has left; the last one takes the group with it.</summary>
    public void Leave(PacketFanoutGroup group)
    {
        if (--group.References == 0) _groups.Remove(group);
    }

    private PacketFanoutGroup? Find(ushort id)
    {
        foreach (PacketFanoutGroup group in _groups)
        {
            if (group.Id == id) return group;
        }
        return null;
    }

    private bool TryFindUniqueId(out ushort id)
    {
        id = _lastUniqueId;
        do
        {
            if (Find(id) is null)
            {
                _lastUniqueId = (ushort)(id + 1);
                return true;
            }
            id++;
        }
        while (id != _lastUniqueId);
        return false;
    }
}
