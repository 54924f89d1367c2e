using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>IP_MSFILTER: the sources of a group as a list, struct ip_msfilter (ip(7), RFC 3678 §4.1.3).</summary>
internal static class GroupFilterOptions
{
    private const int ModeOffset = 8, CountOffset = 12, ListOffset = 16;

    public static Errno Write4(InetSocket socket, ReadOnlySpan<byte> value)
    {
        if (value.Length < ListOffset) return Errno.EINVAL;
        if (value.Length > socket.Host.Sysctl.Core.OptmemMax.Value) return Errno.ENOBUFS;
        uint count = BinaryPrimitives.ReadUInt32LittleEndian(value[CountOffset..]);
        if (count > (uint)socket.Host.Sysctl.IPv4.IgmpMaxMsf.Value) return Errno.ENOBUFS;
        if (ListOffset + (long)count * 4 > value.Length) return Errno.EINVAL;
        var sources = new IpAddress[count];
        for (int i = 0; i < sources.Length; i++) sources[i] = IpAddress.ReadIPv4(value[(ListOffset + i * 4)..]);
        return socket.Memberships.SetFilter(IpAddress.ReadIPv4(value), InterfaceOf(value), BinaryPrimitives.ReadInt32LittleEndian(value[ModeOffset..]), sources);
    }

    /// <summary>The caller's structure names group and interface, and says for how many sources there is room.</summary>
    public static CallResult Read4(InetSocket socket, Span<byte> value)
    {
        if (value.Length < ListOffset) return Errno.EINVAL;
        Errno error = socket.Memberships.GetFilter(IpAddress.ReadIPv4(value), InterfaceOf(value), looksForInterface: true, out SourceFilter filter);
        if (error != Errno.None) return error;
        uint room = BinaryPrimitives.ReadUInt32LittleEndian(value[CountOffset..]);
        int count = (int)Math.Min(room, (uint)filter.Count);
        int length = ListOffset + count * 4;
        if (length > value.Length) return Errno.EFAULT;
        BinaryPrimitives.WriteInt32LittleEndian(value[ModeOffset..], (int)filter.Mode);
        BinaryPrimitives.WriteInt32LittleEndian(value[CountOffset..], filter.Count);
        for (int i = 0; i < count; i++) filter.Sources[i].WriteIPv4(value[(ListOffset + i * 4)..]);
        return length;
    }

    private static InterfaceChoice InterfaceOf(ReadOnlySpan<byte> value) => new(0) { Address = IpAddress.ReadIPv4(value[4..]) };
}
