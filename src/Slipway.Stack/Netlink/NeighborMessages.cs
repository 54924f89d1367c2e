using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;
using static Slipway.Sockets.NeighborAttribute;

namespace Slipway.Stack;

/// <summary>Writes a neighbour as RTM_NEWNEIGH has it: struct ndmsg and attributes in the kernel's order (neigh_fill_info).</summary>
internal static class NeighborMessages
{
    public const int FixedLength = 12;
    public const byte FlagRouter = 0x80;

    private const byte TypeUnicast = 1;
    private const int CacheInfoLength = 16;

    public static void Write(NetlinkWriter writer, NeighborEntry neighbor, in MessageHead head)
    {
        head.Begin(writer);
        Span<byte> fixedPart = writer.Fixed(FixedLength);
        fixedPart[0] = (byte)(neighbor.Address.IsIPv4 ? AddressFamily.Inet : AddressFamily.Inet6);
        BinaryPrimitives.WriteInt32LittleEndian(fixedPart[4..], neighbor.Interface.Index);
        BinaryPrimitives.WriteUInt16LittleEndian(fixedPart[8..], (ushort)neighbor.State);
        fixedPart[10] = neighbor.IsRouter ? FlagRouter : (byte)0;
        fixedPart[11] = TypeUnicast;
        writer.Attribute(NDA_DST, neighbor.Address);
        if (neighbor.IsValid)
        {
            Span<byte> address = stackalloc byte[MacAddress.Length];
            neighbor.LinkAddress.Write(address);
            writer.Attribute(NDA_LLADDR, address);
        }
        writer.Attribute(NDA_PROBES, (uint)neighbor.Probes);
        long now = neighbor.Interface.Host.Loop.Now;
        // struct nda_cacheinfo: ages in hundredths of a second, and who refers to it beside the table.
        Span<byte> times = stackalloc byte[CacheInfoLength];
        times.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(times, NetlinkValues.Ticks(now - neighbor.Confirmed));
        BinaryPrimitives.WriteUInt32LittleEndian(times[4..], NetlinkValues.Ticks(now - neighbor.LastUsed));
        BinaryPrimitives.WriteUInt32LittleEndian(times[8..], NetlinkValues.Ticks(now - neighbor.Updated));
        writer.Attribute(NDA_CACHEINFO, times);
        writer.EndMessage();
    }
}
