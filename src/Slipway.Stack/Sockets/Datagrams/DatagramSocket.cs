using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>A datagram socket of the internet: what UDP, ping and raw sockets share. Readiness and closing are here; the other parts of the class are sending, receiving and control messages.</summary>
internal abstract partial class DatagramSocket : InetSocket, IPacketAccount
{
    protected DatagramSocket(StackHost host, ProcessContext creator, AddressFamily family, SocketType type, int protocol, ulong cookie)
        : base(host, creator.UserId, family, type, protocol, cookie)
        => _releaseThreshold = host.Sysctl.Core.RmemDefault.Value >> 2;

    /// <inheritdoc/>
    public override bool HasPeekOffset => Protocol == (int)IpProtocol.Udp && !IsRaw;

    /// <inheritdoc/>
    public override PollEvents Readiness
    {
        get
        {
            PollEvents events = PollEvents.None;
            if (HasPendingError || HasErrors)
            {
                events |= PollEvents.POLLERR;
                if ((Flags & SocketFlags.SelectErrorQueue) != 0) events |= PollEvents.POLLPRI;
            }
            if (IsReceiveShut) events |= PollEvents.POLLRDHUP | Readable;
            if (IsReceiveShut && IsSendShut) events |= PollEvents.POLLHUP;
            if (_queue.Count > 0) events |= Readable;
            if (_sendMemory < SendBuffer >> 1) events |= Writable;
            else _wantsSpace = true;
            return events;
        }
    }

    /// <inheritdoc/>
    public override Errno Shutdown(ShutdownHow how)
    {
        // Linux notes the directions even where it refuses (SHUT-02).
        IsReceiveShut |= how is ShutdownHow.Receive or ShutdownHow.Both;
        IsSendShut |= how is ShutdownHow.Send or ShutdownHow.Both;
        Announce(Readable | Writable | PollEvents.POLLHUP | PollEvents.POLLRDHUP, PollIn);
        return IsConnected ? Errno.None : Errno.ENOTCONN;
    }

    /// <inheritdoc/>
    protected override void OnClosed()
    {
        base.OnClosed();
        Unbind();
        ClearQueues();
    }
}
