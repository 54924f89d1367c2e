using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;
using static Slipway.Sockets.AddressAttribute;

namespace Slipway.Stack;

/// <summary>Writes an address as RTM_NEWADDR has it: struct ifaddrmsg and attributes in the kernel's order (inet_fill_ifaddr, inet6_fill_ifaddr).</summary>
internal static class AddressMessages
{
    public const int FixedLength = 8;

    private const int CacheInfoLength = 16;
    private const uint Forever = uint.MaxValue;

    public static void Write(NetlinkWriter writer, LocalAddress address, in MessageHead head)
    {
        bool isIPv4 = address.Address.IsIPv4;
        AddressFlags flags = FlagsOf(address);
        head.Begin(writer);
        Span<byte> fixedPart = writer.Fixed(FixedLength);
        fixedPart[0] = (byte)(isIPv4 ? AddressFamily.Inet : AddressFamily.Inet6);
        fixedPart[1] = (byte)address.Prefix.Length;
        fixedPart[2] = (byte)flags;
        fixedPart[3] = (byte)address.Scope;
        BinaryPrimitives.WriteInt32LittleEndian(fixedPart[4..], address.Interface.Index);
        if (isIPv4) WriteIPv4(writer, address, flags);
        else WriteIPv6(writer, address, flags);
        writer.EndMessage();
    }

    public static AddressFlags FlagsOf(LocalAddress address)
    {
        AddressFlags flags = address.IsAutoconfigured ? AddressFlags.None : AddressFlags.Permanent;
        if (address.IsSecondary || address.IsTemporary) flags |= AddressFlags.Secondary;
        if (address.IsDeprecated) flags |= AddressFlags.Deprecated;
        if (address.IsTentative) flags |= AddressFlags.Tentative;
        if (address.IsOptimistic) flags |= AddressFlags.Tentative | AddressFlags.Optimistic;
        if (address.IsStable) flags |= AddressFlags.StablePrivacy;
        if (address is { Origin: AddressOrigin.Router, IsTemporary: false }) flags |= AddressFlags.ManagesTemporary;
        if (address.IsDuplicate) flags |= AddressFlags.Duplicate;
        // The loopback's own address has no route to a network either, but nobody asked for that.
        if (address.Origin == AddressOrigin.User) flags |= address.UserFlags & (AddressFlags.NoPrefixRoute | AddressFlags.NoDuplicateDetection);
        return flags;
    }

    private static void WriteIPv4(NetlinkWriter writer, LocalAddress address, AddressFlags flags)
    {
        writer.Attribute(IFA_ADDRESS, address.Peer.IsUnspecified ? address.Address : address.Peer);
        writer.Attribute(IFA_LOCAL, address.Address);
        // The loopback has a broadcast route, but tells no broadcast address.
        if (!address.Broadcast.IsUnspecified && !address.Interface.IsLoopback) writer.Attribute(IFA_BROADCAST, address.Broadcast);
        writer.Attribute(IFA_LABEL, address.Label);
        writer.Attribute(IFA_FLAGS, (uint)flags);
        if (address.Metric != 0) writer.Attribute(IFA_RT_PRIORITY, (uint)address.Metric);
        WriteTimes(writer, address);
    }

    private static void WriteIPv6(NetlinkWriter writer, LocalAddress address, AddressFlags flags)
    {
        if (!address.Peer.IsUnspecified) writer.Attribute(IFA_LOCAL, address.Address);
        writer.Attribute(IFA_ADDRESS, address.Peer.IsUnspecified ? address.Address : address.Peer);
        if (address.Metric != 0) writer.Attribute(IFA_RT_PRIORITY, (uint)address.Metric);
        WriteTimes(writer, address);
        writer.Attribute(IFA_FLAGS, (uint)flags);
        if (address.Origin != AddressOrigin.User && !address.IsTemporary) writer.Attribute(IFA_PROTO, (byte)address.Origin);
    }

    /// <summary>struct ifa_cacheinfo: lifetimes in seconds, times in hundredths since the host began.</summary>
    private static void WriteTimes(NetlinkWriter writer, LocalAddress address)
    {
        Span<byte> times = stackalloc byte[CacheInfoLength];
        BinaryPrimitives.WriteUInt32LittleEndian(times, address.IsDeprecated ? 0 : SecondsUntil(address, address.Lifetime?.PreferredUntil));
        BinaryPrimitives.WriteUInt32LittleEndian(times[4..], SecondsUntil(address, address.Lifetime?.ValidUntil));
        BinaryPrimitives.WriteUInt32LittleEndian(times[8..], NetlinkValues.Ticks(address.Created));
        BinaryPrimitives.WriteUInt32LittleEndian(times[12..], NetlinkValues.Ticks(address.Updated));
        writer.Attribute(IFA_CACHEINFO, times);
    }

    private static uint SecondsUntil(LocalAddress address, long? time)
        => time is not { } end || end == AddressLifetime.Forever ? Forever : (uint)Math.Max((end - address.Interface.Host.Loop.Now) / StackClock.Second, 0);
}
