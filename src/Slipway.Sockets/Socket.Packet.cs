using System.Buffers.Binary;

namespace Slipway.Sockets;

/// <summary>Packet sockets: the calls with their addresses, and what they have beside options of one number (packet(7)).</summary>
public sealed partial class Socket
{
    // struct packet_mreq.
    private const int MembershipLength = 16, MembershipAddressOffset = 8;

    /// <summary>bind(2).</summary>
    /// <exception cref="SocketCallException">ENODEV for an interface that is not there, EINVAL for a member of a group.</exception>
    public void Bind(LinkLayerAddress address)
    {
        Span<byte> bytes = stackalloc byte[LinkLayerAddress.StructureLength];
        address.Write(bytes);
        CheckLink(_system.Bind(_descriptor, bytes), "bind", address);
    }

    /// <summary>sendto(2): a whole frame of a raw socket, or of a datagram socket what the device puts a header before.</summary>
    /// <returns>Bytes taken.</returns>
    /// <exception cref="SocketCallException">ENXIO without an interface, ENETDOWN for one that is down, EMSGSIZE beyond its MTU, EINVAL for less than a header.</exception>
    public int SendTo(ReadOnlySpan<byte> data, LinkLayerAddress to, MessageFlags flags = MessageFlags.None)
    {
        Span<byte> bytes = stackalloc byte[LinkLayerAddress.StructureLength];
        to.Write(bytes);
        CallResult result = _system.SendTo(_descriptor, data, flags, bytes);
        CheckLink(result.Error, "sendto", to);
        return result.Value;
    }

    /// <summary>recvfrom(2).</summary>
    /// <returns>Bytes received; with MSG_TRUNC the packet's length, though it be more.</returns>
    public int ReceiveFromLink(Span<byte> data, out LinkLayerAddress from, MessageFlags flags = MessageFlags.None) => ReceiveFrom<LinkLayerAddress>(LinkLayerAddress.TryRead, data, out from, flags);

    /// <summary>getsockname(2) of a packet socket.</summary>
    public LinkLayerAddress LocalLinkAddress => GetName<LinkLayerAddress>(LinkLayerAddress.TryRead, peer: false);

    /// <summary>PACKET_ADD_MEMBERSHIP: has a device let more in. It counts, and is given back when the socket is closed.</summary>
    /// <param name="interfaceIndex">The interface.</param>
    /// <param name="membership">What it is to let in.</param>
    /// <param name="address">The link-layer address, where it is one.</param>
    /// <exception cref="SocketCallException">ENODEV for an interface that is not there, EINVAL for an address of a length that its link has not.</exception>
    public void AddPacketMembership(int interfaceIndex, PacketMembership membership, ReadOnlySpan<byte> address = default)
        => SetMembership(SocketOptionName.PACKET_ADD_MEMBERSHIP, interfaceIndex, membership, address);

    /// <summary>PACKET_DROP_MEMBERSHIP: gives one back. One that the socket has not is no error.</summary>
    public void DropPacketMembership(int interfaceIndex, PacketMembership membership, ReadOnlySpan<byte> address = default)
        => SetMembership(SocketOptionName.PACKET_DROP_MEMBERSHIP, interfaceIndex, membership, address);

    /// <summary>PACKET_STATISTICS: what came since the last time that somebody asked.</summary>
    public PacketStatistics TakePacketStatistics()
    {
        Span<byte> bytes = stackalloc byte[12];
        bytes.Clear();
        GetPacketOption(SocketOptionName.PACKET_STATISTICS, bytes);
        return new PacketStatistics(BinaryPrimitives.ReadUInt32LittleEndian(bytes), BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]))
        {
            Freezes = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]),
        };
    }

    /// <summary>PACKET_ROLLOVER_STATS.</summary>
    /// <exception cref="SocketCallException">EINVAL for a socket that is in no group that rolls over.</exception>
    public PacketRolloverStatistics GetRolloverStatistics()
    {
        Span<byte> bytes = stackalloc byte[24];
        GetPacketOption(SocketOptionName.PACKET_ROLLOVER_STATS, bytes);
        return new PacketRolloverStatistics(BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]), BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]));
    }

    /// <summary>PACKET_FANOUT: joins a group, or makes it. The socket must have a protocol, and the members the same one and the same interface.</summary>
    /// <exception cref="SocketCallException">EINVAL where it does not fit the group, EALREADY for a member, ENOSPC where the group is full.</exception>
    public void JoinFanout(PacketFanout fanout)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, fanout.Value);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], fanout.MaxMembers);
        SetOption(SocketLevel.SOL_PACKET, SocketOptionName.PACKET_FANOUT, bytes);
    }

    /// <summary>PACKET_FANOUT read: the socket's group; null where what is read is 0, as of a socket in no group (and of one in group 0 of mode 0 without flags).</summary>
    public PacketFanout? Fanout
    {
        get
        {
            int value = GetOption(SocketLevel.SOL_PACKET, SocketOptionName.PACKET_FANOUT);
            return value == 0 ? null : PacketFanout.FromValue((uint)value);
        }
    }

    /// <summary>PACKET_FANOUT_DATA of a group of mode <see cref="PacketFanoutMode.ClassicProgram"/>: its verdict, modulo their number, is the member from 0. Until it is set, the first gets all.</summary>
    /// <exception cref="SocketCallException">EINVAL for an invalid program or another group, EPERM after <see cref="LockFilter"/>.</exception>
    public void AttachFanoutFilter(ClassicFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        Check(_system.AttachFanoutFilter(_descriptor, filter.Instructions), "setsockopt(PACKET_FANOUT_DATA)");
    }

    /// <summary>PACKET_FANOUT_DATA of a group of mode <see cref="PacketFanoutMode.ExtendedProgram"/>, by the descriptor that <see cref="SocketSystem.LoadProgram"/> gave.</summary>
    /// <exception cref="SocketCallException">EBADF, EINVAL for a descriptor of something else or another group, EPERM after <see cref="LockFilter"/>.</exception>
    public void AttachFanoutProgram(int program) => SetOption(SocketLevel.SOL_PACKET, SocketOptionName.PACKET_FANOUT_DATA, program);

    private void SetMembership(int option, int interfaceIndex, PacketMembership membership, ReadOnlySpan<byte> address)
    {
        if (address.Length > MembershipLength - MembershipAddressOffset) throw new ArgumentException("A link-layer address has at most 8 bytes here.", nameof(address));
        Span<byte> bytes = stackalloc byte[MembershipLength];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, interfaceIndex);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[4..], (ushort)membership);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[6..], (ushort)address.Length);
        address.CopyTo(bytes[MembershipAddressOffset..]);
        SetOption(SocketLevel.SOL_PACKET, option, bytes);
    }

    private void GetPacketOption(int option, Span<byte> value)
    {
        int length = value.Length;
        Check(_system.GetSockOpt(_descriptor, SocketLevel.SOL_PACKET, option, value, ref length), "getsockopt");
    }

    private static void CheckLink(Errno error, string call, LinkLayerAddress address)
    {
        if (error != Errno.None) throw Failure(error, $"{call}({address})");
    }
}
