using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>The urgent byte (MSG_OOB; Linux manage_oob, unix_stream_recv_urg). It stays at its place in the queue; when it was read apart, an empty message marks where it was.</summary>
internal sealed partial class UnixStreamSocket
{
    /// <summary>Nothing is left to read.</summary>
    private const int None = -1;

    /// <summary>The call ends before the mark.</summary>
    private const int Stop = -2;

    private bool _hasUrgent;

    /// <inheritdoc/>
    protected override bool IsAtMark
    {
        get
        {
            if (Queue.Count == 0) return false;
            if (Queue[0].IsUrgent) return true;
            return Queue[0].Packet.Length == 0 && (!_hasUrgent || Queue.Count > 1 && Queue[1].IsUrgent);
        }
    }

    /// <inheritdoc/>
    /// <remarks>The mark of an urgent byte that was read is no data.</remarks>
    protected override bool HasUnread => Queue.Count > 1 || Queue.Count == 1 && Queue[0].Packet.Length > 0;

    /// <summary>A new urgent byte comes: one before it that was not read is plain data now.</summary>
    private void TakeUrgent()
    {
        if (_hasUrgent) Queue[FindUrgent()].IsUrgent = false;
        _hasUrgent = true;
        Owner?.NotifyUrgent();
    }

    private CallResult ReceiveUrgent(ref ReceiveMessage message, MessageFlags flags)
    {
        if (Has(SocketFlags.OutOfBandInline) || !_hasUrgent) return Errno.EINVAL;
        int place = FindUrgent();
        ref UnixMessage urgent = ref Queue[place];
        CopyByte(urgent.Packet.Span[0], ref message);
        message.Flags |= MessageFlags.MSG_OOB;
        if ((flags & MessageFlags.MSG_PEEK) != 0) return 1;
        _hasUrgent = urgent.IsUrgent = false;
        urgent.Packet.TrimStart(1);
        QueuedBytes--;
        // One mark is enough: that of an earlier byte right before it goes.
        if (place > 0 && Queue[place - 1].Packet.Length == 0) Discard(place - 1);
        return 1;
    }

    /// <summary>What a read that is at a place reads next: it stops before the urgent byte, and passes over it when it begins there.</summary>
    /// <returns>The place, <see cref="Stop"/> or <see cref="None"/>.</returns>
    private int PassMark(int place, bool isPeek, bool hasSome)
    {
        ref UnixMessage at = ref Queue[place];
        if (!at.IsUrgent && at.Packet.Length > 0) return place;
        if (at.Packet.Length == 0)
        {
            if (hasSome && !_hasUrgent) return Stop;
            if (isPeek) place++;
            else Discard(place);
            if (place >= Queue.Count) return None;
        }
        if (!Queue[place].IsUrgent) return place;
        if (hasSome) return Stop;
        bool isInline = Has(SocketFlags.OutOfBandInline);
        if (isPeek) return isInline ? place : place + 1 < Queue.Count ? place + 1 : None;
        _hasUrgent = Queue[place].IsUrgent = false;
        if (isInline) return place;
        // Linux 6.18 goes on counting the byte among those to be read (SIOCINQ).
        Discard(place);
        return place < Queue.Count ? place : None;
    }

    private int FindUrgent()
    {
        int place = 0;
        while (!Queue[place].IsUrgent) place++;
        return place;
    }
}
