using static Slipway.Stack.SequenceNumber;

namespace Slipway.Stack;

/// <summary>
/// What happens when the packets held need more memory than the buffer has, though the peer kept to its window: their data are small beside what they cost (Linux tcp_prune_queue).
/// </summary>
internal sealed partial class TcpReceiver
{
    /// <summary>Bytes of data in a packet into which others were gathered: with its headers and bookkeeping a size of the pool's.</summary>
    private const int GatheredLength = 10 * 1024 - PacketPool.DefaultHeadroom;

    /// <summary>Gets the memory below the buffer's size: the buffer grows where it may, data are gathered in fewer packets, early data are dropped, the last first (RFC 2018 §8 allows it).</summary>
    /// <returns>False: what the program has not read is too much by itself.</returns>
    private bool MakeRoom()
    {
        _connection.Count(TcpExtCounter.PruneCalled);
        ClampWindow();
        if (Memory <= Buffer) return true;
        Gather();
        if (Memory <= Buffer) return true;
        if (_early is { First: not null } early)
        {
            _connection.Count(TcpExtCounter.OfoPruned);
            // An eighth of the buffer more than needed, so that not every further segment prunes; what was reported of it is not repeated.
            int goal = Buffer - (Buffer >> 3);
            while (Memory > goal && early.Last is { } last) DropEarly(early, last);
            early.Reset();
        }
        if (Memory <= Buffer) return true;
        _connection.Count(TcpExtCounter.RcvPruned);
        return false;
    }

    /// <summary>What is there already may stay, unless SO_RCVBUF forbids; but no more is asked for (Linux tcp_clamp_window).</summary>
    private void ClampWindow()
    {
        _quick = 0;
        if (!IsBufferLocked) Buffer = Math.Max(Buffer, (int)Math.Min(Memory, _connection.Sysctl.Rmem[2]));
        if (Memory > Buffer) WindowThreshold = Math.Min(WindowClamp, 2 * _connection.AdvertisedMss);
    }

    /// <summary>Copies data that cost more than the window counts for them together (Linux tcp_collapse).</summary>
    private void Gather()
    {
        PacketBuffer? previous = null;
        for (PacketBuffer? packet = _first; packet is not null; packet = packet.Next)
        {
            // Alone, or worth its memory: it stays as it is.
            if (packet.Next is { } next && IsCostly(packet) && packet.Length + next.Length <= GatheredLength) packet = GatherFrom(previous, packet);
            previous = packet;
        }
        _last = previous;
    }

    private bool IsCostly(PacketBuffer packet) => WindowOf(packet.QueueCharge) > packet.Length;

    /// <summary>Puts one packet in the place of this one and of those behind it, as many as fit.</summary>
    private PacketBuffer GatherFrom(PacketBuffer? previous, PacketBuffer packet)
    {
        PacketBuffer whole = packet.Pool.Rent(GatheredLength);
        whole.TrimEnd(GatheredLength);
        PacketBuffer? taken = packet;
        while (taken is not null && whole.Length + taken.Length <= GatheredLength)
        {
            PacketBuffer? after = taken.Next;
            whole.Append(taken.Span);
            Discharge(taken);
            taken.Next = null;
            taken.Release();
            _connection.Count(TcpExtCounter.TCPRcvCollapsed);
            taken = after;
        }
        whole.Next = taken;
        if (previous is null) _first = whole;
        else previous.Next = whole;
        Charge(whole);
        return whole;
    }

    /// <summary>SO_RCVLOWAT: what the buffer can hold of it at most; a buffer that SO_RCVBUF did not fix grows for it (Linux tcp_set_rcvlowat).</summary>
    public int MakeRoomFor(int bytes)
    {
        bytes = Math.Max(1, (int)Math.Min(bytes, (IsBufferLocked ? Buffer : _connection.Sysctl.Rmem[2]) >> 1));
        if (IsBufferLocked) return bytes;
        long memory = MemoryFor(bytes);
        if (memory <= Buffer) return bytes;
        Buffer = (int)memory;
        WindowClamp = bytes;
        return bytes;
    }
}
