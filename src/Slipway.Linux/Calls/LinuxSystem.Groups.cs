using System.Buffers.Binary;
using Slipway.Sockets;

namespace Slipway.Linux;

/// <content>Filters of multicast sources, whose getsockopt believes a count inside the value and not its length.</content>
public sealed partial class LinuxSystem
{
    private const int FilterHeader = 16, StorageFilterHeader = 144, StorageLength = 128;

    /// <summary>More sources than any setting that makes sense allows (igmp_max_msf, mld_max_msf).</summary>
    private const int MostSources = 16384;

    private static bool IsSourceFilter(int level, int name)
        => level == SocketLevel.IPPROTO_IP && name is SocketOptionName.IP_MSFILTER or SocketOptionName.MCAST_MSFILTER
            || level == SocketLevel.IPPROTO_IPV6 && name == SocketOptionName.MCAST_MSFILTER;

    /// <summary>IP_MSFILTER and MCAST_MSFILTER: the kernel writes as many sources as the structure says that there is room for. It gets that room; what is too much for the caller's is EFAULT, as where memory ends.</summary>
    private static unsafe Errno GetSourceFilter(int descriptor, int level, int name, Span<byte> value, ref int length)
    {
        bool isShort = name == SocketOptionName.IP_MSFILTER;
        int header = isShort ? FilterHeader : StorageFilterHeader;
        uint count = value.Length >= header ? BinaryPrimitives.ReadUInt32LittleEndian(value[(header - 4)..]) : 0;
        if (count > MostSources) count = MostSources;
        byte[] scratch = new byte[Math.Max(value.Length, header + (int)count * (isShort ? 4 : StorageLength))];
        value.CopyTo(scratch);
        if (value.Length >= header) BinaryPrimitives.WriteUInt32LittleEndian(scratch.AsSpan(header - 4), count);
        fixed (byte* room = scratch)
        fixed (int* written = &length)
        {
            Errno error = Libc.Status(Libc.GetSockOpt(descriptor, level, name, room, written));
            if (error != Errno.None) return error;
        }
        if (length > value.Length) return Errno.EFAULT;
        scratch.AsSpan(0, value.Length).CopyTo(value);
        return Errno.None;
    }
}
