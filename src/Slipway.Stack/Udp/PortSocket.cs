using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>A socket with a port, in the tables of its protocol.</summary>
internal abstract class PortSocket : DatagramSocket
{
    /// <summary>Its places in the tables.</summary>
    public ChainLinks Links;

    protected PortSocket(StackHost host, ProcessContext creator, AddressFamily family, int protocol, ulong cookie)
        : base(host, creator, family, SocketType.Datagram, protocol, cookie)
    {
    }

    /// <summary>The sockets that share its port by SO_REUSEPORT; null if it does not.</summary>
    public ReuseGroup? Group { get; set; }

    /// <inheritdoc/>
    protected override bool TrySetGroupProgram(PacketProgram? program, out PacketProgram? old)
    {
        old = Group?.Program;
        if (Group is not { } group) return false;
        group.Program = program;
        return true;
    }
}
