using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>A program that judges packets, of either instruction set. It was checked before: it ends, and touches nothing but its packet and its own memory.</summary>
internal abstract class PacketProgram
{
    /// <summary>Bytes that the kernel would charge the socket for the program, of which optmem_max may be used (sk_filter_charge).</summary>
    public abstract int Memory { get; }

    /// <summary>Runs the program.</summary>
    /// <returns>Its verdict: of a filter the bytes to keep, of a program for a group the number of the socket.</returns>
    public abstract uint Run(in FilterPacket packet);

    /// <summary>The program as SO_GET_FILTER gives it.</summary>
    /// <returns>The number of instructions; EACCES where it is not classic.</returns>
    public abstract CallResult Read(Span<ClassicInstruction> room);
}
