using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>Packets that are sent from a ring: a send call of whatever bytes sends what stands there (Linux tpacket_snd).</summary>
internal sealed partial class PacketSocket
{
    private int _ringBytes;
    private bool _waitsForSlots;

    /// <inheritdoc/>
    public override Errno SendExpired => _waitsForSlots ? Errno.ETIMEDOUT : Errno.EAGAIN;

    /// <inheritdoc/>
    public override CallResult SendOn(Caller caller, in SendMessage message, MessageFlags flags, ref int done)
        => _sendRing is null ? Send(caller, message, flags, ref done) : SendFromRing(caller, message, flags);

    private CallResult SendFromRing(Caller caller, in SendMessage message, MessageFlags flags)
    {
        SendRing ring = _sendRing!;
        _waitsForSlots = false;
        Errno error = FindDevice(message.Address, out NetworkInterface? device, out ushort protocol);
        if (error != Errno.None) return error;
        var overrides = new SendOverrides();
        error = overrides.ReadPacket(message.Control, this, caller.Process);
        if (error != Errno.None) return error;
        while (true)
        {
            if (ring.Status != PacketSendStatus.SendRequest)
            {
                if (ring.Pending == 0 || (flags & MessageFlags.MSG_DONTWAIT) != 0) return _ringBytes;
                _waitsForSlots = true;
                return StackErrno.MustWait;
            }
            error = SendSlot(ring, message.Address, device!, protocol, overrides);
            if (error == StackErrno.MustWait)
            {
                if (_ringBytes > 0) return _ringBytes;
                _wantsSpace = true;
                return error;
            }
            if (error == Errno.None) continue;
            if (!PassesOverMalformed)
            {
                ring.SetStatus(PacketSendStatus.WrongFormat);
                return error;
            }
            ring.SetStatus(PacketSendStatus.Available);
            ring.MoveOn();
        }
    }

    /// <summary>Sends the packet in the slot whose turn it is.</summary>
    /// <returns>What is wrong with it; MustWait where the send buffer is full.</returns>
    private Errno SendSlot(SendRing ring, ReadOnlySpan<byte> address, NetworkInterface device, ushort protocol, in SendOverrides overrides)
    {
        int header = VirtioLength, reserve = Type == SocketType.Raw ? LinkHeaderOf(device) : 0;
        int most = header > 0 ? ring.Room : Math.Min(ring.Room, device.Mtu + reserve + TapFrame.TagLength);
        Errno error = ring.Open(most, Type == SocketType.Datagram, HasSendOffset, out ReadOnlySpan<byte> bytes);
        if (error != Errno.None) return error;
        var message = new SendMessage { Buffer = bytes, Address = address };
        VirtioNetHeader offload = default;
        if (header > 0)
        {
            error = ReadVirtio(message, bytes.Length, out offload);
            if (error != Errno.None) return error;
        }
        if (_sendMemory >= SendBuffer) return StackErrno.MustWait;
        int length = bytes.Length - header;
        error = Build(device, message, ref protocol, header, length, out PacketBuffer? packet);
        if (error != Errno.None) return error;
        error = Check(packet!, device, length - reserve, protocol, offload);
        if (error != Errno.None)
        {
            packet!.Release();
            return error;
        }
        int memory = MemoryOf(packet!);
        _sendMemory += memory;
        packet!.Charge(ring.Dispatch(), memory);
        packet.Stamp = StampFor(overrides);
        ring.MoveOn();
        _ringBytes += length;
        device.SendFrame(packet, protocol, this);
        return Errno.None;
    }
}
