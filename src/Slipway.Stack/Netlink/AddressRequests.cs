using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;
using static Slipway.Sockets.AddressAttribute;

namespace Slipway.Stack;

/// <summary>RTM_GETADDR, RTM_NEWADDR, RTM_DELADDR (Linux inet_rtm_newaddr, inet6_rtm_newaddr and their kin).</summary>
internal sealed class AddressRequests(StackHost host)
{
    private const uint Forever = uint.MaxValue;

    private const AddressFlags Refused = (AddressFlags)(0x4 | 0x10 | 0x100 | 0x400); // optimistic, home address, template of temporary ones, joins its group

    public NetlinkRefusal Dump(in NetlinkRequest request)
    {
        var family = (AddressFamily)request.Body[0];
        int index = 0;
        if (request.IsStrict)
        {
            if (request.Body.Length < AddressMessages.FixedLength) return new(Errno.EINVAL, "ipv4: Invalid header for address dump request");
            if (request.Body[1..4].ContainsAnyExcept((byte)0)) return new(Errno.EINVAL, "ipv4: Invalid values in header for address dump request");
            index = BinaryPrimitives.ReadInt32LittleEndian(request.Body[4..]);
            if (index != 0 && host.Interfaces.Find(index) is null) return Errno.ENODEV;
        }
        MessageHead head = MessageHead.OfDump(NetlinkMessageType.RTM_NEWADDR, request);
        if (index != 0) head = head with { Flags = (ushort)(head.Flags | NetlinkFlags.NLM_F_DUMP_FILTERED) };
        var writer = new NetlinkWriter();
        // A family that nobody knows is all, as in Linux.
        if (family != AddressFamily.Inet6) Write(writer, index, isIPv4: true, head);
        if (family != AddressFamily.Inet) Write(writer, index, isIPv4: false, head);
        return request.Socket.StartDump(request, writer, host.Netlink.Changes.Generation);
    }

    /// <summary>One IPv6 address; IPv4 has only the dump.</summary>
    public NetlinkRefusal Get(in NetlinkRequest request)
    {
        if ((AddressFamily)request.Body[0] != AddressFamily.Inet6) return Errno.EOPNOTSUPP;
        NetlinkRefusal refusal = Read(request, out AddressFamily _, out NetworkInterface? device, out RequestAttributes _, out IpAddress? local, out IpAddress? peer);
        if (refusal.Error is not (Errno.None or Errno.ENODEV)) return refusal;
        if ((local ?? peer) is not { } wanted) return Errno.EINVAL;
        LocalAddress? found = device is null ? host.Interfaces.FindAddress(wanted) : device.FindAddress(wanted);
        if (found is null) return Errno.EADDRNOTAVAIL;
        var writer = new NetlinkWriter();
        AddressMessages.Write(writer, found, MessageHead.OfAnswer(NetlinkMessageType.RTM_NEWADDR, request));
        return request.Socket.Reply(writer);
    }

    public NetlinkRefusal Add(in NetlinkRequest request)
    {
        NetlinkRefusal refusal = Read(request, out AddressFamily family, out NetworkInterface? device, out RequestAttributes attributes, out IpAddress? local, out IpAddress? peer);
        if (refusal.Error != Errno.None) return refusal;
        bool isIPv4 = family == AddressFamily.Inet;
        string label = isIPv4 ? "ipv4" : "ipv6";
        int length = request.Body[1];
        if (length > (isIPv4 ? 32 : 128)) return new(Errno.EINVAL, $"{label}: Invalid prefix length");
        // IPv4 names itself in IFA_LOCAL; IPv6 may do so in IFA_ADDRESS alone.
        if ((isIPv4 ? local : local ?? peer) is not { } address) return new(Errno.EINVAL, $"{label}: Local address is not supplied");
        if (device is null) return new(Errno.ENODEV, isIPv4 ? "ipv4: Device not found" : "ipv6: Unable to find the interface");
        var flags = (AddressFlags)(attributes.UInt32(IFA_FLAGS) ?? request.Body[2]);
        if ((flags & Refused) != 0) return new(Errno.EOPNOTSUPP, $"{label}: An address of this host has no such flag");
        refusal = ReadLifetime(attributes, label, out bool isDeprecated);
        if (refusal.Error != Errno.None) return refusal;
        if (device.FindAddress(address) is { } known && known.Prefix.Length == length)
        {
            if (request.Has(NetlinkFlags.NLM_F_EXCL) || !request.Has(NetlinkFlags.NLM_F_REPLACE)) return AlreadyThere(label, isIPv4);
            known.SetDeprecated(isDeprecated);
            return Errno.None;
        }
        Errno error = device.AddAddress(new AddressRequest(new IpPrefix(address, length))
        {
            Peer = peer is { } other && other != address ? other : default,
            Broadcast = isIPv4 ? attributes.Address(IFA_BROADCAST, family) ?? IpAddress.AnyIPv4 : null,
            Label = isIPv4 ? attributes.Text(IFA_LABEL) : null,
            Scope = isIPv4 ? (AddressScope)request.Body[3] : null,
            Flags = flags & (AddressFlags.NoPrefixRoute | AddressFlags.NoDuplicateDetection),
            Metric = (int)(attributes.UInt32(IFA_RT_PRIORITY) ?? 0),
        });
        if (error == Errno.None && isDeprecated) device.FindAddress(address)!.SetDeprecated(true);
        return error == Errno.EEXIST ? AlreadyThere(label, isIPv4) : error;
    }

