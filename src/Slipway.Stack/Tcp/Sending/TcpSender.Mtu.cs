using Slipway.Wire;
using static Slipway.Stack.SequenceNumber;

namespace Slipway.Stack;

/// <summary>Packetization layer path MTU discovery, the way upward (RFC 4821; Linux tcp_mtu_probe): now and then one segment is sent longer than is known to pass.</summary>
internal sealed partial class TcpSender
{
    private const uint LeastWindowForProbe = 11;

    // Bytes of data in the probe under way, 0 for none, and where it begins and ends.
    private int _mtuProbe;
    private uint _mtuProbeStart, _mtuProbeEnd;

    private MtuProbe SendMtuProbe(int mss, long now)
    {
        if (_mtuProbe > 0 || State != CongestionState.Open || Window.Window < LeastWindowForProbe || _connection.Receiver.SackCount > 0) return MtuProbe.None;
        int size = _connection.NextMtuProbe();
        if (size <= mss) return MtuProbe.None;
        // Behind the probe there must be enough for its loss to show.
        long needed = size + (Reordering + 1) * (long)Mss;
        if (Unsent < needed || SndWnd < needed) return MtuProbe.None;
        if (After(SndNxt + (uint)needed, WindowEnd)) return MtuProbe.Waits;
        if (InFlight + 2 > Window.Window) return InFlight == 0 ? MtuProbe.None : MtuProbe.Waits;
        if (!TryGather(size)) return MtuProbe.None;
        TcpSegment probe = Queue.FirstUnsent!;
        SetSize(probe, size);
        _mtuProbeStart = probe.Sequence;
        _mtuProbeEnd = probe.EndSequence;
        SendNew(probe, size, now);
        _mtuProbe = size;
        // It is worth about two.
        Window.Window--;
        return MtuProbe.Sent;
    }

    /// <summary>Makes the first unsent piece exactly so long: cuts a longer one, and joins shorter ones unless MSG_EOR keeps them apart.</summary>
    private bool TryGather(int size)
    {
        TcpSegment head = Queue.FirstUnsent!;
        if (head.Length < size)
        {
            int length = 0;
            for (TcpSegment? piece = head; length < size; piece = piece.Next)
            {
                if (piece is null || piece.Data is null || piece.EndsRecord && length + piece.Length < size) return false;
                length += piece.Length;
            }
            head = Join(head, size);
        }
        if (head.Length > size) CutUnsent(head, size, size);
        return true;
    }

    private TcpSegment Join(TcpSegment first, int size)
    {
        PacketBuffer joined = _connection.Host.Loop.Packets.Rent(size);
        joined.TrimEnd(size);
        TcpSegment? piece = first;
        while (joined.Length < size)
        {
            TcpSegment current = piece!;
            int taken = Math.Min(size - joined.Length, current.Length);
            joined.Append(current.Data!.Span[..taken]);
            piece = current.Next;
            if (ReferenceEquals(current, first)) continue;
            if (taken == current.Length)
            {
                // All of it, with the push and the FIN at its end.
                first.Flags |= current.Flags;
                first.EndSequence = current.EndSequence;
                first.EndsRecord = current.EndsRecord;
                Drop(current);
                continue;
            }
            current.Data.TrimStart(taken);
            current.Sequence += (uint)taken;
            current.Memory -= taken;
            Memory -= taken;
            first.EndSequence = current.Sequence;
        }
        int grown = size - first.Length;
        first.Data!.Release();
        first.Data = joined;
        first.Memory += grown;
        Memory += grown;
        return first;
    }

    /// <summary>The probe arrived: segments may be that long (tcp_mtup_probe_success).</summary>
    private void SucceedMtuProbe()
    {
        int size = _mtuProbe;
        _mtuProbe = 0;
        // The window counts segments: as many bytes are fewer of them now.
        Window.Window = (uint)Math.Max((ulong)Window.Window * (uint)_connection.MtuOf(Mss) / (uint)_connection.MtuOf(size), 1);
        Window.WindowCount = 0;
        Window.UsedSince = _connection.Now;
        Window.SlowStartThreshold = Window.CurrentThreshold(State);
        _connection.Count(TcpExtCounter.TCPMTUPSuccess);
        _connection.RaiseMtu(size);
    }

    /// <summary>What seems lost is the probe: it was too long, which is no congestion.</summary>
    private bool FailsMtuProbe()
    {
        if (_mtuProbe == 0 || State >= CongestionState.Cwr || SndUna != _mtuProbeStart) return false;
        _connection.LowerMtuLimit(_mtuProbe);
        _mtuProbe = 0;
        Window.Window++;
        _connection.Count(TcpExtCounter.TCPMTUPFail);
        OnMssLowered();
        return true;
    }
}
