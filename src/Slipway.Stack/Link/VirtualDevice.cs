namespace Slipway.Stack;

/// <summary>One end of a <see cref="VirtualLink"/>, as a host has it.</summary>
public abstract class VirtualDevice : LinkDevice
{
    private bool _carrier;

    private protected VirtualDevice(StackLoop loop, string name, LinkKind kind, int mtu) : base(loop, name, kind, mtu)
    {
    }

    /// <summary>
    /// It takes partial checksums, as the sums are completed where chance may damage a packet; chains of segments as long as the link is plain.
    /// </summary>
    public override DeviceFeatures Features
        => DeviceFeatures.ChecksumOffload | (Out?.Model.IsPlain == true ? DeviceFeatures.Segmentation | DeviceFeatures.DatagramSegmentation : DeviceFeatures.None);

    /// <inheritdoc/>
    public override bool HasCarrier => _carrier;

    /// <summary>The link that ends here; null before it is joined.</summary>
    public VirtualLink? Link { get; private set; }

    /// <summary>The way from here to the other end.</summary>
    internal PacketPath? Out { get; private set; }

    /// <inheritdoc/>
    public override void Transmit(PacketBuffer packet)
    {
        if (TryBeginTransmit(packet)) Out!.Enter(packet);
    }

    internal void Join(VirtualLink link, PacketPath path)
    {
        if (Link is not null) throw new InvalidOperationException($"The device {Name} has a link already.");
        Link = link;
        Out = path;
        _carrier = true;
    }

    /// <summary>The other end's packet has arrived. Ownership moves.</summary>
    internal void Arrive(PacketBuffer packet)
    {
        if (_carrier)
        {
            Deliver(packet);
            return;
        }
        Counters.RxDropped++;
        packet.Release();
    }

    internal void SetCarrier(bool value)
    {
        if (_carrier == value) return;
        _carrier = value;
        if (!value) Out!.Clear();
        OnStateChanged();
    }
}
