using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;
using static Slipway.Sockets.LinkAttribute;

namespace Slipway.Stack;

/// <summary>Writes a link as RTM_NEWLINK has it: struct ifinfomsg and attributes in the kernel's order (rtnl_fill_ifinfo).</summary>
internal static class LinkMessages
{
    public const int FixedLength = 16;

    /// <summary>RTEXT_FILTER_SKIP_STATS of IFLA_EXT_MASK.</summary>
    public const uint SkipStatistics = 8;

    private const int Statistics64Length = 25 * sizeof(ulong), StatisticsCount = 24, MapLength = 32;
    private const uint LongestCut = 65536, MostCut = 65535;

    /// <param name="writer">Where to.</param>
    /// <param name="device">The link.</param>
    /// <param name="head">The header.</param>
    /// <param name="mask">IFLA_EXT_MASK of the request.</param>
    public static void Write(NetlinkWriter writer, NetworkInterface device, in MessageHead head, uint mask = 0)
    {
        head.Begin(writer);
        Span<byte> link = writer.Fixed(FixedLength);
        BinaryPrimitives.WriteUInt16LittleEndian(link[2..], InterfaceFlags.HardwareOf(device));
        BinaryPrimitives.WriteInt32LittleEndian(link[4..], device.Index);
        BinaryPrimitives.WriteInt32LittleEndian(link[8..], InterfaceFlags.Of(device));
        writer.Attribute(IFLA_IFNAME, device.Name);
        writer.Attribute(IFLA_TXQLEN, (uint)device.QueueLength);
        writer.Attribute(IFLA_OPERSTATE, InterfaceFlags.StateOf(device));
        writer.Attribute(IFLA_LINKMODE, (byte)0);
        writer.Attribute(IFLA_MTU, (uint)device.Mtu);
        writer.Attribute(IFLA_MIN_MTU, device.IsLoopback ? 0u : LinkDevice.MinMtu);
        writer.Attribute(IFLA_MAX_MTU, device.IsLoopback ? 0u : LinkDevice.MaxMtu);
        writer.Attribute(IFLA_GROUP, 0u);
        writer.Attribute(IFLA_PROMISCUITY, 0u);
        writer.Attribute(IFLA_ALLMULTI, 0u);
        writer.Attribute(IFLA_NUM_TX_QUEUES, 1u);
        writer.Attribute(IFLA_GSO_MAX_SEGS, MostCut);
        writer.Attribute(IFLA_GSO_MAX_SIZE, LongestCut);
        writer.Attribute(IFLA_NUM_RX_QUEUES, 1u);
        writer.Attribute(IFLA_CARRIER, device.Device.HasCarrier ? (byte)1 : (byte)0);
        (int up, int down) = device.CarrierChanges;
        writer.Attribute(IFLA_CARRIER_CHANGES, (uint)(up + down));
        writer.Attribute(IFLA_CARRIER_UP_COUNT, (uint)up);
        writer.Attribute(IFLA_CARRIER_DOWN_COUNT, (uint)down);
        writer.Attribute(IFLA_PROTO_DOWN, (byte)0);
        WriteAddresses(writer, device);
        if ((mask & SkipStatistics) == 0) WriteStatistics(writer, device.Device.Counters);
        writer.Attribute(IFLA_QDISC, "noqueue");
        writer.Attribute(IFLA_MAP, stackalloc byte[MapLength]);
        writer.EndMessage();
    }

    private static void WriteAddresses(NetlinkWriter writer, NetworkInterface device)
    {
        if (!device.HasLinkAddresses && !device.IsLoopback) return;
        Span<byte> address = stackalloc byte[MacAddress.Length];
        device.Device.Address.Write(address);
        writer.Attribute(IFLA_ADDRESS, address);
        (device.HasLinkAddresses ? MacAddress.Broadcast : default).Write(address);
        writer.Attribute(IFLA_BROADCAST, address);
    }

    /// <summary>struct rtnl_link_stats64, then the same numbers in 32 bits.</summary>
    private static void WriteStatistics(NetlinkWriter writer, in DeviceCounters counters)
    {
        ReadOnlySpan<long> known =
        [
            counters.RxPackets, counters.TxPackets, counters.RxBytes, counters.TxBytes, counters.RxErrors, counters.TxErrors, counters.RxDropped, counters.TxDropped, counters.Multicast,
        ];
        Span<byte> wide = stackalloc byte[Statistics64Length];
        Span<byte> narrow = stackalloc byte[StatisticsCount * sizeof(uint)];
        wide.Clear();
        narrow.Clear();
        for (int i = 0; i < known.Length; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(wide[(i * sizeof(ulong))..], known[i]);
            BinaryPrimitives.WriteUInt32LittleEndian(narrow[(i * sizeof(uint))..], (uint)known[i]);
        }
        writer.Attribute(IFLA_STATS64, wide);
        writer.Attribute(IFLA_STATS, narrow);
    }
}
