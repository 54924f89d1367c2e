using System.Buffers.Binary;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>The fragments of one packet, until it is whole or its time is over.</summary>
internal sealed class FragmentAssembly(Reassembler owner, FragmentKey key, StackLoop loop) : StackTimer(loop)
{
    /// <summary>Bytes that an assembly costs beside its fragments.</summary>
    public const int Overhead = 256;

    private readonly List<Piece> _pieces = [];
    private int _received;
    private int _ecn;

    public FragmentKey Key { get; } = key;

    /// <summary>Memory held, as the bound counts it.</summary>
    public long Memory { get; private set; } = Overhead;

    /// <summary>Bytes of the whole payload as far as known.</summary>
    public int Length { get; private set; }

    /// <summary>The last fragment is there, so <see cref="Length"/> is final.</summary>
    public bool HasLast { get; private set; }

    /// <summary>The source's counter at the newest fragment (ipfrag_max_dist).</summary>
    public uint Distance { get; set; }

    public bool IsEmpty => _pieces.Count == 0;

    /// <summary>The fragment of offset 0, borrowed; null while it is missing.</summary>
    public PacketBuffer? First => _pieces.Count > 0 && _pieces[0].Info.Offset == 0 ? _pieces[0].Packet : null;

    /// <summary>Takes a fragment in. Only with <see cref="FragmentVerdict.Kept"/> and <see cref="FragmentVerdict.Complete"/> does its ownership move.</summary>
    public FragmentVerdict Add(PacketBuffer packet, in FragmentInfo info)
    {
        if (info.Length == 0) return FragmentVerdict.Inconsistent;
        if (info.More ? HasLast && info.End > Length : info.End < Length || HasLast && info.End != Length) return FragmentVerdict.Inconsistent;
        int place = PlaceOf(info, out FragmentVerdict verdict);
        if (verdict != FragmentVerdict.Kept) return verdict;
        if (!info.More) HasLast = true;
        Length = Math.Max(Length, info.End);
        _pieces.Insert(place, new Piece(packet, info));
        _received += info.Length;
        _ecn |= 1 << info.Ecn;
        Memory += packet.MemorySize;
        return HasLast && _received == Length ? FragmentVerdict.Complete : FragmentVerdict.Kept;
    }

    /// <summary>Puts the whole packet together and gives the fragments back; null if that is impossible. IPv6 loses its fragment header.</summary>
    public PacketBuffer? Assemble(bool isIPv4)
    {
        FragmentInfo first = _pieces[0].Info;
        int headerLength = isIPv4 ? first.HeaderLength : first.HeaderLength - Ipv6FragmentHeader.Length;
        int most = isIPv4 ? Ipv4Header.MaximumPacketLength : Ipv6Header.Length + Ipv6Header.MaximumPayloadLength;
        if (headerLength + Length > most || !TryMergeEcn(out int ecn)) return null;
        PacketBuffer head = _pieces[0].Packet;
        PacketBuffer whole = Loop.Packets.Rent(headerLength + Length);
        Span<byte> bytes = whole.Span;
        bool trusted = true;
        foreach (Piece piece in _pieces)
        {
            piece.Packet.Span.Slice(piece.Info.HeaderLength, piece.Info.Length).CopyTo(bytes[(headerLength + piece.Info.Offset)..]);
            whole.LargestFragment = Math.Max(whole.LargestFragment, piece.Info.HeaderLength + piece.Info.Length);
            trusted &= piece.Packet.Checksum != PacketChecksum.Unverified;
        }
        head.Span[..headerLength].CopyTo(bytes);
        whole.Device = head.Device;
        whole.Destination = head.Destination;
        whole.ReceivedAt = Loop.Now;
        whole.NetworkOffset = 0;
        whole.Checksum = trusted ? PacketChecksum.Trusted : PacketChecksum.Unverified;
        if (isIPv4) FinishIPv4(bytes, headerLength, ecn);
        else FinishIPv6(bytes, head.Span[first.HeaderLength - Ipv6FragmentHeader.Length], first.NextHeaderOffset, ecn);
        Clear();
        return whole;
    }

    /// <summary>Gives all fragments back.</summary>
    public void Clear()
    {
        foreach (Piece piece in _pieces) piece.Packet.Release();
        _pieces.Clear();
        _received = Length = _ecn = 0;
        HasLast = false;
        Memory = Overhead;
    }

    protected override void OnExpired() => owner.Expire(this);

    /// <summary>Where the fragment goes. Within what is there without a gap it is a duplicate, as Linux takes it; else it must touch nothing.</summary>
    private int PlaceOf(in FragmentInfo info, out FragmentVerdict verdict)
    {
        verdict = FragmentVerdict.Kept;
        int place = _pieces.Count;
        while (place > 0 && _pieces[place - 1].Info.Offset > info.Offset) place--;
        int runEnd = place > 0 ? _pieces[place - 1].Info.End : 0;
        bool startsInside = place > 0 && info.Offset < runEnd;
        bool reachesNext = place < _pieces.Count && info.End > _pieces[place].Info.Offset;
        if (!startsInside && !reachesNext) return place;
        for (int i = place; i < _pieces.Count && _pieces[i].Info.Offset == runEnd; i++) runEnd = _pieces[i].Info.End;
        verdict = startsInside && info.End <= runEnd ? FragmentVerdict.Duplicate : FragmentVerdict.Overlap;
        return place;
    }

    /// <summary>RFC 3168 §5.3: congestion seen by one fragment was seen by the packet; fragments with and without ECN do not belong together.</summary>
    private bool TryMergeEcn(out int ecn)
    {
        const int NotCapable = 1, Ect1 = 1 << 1, Ect0 = 1 << 2, Congestion = 1 << 3;
        ecn = (_ecn & Congestion) != 0 ? 3 : (_ecn & (Ect0 | Ect1)) == (Ect0 | Ect1) ? -1 : (_ecn & Ect0) != 0 ? 2 : (_ecn & Ect1) != 0 ? 1 : 0;
        return (_ecn & NotCapable) == 0 || _ecn == NotCapable;
    }

    private static void FinishIPv4(Span<byte> bytes, int headerLength, int ecn)
    {
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], (ushort)bytes.Length);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[6..], 0);
        if (ecn >= 0) bytes[1] = (byte)(bytes[1] & ~3 | ecn);
        Ipv4Output.WriteChecksum(bytes[..headerLength]);
    }

    private static void FinishIPv6(Span<byte> bytes, byte nextHeader, int nextHeaderOffset, int ecn)
    {
        BinaryPrimitives.WriteUInt16BigEndian(bytes[4..], (ushort)(bytes.Length - Ipv6Header.Length));
        bytes[nextHeaderOffset] = nextHeader;
        if (ecn >= 0) bytes[1] = (byte)(bytes[1] & ~0x30 | ecn << 4);
    }

    private readonly record struct Piece(PacketBuffer Packet, FragmentInfo Info);
}
