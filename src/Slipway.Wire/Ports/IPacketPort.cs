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

    /// <summary>Largest IP packet in bytes.</summary>
    int Mtu { get; }

    /// <summary>Waits for the next packet and copies it. A packet longer than the buffer is cut.</summary>
    /// <returns>Bytes copied; 0 once the port is closed.</returns>
    int Read(Span<byte> packet);

    /// <summary>Sends one packet.</summary>
    /// <returns>False if the port could not take it now: the packet is lost, as on any full link.</returns>
    bool Write(ReadOnlySpan<byte> packet);
}
