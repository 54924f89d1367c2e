namespace Slipway.Sockets;

/// <summary>How a group of packet sockets shares its packets out (PACKET_FANOUT, packet(7)).</summary>
public enum PacketFanoutMode : byte
{
    /// <summary>PACKET_FANOUT_HASH: all packets of a flow, both ways, to one member.</summary>
    Hash = 0,

    /// <summary>PACKET_FANOUT_LB: to one after the other.</summary>
    LoadBalance = 1,

    /// <summary>PACKET_FANOUT_CPU: by the processor that the packet came on. A virtual host has one.</summary>
    Processor = 2,

    /// <summary>PACKET_FANOUT_ROLLOVER: to the first, until it is full, then to the next.</summary>
    Rollover = 3,

    /// <summary>PACKET_FANOUT_RND: by chance.</summary>
    Random = 4,

    /// <summary>PACKET_FANOUT_QM: by the device's receive queue. A device of a virtual host has one.</summary>
    Queue = 5,

    /// <summary>PACKET_FANOUT_CBPF: as a classic program says (<see cref="Socket.AttachFanoutFilter"/>).</summary>
    ClassicProgram = 6,

    /// <summary>PACKET_FANOUT_EBPF: as an eBPF program says (<see cref="Socket.AttachFanoutProgram"/>).</summary>
    ExtendedProgram = 7,
}
