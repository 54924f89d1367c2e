using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>
/// A device around another one, that sees all packets both ways. To the host it is the device: name, address, MTU, state and counters are the inner one's.
/// </summary>
public abstract class DeviceDecorator : LinkDevice, ILinkReceiver
{
    /// <summary>Wraps a device, taking the place of its receiver.</summary>
    protected DeviceDecorator(LinkDevice inner) : base((inner ?? throw new ArgumentNullException(nameof(inner))).Loop, inner.Name, inner.Kind, inner.Mtu)
    {
        Inner = inner;
        Receiver = inner.Receiver;
        inner.Receiver = this;
        inner.StateChanged += _ => OnStateChanged();
        inner.MtuChanged += _ => OnMtuChanged();
    }

    /// <summary>The device inside.</summary>
    public LinkDevice Inner { get; }

    /// <inheritdoc/>
    public override int Index
    {
        get => Inner.Index;
        set => Inner.Index = value;
    }

    /// <inheritdoc/>
    public override MacAddress Address
    {
        get => Inner.Address;
        set => Inner.Address = value;
    }

    /// <inheritdoc/>
    public override ref DeviceCounters Counters => ref Inner.Counters;

    /// <inheritdoc/>
    public override LinkGroups Groups => Inner.Groups;

    /// <inheritdoc/>
    public override DeviceFeatures Features => Inner.Features;

    /// <inheritdoc/>
    public override int Mtu
    {
        get => Inner.Mtu;
        set => Inner.Mtu = value;
    }

    /// <inheritdoc/>
    public override bool IsUp
    {
        get => Inner.IsUp;
        set => Inner.IsUp = value;
    }

    /// <inheritdoc/>
    public override bool HasCarrier => Inner.HasCarrier;

    /// <summary>A packet came from the inner device; by default it goes on to the host. Ownership moves.</summary>
    public virtual void Receive(LinkDevice device, PacketBuffer packet) => PassUp(packet);

    /// <inheritdoc/>
    public override void Transmit(PacketBuffer packet) => Inner.Transmit(packet);

    /// <summary>Hands a packet, which the inner device has counted, to the receiver of this one. Ownership moves.</summary>
    protected void PassUp(PacketBuffer packet)
    {
        ArgumentNullException.ThrowIfNull(packet);
        if (Receiver is not { } receiver)
        {
            packet.Release();
            return;
        }
        packet.Device = this;
        packet.ReceivedAt = Loop.Now;
        receiver.Receive(this, packet);
    }
}
