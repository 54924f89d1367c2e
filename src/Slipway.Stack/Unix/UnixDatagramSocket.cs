using System.Buffers.Binary;
using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>A datagram socket of the local domain: reliable and in order, so a sender waits where the receiver's queue is full.</summary>
internal sealed class UnixDatagramSocket(StackHost host, int userId, ulong cookie) : UnixSocket(host, userId, SocketType.Datagram, cookie)
{
    /// <inheritdoc/>
    public override PollEvents Readiness
    {
        get
        {
            PollEvents events = PollEvents.None;
            if (HasPendingError) events |= PollEvents.POLLERR;
            if (IsReceiveShut) events |= PollEvents.POLLRDHUP | Readable;
            if (IsReceiveShut && IsSendShut) events |= PollEvents.POLLHUP;
            if (Queue.Count > 0) events |= Readable;
            if (IsWritable && !WaitsForPeer()) events |= Writable;
            return events;
        }
    }

    /// <inheritdoc/>
    protected override bool IsFull => Queue.Count > Host.Sysctl.Unix.MaxDatagrams.Value;

    /// <inheritdoc/>
    public override Errno Connect(Caller caller, ReadOnlySpan<byte> address)
    {
        if (address.Length < UnixName.PathOffset) return Errno.EINVAL;
        UnixSocket? peer = null;
        if (SockAddr.FamilyOf(address) != AddressFamily.Unspecified)
        {
            Errno error = UnixName.Check(address);
            if (error != Errno.None) return error;
            BindIfCredentials();
            error = Host.Unix.Find(caller, address, Type, out peer);
            if (error != Errno.None) return error;
            if (peer!.Peer is not null && peer.Peer != this) return Errno.EPERM;
        }
        UnixSocket? old = Peer;
        Peer = peer;
        if (old is not null && old != peer) Part(old);
        return Errno.None;
    }

    /// <inheritdoc/>
    public override CallResult Send(Caller caller, in SendMessage message, MessageFlags flags, ref int done) => SendMessage(caller, message, flags);

    /// <inheritdoc/>
    public override CallResult Receive(Caller caller, ref ReceiveMessage message, MessageFlags flags, ref int done) => ReceiveMessage(caller, ref message, flags);

    /// <inheritdoc/>
    public override CallResult Ioctl(uint request, Span<byte> argument)
    {
        if (request is not (IoControl.FIONREAD or IoControl.SIOCOUTQ or IoControl.SIOCATMARK)) return Errno.ENOTTY;
        if (request == IoControl.SIOCATMARK) return Errno.EOPNOTSUPP;
        if (argument.Length < sizeof(int)) return Errno.EFAULT;
        int first = Queue.Count > 0 ? Queue[0].Packet.Length : 0;
        int answer = request == IoControl.FIONREAD ? first : SendMemory;
        BinaryPrimitives.WriteInt32LittleEndian(argument, answer);
        return 0;
    }

    /// <inheritdoc/>
    protected override Errno OnPeerGone(UnixSocket peer)
    {
        Peer = null;
        Part(peer);
        return Errno.ECONNREFUSED;
    }

    /// <inheritdoc/>
    protected override void LeavePeer() => Peer = null;

    /// <summary>The peer is another now: what came from the old one goes, and it learns so where it still sends here (Linux unix_dgram_disconnected).</summary>
    private void Part(UnixSocket old)
    {
        if (Queue.Count == 0) return;
        ClearQueue();
        TellRoom();
        if (old is UnixDatagramSocket { IsDead: false } other && other.Peer == this) other.Fail(Errno.ECONNRESET);
    }

    /// <summary>Whether the peer's queue is full; if so, it tells when there is room.</summary>
    private bool WaitsForPeer()
    {
        if (Peer is not UnixDatagramSocket { IsDead: false } peer || peer.Peer == this || !peer.IsFull) return false;
        peer.TellWhenRoom(this);
        return true;
    }
}
