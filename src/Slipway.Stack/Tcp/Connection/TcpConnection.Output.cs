using System.Buffers.Binary;
using System.Numerics;
using Slipway.Sockets;
using Slipway.Wire;
using static Slipway.Stack.SequenceNumber;

namespace Slipway.Stack;

/// <summary>Building and sending segments.</summary>
internal sealed partial class TcpConnection
{
    private const int SackHeader = 4, SackBlockLength = 8;
    private const byte EcnCapable = 2, EcnBits = 3;

    /// <summary>Selective acknowledgments that the next segment has to carry, as far as other options leave room.</summary>
    public int SackBlocksToSend => SackOk && Receiver.SackCount > 0 ? Math.Min(Receiver.SackCount, RoomForSacks) : 0;

    private int RoomForSacks => Key is null ? TimestampsOk ? 3 : 4 : TimestampsOk ? 0 : 2;

    /// <summary>Sends a segment of the queue.</summary>
    /// <returns>What the way out says: no route, no room.</returns>
    public Errno SendData(TcpSegment segment, int mss, bool isRetransmission)
    {
        int length = segment.Length;
        PacketBuffer packet = segment.Data is { } data ? data.ShareForTransmit() : Loop.Packets.Rent(0);
        packet.SegmentSize = length > mss ? mss : 0;
        if (Sender.Stamps is not null && length > 0) packet.Stamp = Socket?.StampFor(segment.Sequence, segment.Sequence + (uint)length);
        bool isSyn = (segment.Flags & TcpFlags.Syn) != 0;
        TcpFlags flags = segment.Flags;
        if (!isSyn || State != TcpState.SynSent) flags |= TcpFlags.Ack;
        byte ecn = 0;
        if (isSyn) flags = MarkSyn(flags, isRetransmission);
        else if (EcnOk && length > 0 && !isRetransmission && !Before(segment.Sequence, Sender.SndNxt))
        {
            ecn = EcnCapable;
            if (Sender.TakeCongestionWindowReduced()) flags |= TcpFlags.Cwr;
        }
        if (_echoesMark && !isSyn) flags |= TcpFlags.Ece;
        if (length > 0) Receiver.NoteDataSent(Now);
        Errno error = Send(packet, segment.Sequence, flags, isSyn, ecn);
        if (!isRetransmission || error == Errno.None) Count(TcpCounter.OutSegs, isRetransmission ? 0 : segment.Count);
        Sender.SegmentsOut += (uint)segment.Count;
        if ((flags & TcpFlags.Ack) != 0) Receiver.NoteAckSent(segment.Count);
        return error;
    }

    /// <summary>Sends an acknowledgment without data.</summary>
    public void SendAck()
    {
        if (State == TcpState.Closed) return;
        SendControl(TcpFlags.Ack, Sender.SndNxt is var next && Before(next, Sender.SndUna) ? Sender.SndUna : SequenceForAck);
        Receiver.NoteAckSent(1);
    }

    /// <summary>SND.NXT, or the edge of a window that shrank below it (tcp_acceptable_seq).</summary>
    private uint SequenceForAck
    {
        get
        {
            uint next = Sender.SndNxt, edge = Sender.WindowEnd;
            return !Before(edge, next) || WindowScaleOk && next - edge < 1u << RcvScale ? next : edge;
        }
    }

    /// <summary>RFC 5961: an acknowledgment in answer to what could be an attack, not too often.</summary>
    public void SendChallengeAck()
    {
        // The connection's own limit first, so that one of them cannot use up the share of all others.
        if (IsLimited(Sysctl) || !Layer.MaySendChallenge()) return;
        Count(TcpExtCounter.TCPChallengeACK);
        SendAck();
    }

    /// <summary>A reset of the connection from here: the program gave it up, or it timed out.</summary>
    public void SendActiveReset()
    {
        Count(TcpCounter.OutRsts);
        SendControl(TcpFlags.Rst | TcpFlags.Ack, SequenceForAck);
    }

    /// <summary>A probe with a sequence number that is acknowledged already: the peer must answer (RFC 9293 §3.8.4, RFC 1122 §4.2.3.6).</summary>
    public void SendProbe(bool isUrgent, TcpExtCounter counter)
    {
        Count(counter);
        SendControl(TcpFlags.Ack, isUrgent ? Sender.SndUna : Sender.SndUna - 1);
    }

    /// <summary>Sends something that the peer answers: data as far as its window allows, else a probe (Linux tcp_write_wakeup).</summary>
    /// <returns>Whether it went out.</returns>
    public bool SendWakeUp(TcpExtCounter counter)
    {
        if (State == TcpState.Closed) return false;
        if (Sender.TrySendIntoWindow(counter)) return true;
        if (Between(Sender.SndUp, Sender.SndUna + 1, Sender.SndUna + 0xFFFF)) SendProbe(isUrgent: true, counter);
        SendProbe(isUrgent: false, counter);
        return true;
    }

    private void SendControl(TcpFlags flags, uint sequence)
    {
        PacketBuffer packet = Loop.Packets.Rent(0);
        if (_echoesMark && (flags & TcpFlags.Ack) != 0) flags |= TcpFlags.Ece;
        Count(TcpCounter.OutSegs);
        Sender.SegmentsOut++;
        Send(packet, sequence, flags, isSyn: false, 0);
    }

