using System.Buffers.Binary;
using System.Numerics;
using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>Sending, and the queue of what comes back (Linux netlink_sendmsg, netlink_recvmsg).</summary>
internal sealed partial class NetlinkSocket
{
    /// <summary>Bytes that a message may not take of the send buffer.</summary>
    private const int MessageReserve = 32;

    // A datagram of a dump is at least this, and grows with the room that its reader has (NLMSG_GOODSIZE, netlink_dump).
    private const int LeastDumpLength = 3776, MostDumpLength = 32768 - 320;

    private readonly Queue<NetlinkDatagram> _queue = new();
    private int _received, _longestRoom;
    private uint _drops;
    private bool _isCongested;
    private NetlinkDump? _dump;
    private List<NetlinkSocket>? _senders;

    /// <inheritdoc/>
    public override PollEvents Readiness
    {
        get
        {
            PollEvents events = Writable;
            if (_queue.Count > 0) events |= Readable;
            if (HasPendingError) events |= PollEvents.POLLERR;
            return events;
        }
    }

    /// <inheritdoc/>
    public override (int Received, int Sent, uint Drops) Memory => (_received, 0, _drops);

    private int DumpLength => Math.Max(LeastDumpLength, _longestRoom);

    /// <inheritdoc/>
    public override CallResult Send(Caller caller, in SendMessage message, MessageFlags flags, ref int done)
    {
        if ((flags & MessageFlags.MSG_OOB) != 0) return Errno.EOPNOTSUPP;
        int length = LengthOf(message);
        if (length == 0) return Errno.ENODATA;
        Errno unfit = UnixAncillary.CheckCredentials(caller.Process, message.Control);
        if (unfit != Errno.None) return unfit;
        NetlinkAddress target = _peer;
        if (!message.Address.IsEmpty)
        {
            if (!NetlinkAddress.TryRead(message.Address, out target)) return Errno.EINVAL;
            if (!MaySendTo(caller.Process, target)) return Errno.EPERM;
        }
        if (Port == 0) Port = Layer.BindAutomatically(this, caller.Process);
        if (length > SendBuffer - MessageReserve) return Errno.EMSGSIZE;
        byte[] bytes = new byte[length];
        Gather(message, bytes);
        if (target.Groups != 0) Layer.Broadcast(Protocol, BitOperations.TrailingZeroCount(target.Groups) + 1, bytes, this);
        if (target.Port != 0) return SendToSocket(caller, target.Port, bytes);
        Layer.Serve(this, caller.Process, bytes);
        return length;
    }

    /// <inheritdoc/>
    public override CallResult Receive(Caller caller, ref ReceiveMessage message, MessageFlags flags, ref int done)
    {
        if ((flags & MessageFlags.MSG_OOB) != 0) return Errno.EOPNOTSUPP;
        Errno error = TakeError();
        if (error != Errno.None) return error;
        if (!_queue.TryPeek(out NetlinkDatagram datagram)) return StackErrno.MustWait;
        _longestRoom = Math.Min(Math.Max(_longestRoom, Room(message)), MostDumpLength);
        int copied = Copy(datagram.Bytes, ref message);
        if (copied < datagram.Bytes.Length) message.Flags |= MessageFlags.MSG_TRUNC;
        WriteSource(datagram, ref message);
        WriteControl(datagram, ref message);
        if ((flags & MessageFlags.MSG_PEEK) == 0)
        {
            _queue.Dequeue();
            _received -= datagram.Memory;
            if (_queue.Count == 0) _isCongested = false;
            ContinueDump();
            TellSenders();
        }
        return (flags & MessageFlags.MSG_TRUNC) != 0 ? datagram.Bytes.Length : copied;
    }

