namespace Slipway.Wire;

/// <summary>A place where packets enter and leave the process: a TUN or TAP device, a socket that carries frames, a replayed capture.</summary>
/// <remarks>
/// The stack attaches a device to it without knowing what it is, so the kernel's devices and the stack do not know each other.
/// One thread reads; writes may come from another.
/// </remarks>
public interface IPacketPort : IDisposable
{
    /// <summary>Whether packets begin with an Ethernet header (TAP) or with the IP header (TUN).</summary>
    bool HasEthernetHeader { get; }

    /// <summary>Largest IP packet in bytes, of those that stand for one.</summary>
    int Mtu { get; }

    /// <summary>What packets may leave undone. Does not change.</summary>
    PortOffload Offload { get; }

    /// <summary>Waits for the next packet and copies it. A packet longer than the buffer is cut.</summary>
    /// <param name="packet">Room for the packet.</param>
    /// <param name="offload">What is left to be done to it; nothing that <see cref="Offload"/> does not name.</param>
    /// <returns>Bytes copied; 0 once the port is closed.</returns>
    int Read(Span<byte> packet, out PacketOffload offload);

    /// <summary>Copies the next packet if one waits already: to read several before any is worked on.</summary>
    /// <param name="packet">Room for the packet.</param>
    /// <param name="offload">As of <see cref="Read"/>.</param>
    /// <returns>Bytes copied; 0 if none waits, or the port is closed.</returns>
    int TryRead(Span<byte> packet, out PacketOffload offload);

    /// <summary>Whether a packet waits to be read. Any thread may ask. A port that cannot tell says no.</summary>
    bool HasPacket => false;

    /// <summary>Sends one packet.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="offload">What is left to be done to it; nothing that <see cref="Offload"/> does not name.</param>
    /// <returns>False if the port could not take it now: the packet is lost, as on any full link.</returns>
    bool Write(ReadOnlySpan<byte> packet, in PacketOffload offload);
}
