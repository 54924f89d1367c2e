using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>PACKET_ADD_MEMBERSHIP and PACKET_DROP_MEMBERSHIP.</summary>
internal sealed partial class PacketSocket
{
    // struct packet_mreq, whose address may be longer than its eight bytes.
    private const int MembershipLength = 16, MembershipAddressOffset = 8, LongestMembershipAddress = 32;

    private List<LinkMembership>? _memberships;

    /// <summary>What it has devices let in, the oldest first.</summary>
    public IReadOnlyList<LinkMembership> Memberships => _memberships ?? [];

    /// <summary>Sets one of the two options: struct packet_mreq.</summary>
    public Errno SetMembership(ReadOnlySpan<byte> value, bool adds)
    {
        if (value.Length < MembershipLength) return Errno.EINVAL;
        value = value[..Math.Min(value.Length, MembershipAddressOffset + LongestMembershipAddress)];
        int index = BinaryPrimitives.ReadInt32LittleEndian(value);
        var kind = (PacketMembership)BinaryPrimitives.ReadUInt16LittleEndian(value[4..]);
        int length = BinaryPrimitives.ReadUInt16LittleEndian(value[6..]);
        if (value.Length < MembershipAddressOffset + length) return Errno.EINVAL;
        if (!adds)
        {
            // No address of this host is longer than six bytes, so that no membership has one.
            if (length <= MacAddress.Length) Drop(index, kind, ReadAddress(value[MembershipAddressOffset..], length), length);
            return Errno.None;
        }
        if (Host.Interfaces.Find(index) is not { } device) return Errno.ENODEV;
        int linkLength = LinkHeaderOf(device) > 0 ? MacAddress.Length : 0;
        if (length > linkLength || kind is PacketMembership.Multicast or PacketMembership.Unicast && length != linkLength) return Errno.EINVAL;
        Add(device, kind, ReadAddress(value[MembershipAddressOffset..], length), length);
        return Errno.None;
    }

    private static MacAddress ReadAddress(ReadOnlySpan<byte> bytes, int length)
    {
        Span<byte> address = stackalloc byte[MacAddress.Length];
        address.Clear();
        bytes[..length].CopyTo(address);
        return MacAddress.Read(address);
    }

    private void Add(NetworkInterface device, PacketMembership kind, MacAddress address, int length)
    {
        _memberships ??= [];
        if (_memberships.Find(m => m.Is(device.Index, kind, address, length)) is { } known)
        {
            known.Count++;
            return;
        }
        var added = new LinkMembership(device, kind, address, length);
        _memberships.Add(added);
        added.Apply(1);
    }

    private void Drop(int index, PacketMembership kind, MacAddress address, int length)
    {
        if (_memberships?.Find(m => m.Is(index, kind, address, length)) is not { } known || --known.Count > 0) return;
        _memberships.Remove(known);
        known.Apply(-1);
    }

    private void ForgetMemberships(NetworkInterface device) => _memberships?.RemoveAll(m => m.Interface == device);

    private void DropMemberships()
    {
        if (_memberships is null) return;
        foreach (LinkMembership membership in _memberships) membership.Apply(-1);
        _memberships = null;
    }
}
