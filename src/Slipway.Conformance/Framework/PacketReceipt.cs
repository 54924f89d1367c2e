using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>What a packet socket gave for one receive call.</summary>
public sealed class PacketReceipt
{
    /// <summary>The bytes.</summary>
    public required byte[] Data { get; init; }

    /// <summary>What the call returned.</summary>
    public required int Length { get; init; }

    /// <summary>Where it came from.</summary>
    public required LinkLayerAddress From { get; init; }

    /// <summary>msg_flags.</summary>
    public required MessageFlags Flags { get; init; }

    /// <summary>PACKET_AUXDATA, where it came along.</summary>
    public PacketAuxiliaryData? Auxiliary { get; set; }

    /// <summary>SO_RXQ_OVFL, where it came along.</summary>
    public int? Lost { get; set; }

    /// <summary>The text behind an Ethernet header, up to a NUL.</summary>
    public string Text => PacketSockets.Text(Data.AsSpan(Math.Min(PacketSockets.HeaderLength, Data.Length)));

    /// <summary>What stands in the virtio header before the packet.</summary>
    public VirtioNetHeader Virtio => VirtioNetHeader.TryRead(Data, out VirtioNetHeader header) ? header : throw new ExpectationException("no room for a virtio header");
}