    /// <summary>ECN is offered with a SYN by two flags (RFC 3168 §6.1.1), and not again once it went unanswered.</summary>
    private TcpFlags MarkSyn(TcpFlags flags, bool isRetransmission)
    {
        if (State != TcpState.SynSent) return EcnOk ? flags | TcpFlags.Ece : flags;
        if (isRetransmission && Sysctl.EcnFallback.IsOn) _offersEcn = false;
        return _offersEcn ? flags | TcpFlags.Ece | TcpFlags.Cwr : flags;
    }

    private bool _offersEcn;

    private Errno Send(PacketBuffer packet, uint sequence, TcpFlags flags, bool isSyn, byte ecn)
    {
        Errno error = FindPath();
        if (Socket is { HasLostRoute: true } socket) socket.HasLostRoute = false;
        if (error != Errno.None && _path is null or { IsUnknown: true })
        {
            packet.Release();
            return error;
        }
        int payload = packet.Length;
        int blocks = isSyn ? 0 : SackBlocksToSend;
        TcpKey? key = Key;
        int optionsLength = isSyn ? SynOptionsLength
            : (key is null ? 0 : TcpOptions.SignatureLength) + (TimestampsOk ? TimestampsLength : 0) + (blocks > 0 ? SackHeader + blocks * SackBlockLength : 0);
        int headerLength = TcpHeader.MinimumLength + optionsLength;
        Span<byte> header = packet.Prepend(headerLength);
        BinaryPrimitives.WriteUInt16BigEndian(header, LocalPort);
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], RemotePort);
        BinaryPrimitives.WriteUInt32BigEndian(header[4..], sequence);
        BinaryPrimitives.WriteUInt32BigEndian(header[8..], (flags & TcpFlags.Ack) != 0 ? Receiver.RcvNxt : 0);
        ushort window = isSyn ? (ushort)Math.Min(Receiver.RcvWnd, 0xFFFF) : Receiver.AnnounceWindow();
        ushort urgent = UrgentPointerFor(sequence, ref flags);
        header[12] = (byte)(headerLength / 4 << 4);
        header[13] = (byte)flags;
        BinaryPrimitives.WriteUInt16BigEndian(header[14..], window);
        BinaryPrimitives.WriteUInt16BigEndian(header[18..], urgent);
        if (isSyn) SynOptions().Write(header[TcpHeader.MinimumLength..]);
        else WriteOptions(header[TcpHeader.MinimumLength..], blocks, key is not null);
        if (key is not null) Layer.Signer.Sign(packet.Span, LocalAddress, RemoteAddress, key);
        ref readonly RouteDecision decision = ref _path!.Decision;
        BinaryPrimitives.WriteUInt16BigEndian(header[16..], PartialSum.PseudoHeader(LocalAddress, RemoteAddress, IpProtocolNumber.Tcp, headerLength + payload).Value);
        packet.Checksum = PacketChecksum.Partial;
        packet.ChecksumOffset = 16;
        if (KnownExtras is { TransmitDelay: > 0 and var delay }) packet.DepartsAt = Now + delay * StackClock.Microsecond;
        bool confirms = _confirms;
        _confirms = false;
        return Host.Ip.Send(packet, decision, new IpSendFields(IpProtocolNumber.Tcp)
        {
            HopLimit = HopLimit,
            Tos = (byte)(Tos & ~3 | ecn),
            PathMtu = PathMtuMode,
            Confirm = confirms,
            FlowLabel = FlowLabel,
            Options = IpOptions is { IsPerPacket: true } ? Ipv4SocketOptions.ForPacket(IpOptions, RemoteAddress, LocalAddress, Host) : IpOptions,
        });
    }

    private void WriteOptions(Span<byte> options, int blocks, bool isSigned)
    {
        if (isSigned)
        {
            new TcpOptions { IsSigned = true }.Write(options);
            options = options[TcpOptions.SignatureLength..];
        }
        if (TimestampsOk)
        {
            BinaryPrimitives.WriteUInt32BigEndian(options, 0x0101_080A);
            BinaryPrimitives.WriteUInt32BigEndian(options[4..], TimestampNow);
            BinaryPrimitives.WriteUInt32BigEndian(options[8..], RecentTimestamp);
            options = options[TimestampsLength..];
        }
        if (blocks > 0) new TcpOptions { Sack = Receiver.TakeSackReport(blocks) }.Write(options);
    }

    private int SynOptionsLength => SynOptions().Length;

    /// <summary>What we offer with a SYN; what we accept of the peer's offer where this answers one.</summary>
    private TcpOptions SynOptions() => new()
    {
        IsSigned = Key is not null,
        MaximumSegmentSize = (ushort)OfferedMss(),
        SackPermitted = SackOk,
        Timestamps = TimestampsOk ? new TcpTimestamps(TimestampNow, RecentTimestamp) : null,
        WindowScale = WindowScaleOk ? RcvScale : null,
        FastOpen = KnownExtras?.SynCookie,
    };

    /// <summary>RFC 9293 §3.8.5: the pointer to the urgent byte, while it is ahead.</summary>
    private ushort UrgentPointerFor(uint sequence, ref TcpFlags flags)
    {
        if (!Sender.IsUrgent || !Before(sequence, Sender.SndUp)) return 0;
        if (Before(Sender.SndUp, sequence + 0x10000))
        {
            flags |= TcpFlags.Urg;
            return (ushort)(Sender.SndUp - sequence);
        }
        if (!After(sequence + 0xFFFF, Sender.SndNxt)) return 0;
        flags |= TcpFlags.Urg;
        return 0xFFFF;
    }
}
