using Slipway.Stack;

namespace Slipway.Bench;

/// <summary>A device that spares the host nothing: neither cutting nor checksums, of which it hands up none as verified.</summary>
internal sealed class RealPacketDevice(LinkDevice inner) : DeviceDecorator(inner)
{
    /// <inheritdoc/>
    public override DeviceFeatures Features => DeviceFeatures.None;

    /// <inheritdoc/>
    public override void Receive(LinkDevice device, PacketBuffer packet)
    {
        packet.Checksum = PacketChecksum.Unverified;
        PassUp(packet);
    }
}
