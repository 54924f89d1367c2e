namespace Slipway.Stack;

/// <summary>A program's verdict applied to a packet that arrives at a socket (Linux sk_filter_trim_cap).</summary>
internal static class SocketFilter
{
    /// <summary>Runs the program.</summary>
    /// <param name="program">The socket's filter.</param>
    /// <param name="packet">The packet as the program sees it.</param>
    /// <param name="least">Bytes that a packet keeps which is taken at all: the header of the socket's protocol.</param>
    /// <returns>Bytes of the packet that are kept; 0 to drop it.</returns>
    public static int Judge(PacketProgram program, in FilterPacket packet, int least)
    {
        uint verdict = program.Run(packet);
        if (verdict == 0) return 0;
        return (int)Math.Min((uint)packet.Length, Math.Max(verdict, (uint)least));
    }
}
