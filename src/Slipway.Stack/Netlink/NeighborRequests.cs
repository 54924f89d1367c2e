using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;
using static Slipway.Sockets.NeighborAttribute;

namespace Slipway.Stack;

/// <summary>RTM_GETNEIGH, RTM_NEWNEIGH, RTM_DELNEIGH (Linux neigh_add and its kin).</summary>
internal sealed class NeighborRequests(StackHost host)
{
    private const byte FlagProxy = 8;
    private const NeighborState Settable = NeighborState.Permanent | NeighborState.Reachable | NeighborState.Stale | NeighborState.Delay | NeighborState.Probe;

    /// <summary>NDA_MASTER.</summary>
    private const ushort Master = 9;

    public NetlinkRefusal Dump(in NetlinkRequest request)
    {
        var family = (AddressFamily)request.Body[0];
        bool hasFixed = request.Body.Length >= NeighborMessages.FixedLength;
        if (request.IsStrict)
        {
            if (!hasFixed) return new(Errno.EINVAL, "Invalid header for neighbor dump request");
            if (request.Body[1..10].ContainsAnyExcept((byte)0) || request.Body[11] != 0 || (request.Body[10] & ~FlagProxy) != 0) return new(Errno.EINVAL, "Invalid values in header for neighbor dump request");
        }
        var attributes = new RequestAttributes(request.Reader.Attributes(NeighborMessages.FixedLength));
        uint index = hasFixed ? attributes.UInt32(NDA_IFINDEX) ?? 0 : 0;
        if (attributes.IsTooShort) return RequestAttributes.TooShort;
        bool isForNone = hasFixed && ((request.Body[10] & FlagProxy) != 0 || attributes.Has(Master));
        var writer = new NetlinkWriter();
        MessageHead head = MessageHead.OfDump(NetlinkMessageType.RTM_NEWNEIGH, request);
        if (index != 0) head = head with { Flags = (ushort)(head.Flags | NetlinkFlags.NLM_F_DUMP_FILTERED) };
        if (!isForNone && family != AddressFamily.Inet6) Write(writer, index, isIPv4: true, head);
        if (!isForNone && family != AddressFamily.Inet) Write(writer, index, isIPv4: false, head);
        return request.Socket.StartDump(request, writer, host.Netlink.Changes.Generation);
    }

    public NetlinkRefusal Get(in NetlinkRequest request)
    {
        NetlinkRefusal refusal = Read(request, out NetworkInterface? device, out IpAddress address, out _);
        if (refusal.Error != Errno.None) return refusal;
        if (!device!.Neighbors.TryGet(address, out NeighborEntry? found)) return new(Errno.ENOENT, "Neighbour entry not found");
        var writer = new NetlinkWriter();
        NeighborMessages.Write(writer, found, MessageHead.OfAnswer(NetlinkMessageType.RTM_NEWNEIGH, request));
        return request.Socket.Reply(writer);
    }

    public NetlinkRefusal Add(in NetlinkRequest request)
    {
        NetlinkRefusal refusal = Read(request, out NetworkInterface? device, out IpAddress address, out RequestAttributes attributes);
        if (refusal.Error != Errno.None) return refusal;
        bool hasLink = attributes.TryFind(NDA_LLADDR, out ReadOnlySpan<byte> link);
        if (hasLink && link.Length < MacAddress.Length) return new(Errno.EINVAL, "Invalid link address");
        var state = (NeighborState)BinaryPrimitives.ReadUInt16LittleEndian(request.Body[8..]);
        byte flags = request.Body[10];
        if ((flags & ~NeighborMessages.FlagRouter) != 0 || attributes.HasOtherThan(NDA_DST, NDA_LLADDR, NDA_CACHEINFO, NDA_PROBES)) return new(Errno.EOPNOTSUPP, "A neighbour of this host has no such setting");
        if ((state & ~Settable) != 0 || state == NeighborState.None) return Errno.EOPNOTSUPP;
        if (!device!.HasLinkAddresses) return Errno.EOPNOTSUPP;
        bool isKnown = device.Neighbors.TryGet(address, out NeighborEntry? entry);
        if (!isKnown && !request.Has(NetlinkFlags.NLM_F_CREATE)) return Errno.ENOENT;
        if (isKnown && request.Has(NetlinkFlags.NLM_F_EXCL)) return Errno.EEXIST;
        if (!hasLink && entry is not { IsValid: true }) return new(Errno.EINVAL, "No link layer address given");
        entry ??= device.Neighbors.GetOrAdd(address);
        if (entry is null) return Errno.ENOBUFS;
        bool mayOverride = !isKnown || request.Has(NetlinkFlags.NLM_F_REPLACE);
        if (mayOverride) entry.IsRouter = (flags & NeighborMessages.FlagRouter) != 0;
        entry.Update(hasLink ? MacAddress.Read(link) : null, state, mayOverride, isAdministrative: true);
        return Errno.None;
    }

    public NetlinkRefusal Remove(in NetlinkRequest request)
    {
        NetlinkRefusal refusal = Read(request, out NetworkInterface? device, out IpAddress address, out _);
        return refusal.Error != Errno.None ? refusal : device!.Neighbors.Remove(address);
    }

    private NetlinkRefusal Read(in NetlinkRequest request, out NetworkInterface? device, out IpAddress address, out RequestAttributes attributes)
    {
        device = null;
        address = default;
        attributes = new RequestAttributes(request.Reader.Attributes(NeighborMessages.FixedLength));
        if (request.Body.Length < NeighborMessages.FixedLength) return new(Errno.EINVAL, "Invalid header length");
        if (!attributes.TryFind(NDA_DST, out ReadOnlySpan<byte> bytes)) return new(Errno.EINVAL, "Network address not specified");
        int index = BinaryPrimitives.ReadInt32LittleEndian(request.Body[4..]);
        if (index != 0 && (device = host.Interfaces.Find(index)) is null) return Errno.ENODEV;
        var family = (AddressFamily)request.Body[0];
        if (family is not (AddressFamily.Inet or AddressFamily.Inet6)) return Errno.EAFNOSUPPORT;
        if (bytes.Length < (family == AddressFamily.Inet ? 4 : 16)) return new(Errno.EINVAL, "Invalid network address");
        if ((request.Body[10] & FlagProxy) != 0) return Errno.EOPNOTSUPP;
        if (device is null) return new(Errno.EINVAL, "No device specified");
        address = family == AddressFamily.Inet ? IpAddress.ReadIPv4(bytes) : IpAddress.ReadIPv6(bytes);
        return Errno.None;
    }

    private void Write(NetlinkWriter writer, uint index, bool isIPv4, in MessageHead head)
    {
        foreach (NetworkInterface device in host.Interfaces)
        {
            if (index != 0 && index != device.Index) continue;
            foreach (NeighborEntry entry in device.Neighbors.List())
            {
                if (entry.Address.IsIPv4 == isIPv4) NeighborMessages.Write(writer, entry, head);
            }
        }
    }
}