    /// <summary>Puts a datagram into the queue. Where there is no room it is lost, and so are those that follow until the reader has emptied the queue; the reader learns it once (ENOBUFS).</summary>
    public void Deliver(in NetlinkDatagram datagram)
    {
        if (!HasRoomFor(datagram))
        {
            _drops++;
            if (Has(NetlinkOptions.NoOverrun) || _isCongested) return;
            _isCongested = true;
            Fail(Errno.ENOBUFS);
            return;
        }
        if (Filter is { } filter && filter.Run(new FilterPacket(datagram.Bytes, Host.Random) { Cookie = Cookie, UserId = (uint)UserId }) == 0) return;
        _queue.Enqueue(datagram);
        _received += datagram.Memory;
        Announce(Readable, PollIn);
    }

    // An empty socket takes one datagram of any size.
    private bool HasRoomFor(in NetlinkDatagram datagram) => !_isCongested && (_received == 0 || _received + (long)datagram.Memory <= ReceiveBuffer);

    /// <summary>Answers with one message.</summary>
    public Errno Reply(NetlinkWriter writer)
    {
        Deliver(new NetlinkDatagram(writer.Written.ToArray(), 0, 0));
        return Errno.None;
    }

    /// <summary>Answers with all of a table; the end follows by itself.</summary>
    /// <returns>EBUSY: the answer to the last such request is still being read.</returns>
    public Errno StartDump(in NetlinkRequest request, NetlinkWriter entries, uint? generation, Errno error = Errno.None)
    {
        if (_dump is not null) return Errno.EBUSY;
        _dump = new NetlinkDump(entries.Written.ToArray(), (request.Sequence, Port), generation, error);
        DumpOne();
        return NetlinkLayer.Started;
    }

    private void ContinueDump()
    {
        if (_dump is not null && _received <= ReceiveBuffer / 2) DumpOne();
    }

    private void DumpOne()
    {
        byte[] datagram = _dump!.Next(DumpLength, Layer.Changes.Generation, out bool isLast);
        if (isLast) _dump = null;
        Deliver(new NetlinkDatagram(datagram, 0, 0));
    }

    private CallResult SendToSocket(Caller caller, uint port, byte[] bytes)
    {
        if (Layer.Find(Protocol, port) is not { } receiver || receiver._isConnected && receiver._peer.Port != Port) return Errno.ECONNREFUSED;
        var datagram = new NetlinkDatagram(bytes, Port, 0) { Credentials = UnixCredentials.Of(caller.Process) };
        if (!receiver.HasRoomFor(datagram))
        {
            (receiver._senders ??= []).Add(this);
            return StackErrno.MustWait;
        }
        receiver.Deliver(datagram);
        return bytes.Length;
    }

    private void TellSenders()
    {
        if (_senders is not { } waiting) return;
        _senders = null;
        foreach (NetlinkSocket sender in waiting) sender.Announce(Writable, PollOut);
    }

    private static void WriteSource(in NetlinkDatagram datagram, ref ReceiveMessage message)
    {
        Span<byte> address = stackalloc byte[NetlinkAddress.Length];
        new NetlinkAddress(datagram.Port, datagram.Group is > 0 and <= GroupsInAddress ? 1u << datagram.Group - 1 : 0).Write(address);
        OptionTable.Cut(address, message.Address);
        message.AddressLength = NetlinkAddress.Length;
    }

    private void WriteControl(in NetlinkDatagram datagram, ref ReceiveMessage message)
    {
        bool tellsGroup = Has(NetlinkOptions.PacketInfo), tellsSender = Has(SocketFlags.PassCredentials);
        if (!tellsGroup && !tellsSender) return;
        var writer = new ControlMessageWriter(message.Control);
        Span<byte> value = stackalloc byte[UnixCredentials.Length];
        if (tellsGroup)
        {
            BinaryPrimitives.WriteInt32LittleEndian(value, datagram.Group);
            writer.Put(SocketLevel.SOL_NETLINK, SocketOptionName.NETLINK_PKTINFO, value[..sizeof(int)]);
        }
        if (tellsSender)
        {
            datagram.Credentials.Write(value);
            writer.Put(SocketLevel.SOL_SOCKET, ControlMessageType.SCM_CREDENTIALS, value);
        }
        Finish(writer, ref message);
    }
}
