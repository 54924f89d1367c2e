using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>A sequenced-packet socket: a connection that keeps the borders of messages.</summary>
internal sealed class UnixPacketSocket(StackHost host, int userId, ulong cookie) : UnixConnectionSocket(host, userId, SocketType.SequencedPacket, cookie)
{
    /// <inheritdoc/>
    /// <remarks>An address is ignored.</remarks>
    public override CallResult Send(Caller caller, in SendMessage message, MessageFlags flags, ref int done)
    {
        Errno error = TakeError();
        if (error != Errno.None) return error;
        return State == Phase.Connected ? SendMessage(caller, message, flags) : Errno.ENOTCONN;
    }

    /// <inheritdoc/>
    public override CallResult Receive(Caller caller, ref ReceiveMessage message, MessageFlags flags, ref int done)
        => State == Phase.Connected ? ReceiveMessage(caller, ref message, flags) : Errno.ENOTCONN;

    /// <inheritdoc/>
    protected override UnixConnectionSocket CreateChild() => new UnixPacketSocket(Host, UserId, Host.Unix.NextCookie());
}
