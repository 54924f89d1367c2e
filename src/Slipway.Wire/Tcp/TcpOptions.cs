using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Slipway.Wire;

/// <summary>The TCP options that are understood, as a value: read by <see cref="Parse"/>, built by <see cref="Write"/>.</summary>
/// <remarks>They are written in the order and with the padding of Linux, so that a capture looks the same: every option's numbers stand on four-byte boundaries.</remarks>
public readonly record struct TcpOptions
{
    /// <summary>Largest window scale (RFC 7323 §2.3); a larger one on the wire counts as this.</summary>
    public const byte MaximumWindowScale = 14;

    /// <summary>Most bytes of options.</summary>
    public const int MaximumLength = 40;

    /// <summary>Bytes that a signature takes, with its padding.</summary>
    public const int SignatureLength = 20;

    // NOP NOP timestamps(10): what nearly every data segment of a modern connection carries.
    private const uint AlignedTimestamps = 0x0101_080A, AlignedSackPermitted = 0x0101_0402, AlignedSignature = 0x0101_1312, SackPermittedTimestamps = 0x0402_080A;

    /// <summary>There is an MD5 signature (RFC 2385). Written, it stands first, and its digest, the bytes 4 to 19, is zeros until somebody who has the key fills it in.</summary>
    public bool IsSigned { get; init; }

    /// <summary>Maximum segment size in bytes; null if absent.</summary>
    public ushort? MaximumSegmentSize { get; init; }

    /// <summary>Window scale, 0 to 14; null if absent.</summary>
    public byte? WindowScale { get; init; }

    /// <summary>Selective acknowledgments are welcome.</summary>
    public bool SackPermitted { get; init; }

    /// <summary>Timestamps; null if absent.</summary>
    public TcpTimestamps? Timestamps { get; init; }

    /// <summary>Selective acknowledgments.</summary>
    public SackBlocks Sack { get; init; }

    /// <summary>Fast open cookie or the request for one; null if absent.</summary>
    public FastOpenCookie? FastOpen { get; init; }

    /// <summary>Bytes that <see cref="Write"/> fills: a multiple of four.</summary>
    public int Length
    {
        get
        {
            int length = IsSigned ? SignatureLength : 0;
            if (MaximumSegmentSize is not null) length += 4;
            if (Timestamps is not null) length += 12;
            else if (SackPermitted) length += 4;
            if (WindowScale is not null) length += 4;
            if (Sack.Count > 0) length += 4 + Sack.Count * 8;
            if (FastOpen is { } cookie) length += 2 + cookie.Length + 3 & ~3;
            return length;
        }
    }

    /// <summary>Reads options by Linux's rules: what breaks the format ends the list, what has a wrong length or stands on the wrong segment is skipped, and of two of a kind the last counts.</summary>
    /// <param name="options"><see cref="TcpView.Options"/>.</param>
    /// <param name="isSyn">Whether the segment has SYN: the options of the handshake count only there.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TcpOptions Parse(ReadOnlySpan<byte> options, bool isSyn)
    {
        if (options.IsEmpty) return default;
        if (options.Length == 12 && BinaryPrimitives.ReadUInt32BigEndian(options) == AlignedTimestamps)
            return new TcpOptions { Timestamps = ReadTimestamps(options[4..]) };
        return ParseAny(options, isSyn);
    }

    /// <summary>Writes the options with their padding.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The span is shorter than <see cref="Length"/>.</exception>
    public void Write(Span<byte> destination)
    {
        int at = 0;
        if (IsSigned)
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination, AlignedSignature);
            destination[4..SignatureLength].Clear();
            at = SignatureLength;
        }
        if (MaximumSegmentSize is { } mss)
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination[at..], (uint)TcpOptionKind.MaximumSegmentSize << 24 | 4 << 16 | (uint)mss);
            at += 4;
        }
        at += WriteTimestampsAndSackPermitted(destination[at..]);
        if (WindowScale is { } scale)
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination[at..], 0x0103_0300u | scale);
            at += 4;
        }
        if (Sack.Count > 0) at += WriteSack(destination[at..]);
        if (FastOpen is { } cookie) WriteFastOpen(destination[at..], cookie);
    }

    private static TcpOptions ParseAny(ReadOnlySpan<byte> options, bool isSyn)
    {
        ushort? mss = null;
        byte? scale = null;
        bool sackPermitted = false, isSigned = false;
        TcpTimestamps? timestamps = null;
        SackBlocks sack = default;
        FastOpenCookie? fastOpen = null;
        var walk = new TcpOptionEnumerator(options);
        while (walk.MoveNext())
        {
            ReadOnlySpan<byte> data = walk.Data;
            switch (walk.Kind)
            {
                case TcpOptionKind.MaximumSegmentSize when isSyn && data.Length == 2 && BinaryPrimitives.ReadUInt16BigEndian(data) != 0:
                    mss = BinaryPrimitives.ReadUInt16BigEndian(data);
                    break;
                case TcpOptionKind.WindowScale when isSyn && data.Length == 1:
                    scale = Math.Min(data[0], MaximumWindowScale);
                    break;
                case TcpOptionKind.SackPermitted when isSyn && data.IsEmpty:
                    sackPermitted = true;
                    break;
                case TcpOptionKind.Timestamps when data.Length == 8:
                    timestamps = ReadTimestamps(data);
                    break;
                case TcpOptionKind.Sack when data.Length is >= 8 and <= 32 && data.Length % 8 == 0:
                    sack = ReadSack(data);
                    break;
                case TcpOptionKind.Md5Signature when data.Length == 16:
                    isSigned = true;
                    break;
                case TcpOptionKind.FastOpenCookie when isSyn && FastOpenCookie.IsValidLength(data.Length):
                    fastOpen = new FastOpenCookie(data);
                    break;
            }
        }
        return new TcpOptions
        {
            MaximumSegmentSize = mss,
            WindowScale = scale,
            SackPermitted = sackPermitted,
            Timestamps = timestamps,
            Sack = sack,
            FastOpen = fastOpen,
            IsSigned = isSigned,
        };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TcpTimestamps ReadTimestamps(ReadOnlySpan<byte> data)
        => new(BinaryPrimitives.ReadUInt32BigEndian(data), BinaryPrimitives.ReadUInt32BigEndian(data[4..]));

    private static SackBlocks ReadSack(ReadOnlySpan<byte> data)
    {
        Span<SackBlock> blocks = stackalloc SackBlock[SackBlocks.MaximumCount];
        int count = data.Length / 8;
        for (int i = 0; i < count; i++)
            blocks[i] = new SackBlock(BinaryPrimitives.ReadUInt32BigEndian(data[(i * 8)..]), BinaryPrimitives.ReadUInt32BigEndian(data[(i * 8 + 4)..]));
        return new SackBlocks(blocks[..count]);
    }

    private int WriteTimestampsAndSackPermitted(Span<byte> destination)
    {
        if (Timestamps is { } timestamps)
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination, SackPermitted ? SackPermittedTimestamps : AlignedTimestamps);
            BinaryPrimitives.WriteUInt32BigEndian(destination[4..], timestamps.Value);
            BinaryPrimitives.WriteUInt32BigEndian(destination[8..], timestamps.EchoReply);
            return 12;
        }
        if (!SackPermitted) return 0;
        BinaryPrimitives.WriteUInt32BigEndian(destination, AlignedSackPermitted);
        return 4;
    }

    private int WriteSack(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination, 0x0101_0500u | (uint)(2 + Sack.Count * 8));
        for (int i = 0; i < Sack.Count; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination[(4 + i * 8)..], Sack[i].Left);
            BinaryPrimitives.WriteUInt32BigEndian(destination[(8 + i * 8)..], Sack[i].Right);
        }
        return 4 + Sack.Count * 8;
    }

    private static void WriteFastOpen(Span<byte> destination, FastOpenCookie cookie)
    {
        destination[0] = (byte)TcpOptionKind.FastOpenCookie;
        destination[1] = (byte)(2 + cookie.Length);
        cookie.Write(destination[2..]);
        int end = 2 + cookie.Length, padded = end + 3 & ~3;
        destination[end..padded].Fill((byte)TcpOptionKind.NoOperation);
    }
}
