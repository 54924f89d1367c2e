using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>The options of RFC 3678 §5, which name groups and sources by sockaddr_storage: group_req, group_source_req, group_filter.</summary>
/// <param name="family">The family of the level.</param>
internal sealed class GroupRequest(AddressFamily family)
{
    private const int StorageLength = 128, GroupOffset = 8, SourceOffset = GroupOffset + StorageLength;
    private const int GroupLength = SourceOffset, SourceLength = SourceOffset + StorageLength;

    private const int ModeOffset = SourceOffset, CountOffset = ModeOffset + 4, ListOffset = CountOffset + 4;

    private bool IsIPv4 => family == AddressFamily.Inet;

    /// <summary>MCAST_JOIN_GROUP, MCAST_LEAVE_GROUP.</summary>
    public Errno WriteGroup(InetSocket socket, ReadOnlySpan<byte> value, bool join)
    {
        if (value.Length < GroupLength) return Errno.EINVAL;
        if (!TryRead(value[GroupOffset..], out IpAddress group)) return IsIPv4 ? Errno.EINVAL : Errno.EADDRNOTAVAIL;
        if (!IsOfFamily(group)) return Errno.EINVAL;
        InterfaceChoice by = InterfaceOf(value);
        return join ? socket.Memberships.Join(group, by, SourceFilter.Everybody) : socket.Memberships.Leave(group, by);
    }

    /// <summary>MCAST_JOIN_SOURCE_GROUP and its like.</summary>
    public Errno WriteSource(InetSocket socket, ReadOnlySpan<byte> value, FilterMode mode, bool add)
    {
        if (value.Length < SourceLength) return Errno.EINVAL;
        if (!TryRead(value[GroupOffset..], out IpAddress group) || !TryRead(value[SourceOffset..], out IpAddress source)) return Errno.EADDRNOTAVAIL;
        if (!IsOfFamily(group)) return Errno.EINVAL;
        InterfaceChoice by = InterfaceOf(value);
        return add && mode == FilterMode.Include ? GroupHandlers.JoinSource(socket, group, by, source) : socket.Memberships.ChangeSource(group, by, source, mode, add);
    }

    /// <summary>Sets MCAST_MSFILTER.</summary>
    public Errno WriteFilter(InetSocket socket, ReadOnlySpan<byte> value)
    {
        if (value.Length < ListOffset) return Errno.EINVAL;
        if (value.Length > socket.Host.Sysctl.Core.OptmemMax.Value) return Errno.ENOBUFS;
        uint count = BinaryPrimitives.ReadUInt32LittleEndian(value[CountOffset..]);
        int most = (IsIPv4 ? socket.Host.Sysctl.IPv4.IgmpMaxMsf : socket.Host.Sysctl.IPv6.MldMaxMsf).Value;
        if (count > (uint)most) return Errno.ENOBUFS;
        if (ListOffset + (long)count * StorageLength > value.Length) return Errno.EINVAL;
        bool isGroup = TryRead(value[GroupOffset..], out IpAddress group);
        if (IsIPv4 && !isGroup) return Errno.EADDRNOTAVAIL;
        var sources = new IpAddress[count];
        for (int i = 0; i < sources.Length; i++)
        {
            ReadOnlySpan<byte> listed = value[(ListOffset + i * StorageLength)..];
            // IPv6 takes the bytes for an address of its own whatever family they name (Linux ip6_mc_msfilter).
            if (IsIPv4 && !TryRead(listed, out sources[i])) return Errno.EADDRNOTAVAIL;
            if (!IsIPv4) sources[i] = SockAddr.IPv6Of(listed);
        }
        if (!IsIPv4) group = SockAddr.IPv6Of(value[GroupOffset..]);
        return IsOfFamily(group) ? socket.Memberships.SetFilter(group, InterfaceOf(value), BinaryPrimitives.ReadInt32LittleEndian(value[ModeOffset..]), sources) : Errno.EINVAL;
    }

    /// <summary>Reads MCAST_MSFILTER: the caller's structure names group and interface, and says for how many sources there is room.</summary>
    public CallResult ReadFilter(InetSocket socket, Span<byte> value)
    {
        if (value.Length < ListOffset) return Errno.EINVAL;
        if (!TryRead(value[GroupOffset..], out IpAddress group)) return IsIPv4 ? Errno.EINVAL : Errno.EADDRNOTAVAIL;
        if (!IsOfFamily(group)) return Errno.EINVAL;
        Errno error = socket.Memberships.GetFilter(group, InterfaceOf(value), looksForInterface: false, out SourceFilter filter);
        if (error != Errno.None) return error;
        uint room = BinaryPrimitives.ReadUInt32LittleEndian(value[CountOffset..]);
        int count = (int)Math.Min(room, (uint)filter.Count);
        int length = ListOffset + count * StorageLength;
        if (length > value.Length) return Errno.EFAULT;
        BinaryPrimitives.WriteInt32LittleEndian(value[ModeOffset..], (int)filter.Mode);
        BinaryPrimitives.WriteInt32LittleEndian(value[CountOffset..], filter.Count);
        for (int i = 0; i < count; i++)
        {
            Span<byte> listed = value.Slice(ListOffset + i * StorageLength, StorageLength);
            listed.Clear();
            SockAddr.Write(listed, family, filter.Sources[i], 0);
        }
        return length;
    }

    private static InterfaceChoice InterfaceOf(ReadOnlySpan<byte> value) => new(BinaryPrimitives.ReadInt32LittleEndian(value));

    private bool IsOfFamily(IpAddress group) => group.IsIPv4 == IsIPv4;

    private bool TryRead(ReadOnlySpan<byte> storage, out IpAddress address)
    {
        address = default;
        if (SockAddr.FamilyOf(storage) != family) return false;
        address = IsIPv4 ? SockAddr.IPv4Of(storage) : SockAddr.IPv6Of(storage);
        return true;
    }
}
