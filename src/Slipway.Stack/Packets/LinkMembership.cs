using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>What a packet socket has a device let in, and how often it asked (Linux struct packet_mclist).</summary>
internal sealed class LinkMembership(NetworkInterface device, PacketMembership kind, MacAddress address, int addressLength)
{
    public NetworkInterface Interface => device;

    public PacketMembership Kind => kind;

    public MacAddress Address => address;

    public int AddressLength => addressLength;

    public int Count { get; set; } = 1;

    public bool Is(int index, PacketMembership otherKind, MacAddress otherAddress, int otherLength)
        => device.Index == index && kind == otherKind && addressLength == otherLength && address == otherAddress;

    /// <summary>Tells the device, or takes it back.</summary>
    public void Apply(int change) => device.Admissions.Change(kind, address, change);
}
