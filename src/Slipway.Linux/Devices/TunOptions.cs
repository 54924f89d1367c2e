namespace Slipway.Linux;

/// <summary>Which TUN or TAP device to open.</summary>
public sealed record TunOptions
{
    /// <summary>The interface's name, at most 15 bytes. A device of that name is attached to if there is one, and made otherwise. Null lets the kernel choose (tun0, tap0 …).</summary>
    public string? Name { get; init; }

    /// <summary>TAP: packets begin with an Ethernet header. Otherwise TUN: with the IP header.</summary>
    public bool Ethernet { get; init; }

    /// <summary>Largest IP packet in bytes.</summary>
    public int Mtu { get; init; } = 1500;

    /// <summary>
    /// Whether packets come with the virtio-net header (IFF_VNET_HDR): checksums may be partial, and one packet may stand for many segments, both ways
    /// (<see cref="TunDevice.Offload"/>). Otherwise all packets are as the wire would carry them.
    /// </summary>
    public bool Offload { get; init; }

    /// <summary>The namespace that the kernel's end belongs to; null for the one where the calling thread is.</summary>
    public NetworkNamespace? Namespace { get; init; }
}
