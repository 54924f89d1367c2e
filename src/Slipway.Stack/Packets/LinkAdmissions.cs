using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>
/// What packet sockets want an interface to let in beside frames for its own address. The devices of this stack take every frame that the link brings, as the kernel's veth does, and
/// leave it to the host to pass over those for others: so these are counts that change nothing.
/// </summary>
internal sealed class LinkAdmissions
{
    private Dictionary<MacAddress, int>? _addresses;

    /// <summary>How many want all frames (the kernel's promiscuity).</summary>
    public int Promiscuity { get; private set; }

    /// <summary>How many want all groups.</summary>
    public int AllMulticast { get; private set; }

    /// <summary>How many want the frames of a group or of one more address of the host.</summary>
    public int CountOf(MacAddress address) => _addresses?.GetValueOrDefault(address) ?? 0;

    public void Change(PacketMembership kind, MacAddress address, int change)
    {
        switch (kind)
        {
            case PacketMembership.Promiscuous:
                Promiscuity += change;
                break;
            case PacketMembership.AllMulticast:
                AllMulticast += change;
                break;
            case PacketMembership.Multicast or PacketMembership.Unicast:
                _addresses ??= [];
                int count = CountOf(address) + change;
                if (count == 0) _addresses.Remove(address);
                else _addresses[address] = count;
                break;
        }
    }
}