    public NetlinkRefusal Remove(in NetlinkRequest request)
    {
        NetlinkRefusal refusal = Read(request, out AddressFamily family, out NetworkInterface? device, out RequestAttributes attributes, out IpAddress? local, out IpAddress? peer);
        if (refusal.Error != Errno.None) return refusal;
        bool isIPv4 = family == AddressFamily.Inet;
        int length = request.Body[1];
        if (!isIPv4 && (local ?? peer) is null) return Errno.EINVAL;
        if (device is null) return new(Errno.ENODEV, isIPv4 ? "ipv4: Device not found" : "ipv6: Unable to find the interface");
        string? label = isIPv4 ? attributes.Text(IFA_LABEL) : null;
        foreach (LocalAddress candidate in device.Addresses)
        {
            if (candidate.Address.IsIPv4 != isIPv4 || label is not null && label != candidate.Label) continue;
            if (isIPv4)
            {
                if (local is { } own && own != candidate.Address) continue;
                if (peer is { } other && (length != candidate.Prefix.Length || candidate.Network != new IpPrefix(other, length).Network)) continue;
            }
            else if ((local ?? peer) != candidate.Address || length != candidate.Prefix.Length)
            {
                continue;
            }
            return device.RemoveAddress(candidate.Address);
        }
        return new(Errno.EADDRNOTAVAIL, isIPv4 ? "ipv4: Address not found" : "ipv6: address not found");
    }

    private static NetlinkRefusal AlreadyThere(string label, bool isIPv4) => new(Errno.EEXIST, $"{label}: {(isIPv4 ? "Address" : "address")} already assigned");

    private NetlinkRefusal Read(in NetlinkRequest request, out AddressFamily family, out NetworkInterface? device, out RequestAttributes attributes, out IpAddress? local, out IpAddress? peer)
    {
        family = (AddressFamily)request.Body[0];
        device = null;
        local = peer = null;
        attributes = new RequestAttributes(request.Reader.Attributes(AddressMessages.FixedLength));
        if (family is not (AddressFamily.Inet or AddressFamily.Inet6)) return Errno.EOPNOTSUPP;
        if (request.Body.Length < AddressMessages.FixedLength) return new(Errno.EINVAL, "Invalid header length");
        device = host.Interfaces.Find(BinaryPrimitives.ReadInt32LittleEndian(request.Body[4..]));
        local = attributes.Address(IFA_LOCAL, family);
        peer = attributes.Address(IFA_ADDRESS, family);
        _ = attributes.Address(IFA_BROADCAST, family);
        _ = attributes.UInt32(IFA_FLAGS);
        _ = attributes.UInt32(IFA_RT_PRIORITY);
        return attributes.IsTooShort ? RequestAttributes.TooShort : Errno.None;
    }

    /// <summary>IFA_CACHEINFO: addresses here do not end; whether they are preferred can be said.</summary>
    private static NetlinkRefusal ReadLifetime(in RequestAttributes attributes, string label, out bool isDeprecated)
    {
        isDeprecated = false;
        if (!attributes.TryFind(IFA_CACHEINFO, out ReadOnlySpan<byte> times)) return Errno.None;
        if (times.Length < 16) return RequestAttributes.TooShort;
        uint preferred = BinaryPrimitives.ReadUInt32LittleEndian(times), valid = BinaryPrimitives.ReadUInt32LittleEndian(times[4..]);
        if (valid == 0 || preferred > valid) return new(Errno.EINVAL, $"{label}: address lifetime invalid");
        if (valid != Forever || preferred is not (0 or Forever)) return new(Errno.EOPNOTSUPP, $"{label}: Addresses of this host do not end");
        isDeprecated = preferred == 0;
        return Errno.None;
    }

    private void Write(NetlinkWriter writer, int index, bool isIPv4, in MessageHead head)
    {
        foreach (NetworkInterface device in host.Interfaces)
        {
            if (index != 0 && index != device.Index) continue;
            foreach (LocalAddress address in InOrder(device.Addresses, isIPv4)) AddressMessages.Write(writer, address, head);
        }
    }

    /// <summary>As Linux keeps them: the farthest scope first; of IPv4 the secondary addresses last, of IPv6 the newest first.</summary>
    private static IEnumerable<LocalAddress> InOrder(IReadOnlyList<LocalAddress> addresses, bool isIPv4)
        => isIPv4
            ? addresses.Where(static a => a.Address.IsIPv4).OrderBy(static a => a.IsSecondary).ThenBy(static a => a.IsSecondary ? 0 : (int)a.Scope)
            : addresses.Where(static a => a.Address.IsIPv6).Reverse().OrderBy(static a => (int)a.Scope);
}
