using Slipway.Sockets;
using Slipway.Wire;
using static Slipway.Stack.SequenceNumber;

namespace Slipway.Stack;

/// <summary>Urgent data (RFC 9293 §3.8.5, RFC 6093), as Linux has it: one byte, out of the stream unless SO_OOBINLINE.</summary>
internal sealed partial class TcpReceiver
{
    /// <summary>Whether there is an urgent byte.</summary>
    public UrgentState Urgent { get; private set; }

    /// <summary>Where the urgent byte is.</summary>
    public uint UrgentSeq { get; private set; }

    /// <summary>The byte, once it is there.</summary>
    public byte UrgentByte { get; private set; }

    /// <summary>Whether the next byte to read is at the mark (sockatmark(3)).</summary>
    public bool IsAtMark => Urgent != UrgentState.None && UrgentSeq == CopiedSeq;

    /// <summary>Looks at the urgent pointer of a segment before its data are taken in (Linux tcp_urg).</summary>
    public void TakeUrgent(in TcpArrival segment, bool inline)
    {
        if (segment.Has(TcpFlags.Urg)) TakePointer(segment, inline);
        if (Urgent != UrgentState.Announced) return;
        uint offset = UrgentSeq - segment.Sequence;
        if (offset >= (uint)segment.Length) return;
        UrgentByte = segment.Packet!.Span[(int)offset];
        Urgent = UrgentState.Valid;
        _connection.OnUrgentByte();
    }

    /// <summary>The urgent byte was read by MSG_OOB.</summary>
    public void MarkUrgentRead() => Urgent = UrgentState.Read;

    private void TakePointer(in TcpArrival segment, bool inline)
    {
        uint pointer = segment.UrgentPointer;
        // Linux takes it to point behind the byte, as RFC 793 said in one place and everybody does (RFC 6093 §2.1).
        if (pointer != 0 && !_connection.Sysctl.StandardUrgent.IsOn) pointer--;
        pointer += segment.Sequence;
        if (After(CopiedSeq, pointer) || Before(pointer, RcvNxt)) return;
        if (Urgent != UrgentState.None && !After(pointer, UrgentSeq)) return;
        _connection.OnUrgentNotice();
        // The byte that was urgent until now stays behind as data, but where it is the next to be read it is lost (OOB-10).
        if (UrgentSeq == CopiedSeq && Urgent != UrgentState.None && !inline && CopiedSeq != RcvNxt) Consume(1);
        Urgent = UrgentState.Announced;
        UrgentSeq = pointer;
    }

    private void ForgetUrgentPassed()
    {
        if (Urgent != UrgentState.None && After(CopiedSeq, UrgentSeq)) Urgent = UrgentState.None;
    }
}
