using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>Times and addresses as netlink has them.</summary>
internal static class NetlinkValues
{
    private const long Tick = 10 * StackClock.Millisecond;

    /// <summary>Nanoseconds in hundredths of a second (USER_HZ).</summary>
    public static uint Ticks(long nanoseconds) => (uint)(nanoseconds / Tick);

    /// <summary>An attribute that is an address: 4 or 16 bytes.</summary>
    public static void Attribute(this NetlinkWriter writer, ushort type, IpAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (address.IsIPv4) address.WriteIPv4(bytes);
        else address.WriteIPv6(bytes);
        writer.Attribute(type, bytes[..address.Length]);
    }
}
