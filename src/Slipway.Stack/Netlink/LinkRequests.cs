using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;
using static Slipway.Sockets.LinkAttribute;

namespace Slipway.Stack;

/// <summary>RTM_GETLINK, RTM_NEWLINK, RTM_SETLINK, RTM_DELLINK.</summary>
internal sealed class LinkRequests(StackHost host)
{
    /// <summary>AF_BRIDGE asks for the ports of bridges, which a host has none of.</summary>
    private const int BridgeFamily = 7;

    public NetlinkRefusal Dump(in NetlinkRequest request)
    {
        bool hasFixed = request.Body.Length >= LinkMessages.FixedLength;
        if (request.IsStrict)
        {
            if (!hasFixed) return new(Errno.EINVAL, "Invalid header for link dump");
            if (request.Body[1] != 0 || request.Body[2..4].ContainsAnyExcept((byte)0) || request.Body[8..LinkMessages.FixedLength].ContainsAnyExcept((byte)0)) return new(Errno.EINVAL, "Invalid values in header for link dump request");
            if (IndexOf(request) != 0) return new(Errno.EINVAL, "Filter by device index not supported for link dumps");
        }
        var attributes = new RequestAttributes(request.Reader.Attributes(LinkMessages.FixedLength));
        uint mask = hasFixed ? attributes.UInt32(IFLA_EXT_MASK) ?? 0 : 0;
        if (attributes.IsTooShort) return RequestAttributes.TooShort;
        var writer = new NetlinkWriter();
        // No link here has a kind or a master: who asks for those of one gets none.
        bool isForNone = request.Body[0] == BridgeFamily || hasFixed && (attributes.Has(IFLA_LINKINFO) || attributes.Has(Master));
        foreach (NetworkInterface device in host.Interfaces)
        {
            if (!isForNone) LinkMessages.Write(writer, device, MessageHead.OfDump(NetlinkMessageType.RTM_NEWLINK, request), mask);
        }
        return request.Socket.StartDump(request, writer, host.Netlink.Changes.Generation);
    }

    public NetlinkRefusal Get(in NetlinkRequest request)
    {
        NetlinkRefusal refusal = Find(request, out NetworkInterface? device, out RequestAttributes attributes);
        if (refusal.Error != Errno.None) return refusal;
        uint mask = attributes.UInt32(IFLA_EXT_MASK) ?? 0;
        if (attributes.IsTooShort) return RequestAttributes.TooShort;
        if (device is null) return Errno.ENODEV;
        var writer = new NetlinkWriter();
        LinkMessages.Write(writer, device, MessageHead.OfAnswer(NetlinkMessageType.RTM_NEWLINK, request), mask);
        return request.Socket.Reply(writer);
    }

    public NetlinkRefusal Change(in NetlinkRequest request)
    {
        NetlinkRefusal refusal = Find(request, out NetworkInterface? device, out RequestAttributes attributes);
        bool isNew = request.Type == NetlinkMessageType.RTM_NEWLINK;
        if (isNew && device is null && request.Has(NetlinkFlags.NLM_F_CREATE)) return new(Errno.EOPNOTSUPP, "Unknown device type");
        if (refusal.Error != Errno.None) return refusal;
        if (device is null) return Errno.ENODEV;
        if (isNew && request.Has(NetlinkFlags.NLM_F_EXCL)) return Errno.EEXIST;
        if (isNew && request.Has(NetlinkFlags.NLM_F_REPLACE)) return Errno.EOPNOTSUPP;
        if (attributes.HasOtherThan(IFLA_IFNAME, IFLA_MTU, IFLA_TXQLEN, IFLA_ADDRESS, IFLA_EXT_MASK)) return new(Errno.EOPNOTSUPP, "A link of this host has no such setting");
        uint? mtu = attributes.UInt32(IFLA_MTU), queue = attributes.UInt32(IFLA_TXQLEN);
        if (attributes.IsTooShort) return RequestAttributes.TooShort;
        if (attributes.TryFind(IFLA_ADDRESS, out ReadOnlySpan<byte> address))
        {
            if (address.Length < MacAddress.Length) return Errno.EINVAL;
            Errno error = device.SetLinkAddress(MacAddress.Read(address));
            if (error != Errno.None) return error;
        }
        if (mtu is { } bytes && SetMtu(device, bytes) is { Error: not Errno.None } tooBad) return tooBad;
        if (attributes.Text(IFLA_IFNAME) is { Length: > 0 } name && name != device.Name) return host.Interfaces.Find(name) is null ? new NetlinkRefusal(Errno.EOPNOTSUPP, "The name of a link of this host is fixed") : Errno.EEXIST;
        if (queue is { } packets) device.SetQueueLength((int)packets);
        return SetFlags(device, BinaryPrimitives.ReadInt32LittleEndian(request.Body[8..]), BinaryPrimitives.ReadInt32LittleEndian(request.Body[12..]));
    }

    /// <summary>The links of a host are its hardware: they are not removed from within.</summary>
    public NetlinkRefusal Remove(in NetlinkRequest request)
    {
        NetlinkRefusal refusal = Find(request, out NetworkInterface? device, out _);
        if (refusal.Error != Errno.None) return refusal;
        return device is null ? Errno.ENODEV : Errno.EOPNOTSUPP;
    }

    private static NetlinkRefusal SetMtu(NetworkInterface device, uint bytes) => device.SetMtu(bytes) == Errno.None
        ? Errno.None
        : new NetlinkRefusal(Errno.EINVAL, bytes < LinkDevice.MinMtu ? "mtu less than device minimum" : "mtu greater than device maximum");

    /// <summary>Of all flags a user sets, hosts have up and down; the others must stay as they are.</summary>
    private static NetlinkRefusal SetFlags(NetworkInterface device, int flags, int mask)
    {
        if (flags == 0 && mask == 0) return Errno.None;
        int now = InterfaceFlags.Of(device);
        return device.SetFlags(mask == 0 ? flags : flags & mask | now & ~mask);
    }

    private NetlinkRefusal Find(in NetlinkRequest request, out NetworkInterface? device, out RequestAttributes attributes)
    {
        device = null;
        attributes = new RequestAttributes(request.Reader.Attributes(LinkMessages.FixedLength));
        if (request.Body.Length < LinkMessages.FixedLength) return new(Errno.EINVAL, "Invalid header length");
        int index = IndexOf(request);
        if (index > 0) device = host.Interfaces.Find(index);
        else if (attributes.Text(IFLA_IFNAME) is { } name || (name = attributes.Text(IFLA_ALT_IFNAME)) is not null) device = host.Interfaces.Find(name);
        else return Errno.EINVAL;
        return Errno.None;
    }

    private static int IndexOf(in NetlinkRequest request) => BinaryPrimitives.ReadInt32LittleEndian(request.Body[4..]);

    /// <summary>IFLA_MASTER.</summary>
    private const ushort Master = 10;
}
