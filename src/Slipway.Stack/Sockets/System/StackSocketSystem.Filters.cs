using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>Filters of sockets.</summary>
public sealed partial class StackSocketSystem
{
    /// <inheritdoc/>
    public override Errno AttachFilter(int descriptor, ReadOnlySpan<ClassicInstruction> program)
    {
        using (_loop.Enter())
        {
            Errno error = Find(descriptor, out OpenSocket socket);
            return error == Errno.None ? FilterHandlers.Attach(socket, program) : error;
        }
    }

    /// <inheritdoc/>
    public override Errno AttachReusePortFilter(int descriptor, ReadOnlySpan<ClassicInstruction> program)
    {
        using (_loop.Enter())
        {
            Errno error = Find(descriptor, out OpenSocket socket);
            return error == Errno.None ? FilterHandlers.AttachToGroup(socket, program) : error;
        }
    }

    /// <inheritdoc/>
    public override Errno AttachFanoutFilter(int descriptor, ReadOnlySpan<ClassicInstruction> program)
    {
        using (_loop.Enter())
        {
            Errno error = Find(descriptor, out OpenSocket socket);
            if (error != Errno.None) return error;
            return socket is PacketSocket packetSocket ? PacketHandlers.AttachToFanout(packetSocket, program) : Errno.ENOPROTOOPT;
        }
    }

    /// <inheritdoc/>
    public override CallResult GetFilter(int descriptor, Span<ClassicInstruction> program)
    {
        using (_loop.Enter())
        {
            Errno error = Find(descriptor, out OpenSocket socket);
            if (error != Errno.None) return error;
            return socket.Filter?.Read(program) ?? 0;
        }
    }
}
