namespace Slipway.Stack;

/// <summary>What takes the packets that a device receives: a host, a switch, a decorator.</summary>
public interface ILinkReceiver
{
    /// <summary>Takes a received packet. Ownership moves. Called in the drain, never from inside a <see cref="LinkDevice.Transmit"/>.</summary>
    /// <param name="device">The device that received it.</param>
    /// <param name="packet">An Ethernet frame with its header, or an IP packet where the link has none.</param>
    void Receive(LinkDevice device, PacketBuffer packet);
}
