using System.Buffers.Binary;
using System.Text;

namespace Slipway.Wire;

/// <summary>Reads pcapng captures of either byte order, with any number of sections (draft-ietf-opsawg-pcapng). Blocks of unknown types are skipped.</summary>
/// <remarks>Every length is checked before it is believed. What breaks the format is a <see cref="PcapFormatException"/> that says where.</remarks>
public sealed class PcapngReader
{
    /// <summary>Longest block that is read, in bytes: a file cannot make the reader allocate more.</summary>
    public const int MaximumBlockLength = 16 << 20;

    private readonly Stream _stream;
    private readonly List<PcapngInterface> _interfaces = [];
    private bool _isBigEndian;
    private bool _hasSection;
    private long _position;

    /// <summary>Reads from a stream; it is not closed.</summary>
    public PcapngReader(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _stream = stream;
    }

    /// <summary>The interfaces of the current section so far.</summary>
    public IReadOnlyList<PcapngInterface> Interfaces => _interfaces;

    /// <summary>The next packet, or null at the end of the file.</summary>
    /// <exception cref="PcapFormatException">The file breaks the format.</exception>
    public PcapngPacket? ReadPacket()
    {
        while (ReadBlock(out uint type, out byte[] body, out long start))
        {
            switch (type)
            {
                case PcapngBlock.SectionHeader:
                    StartSection(body, start);
                    break;
                case PcapngBlock.InterfaceDescription:
                    AddInterface(body, start);
                    break;
                case PcapngBlock.EnhancedPacket:
                    return ReadEnhancedPacket(body, start);
                case PcapngBlock.SimplePacket:
                    return ReadSimplePacket(body, start);
            }
        }
        return null;
    }

    /// <summary>All packets from here to the end of the file.</summary>
    /// <exception cref="PcapFormatException">The file breaks the format.</exception>
    public IEnumerable<PcapngPacket> ReadPackets()
    {
        while (ReadPacket() is { } packet) yield return packet;
    }

    private bool ReadBlock(out uint type, out byte[] body, out long start)
    {
        start = _position;
        type = 0;
        body = [];
        Span<byte> head = stackalloc byte[12];
        int got = _stream.ReadAtLeast(head[..8], 8, throwOnEndOfStream: false);
        if (got == 0) return false;
        if (got < 8) throw new PcapFormatException(start, "the file ends within a block's header");
        type = ReadUInt32(head);
        int taken = 8;
        // The section header's type reads the same in both orders; the magic number behind the length tells which it is.
        if (type == PcapngBlock.SectionHeader)
        {
            if (_stream.ReadAtLeast(head[8..], 4, throwOnEndOfStream: false) < 4) throw new PcapFormatException(start, "the file ends within a section header");
            taken = 12;
            ReadByteOrder(head[8..], start);
        }
        else if (!_hasSection)
        {
            throw new PcapFormatException(start, "not a pcapng file: it does not begin with a section header");
        }
        uint length = ReadUInt32(head[4..]);
        if (length < (type == PcapngBlock.SectionHeader ? 28 : PcapngBlock.FrameLength) || length % 4 != 0)
            throw new PcapFormatException(start + 4, $"block length {length} is too short or not a multiple of 4");
        if (length > MaximumBlockLength) throw new PcapFormatException(start + 4, $"block length {length} is above the bound of {MaximumBlockLength}");
        body = ReadBody(head[8..taken], (int)length, start);
        _position = start + length;
        return true;
    }

    /// <summary>The body without the frame; <paramref name="begun"/> are its bytes already read.</summary>
    private byte[] ReadBody(ReadOnlySpan<byte> begun, int length, long start)
    {
        byte[] bytes = ReadGrowing(begun, length - 8, start);
        uint trailer = ReadUInt32(bytes.AsSpan(bytes.Length - 4));
        if (trailer != (uint)length) throw new PcapFormatException(start + length - 4, $"the length after the block, {trailer}, is not that before it, {length}");
        return bytes[..^4];
    }

    /// <summary>Reads in steps, so that a short file with a great length in it costs no great allocation.</summary>
    private byte[] ReadGrowing(ReadOnlySpan<byte> begun, int length, long start)
    {
        const int Step = 1 << 16;
        byte[] bytes = new byte[Math.Min(length, Step)];
        begun.CopyTo(bytes);
        int filled = begun.Length;
        while (true)
        {
            int got = _stream.ReadAtLeast(bytes.AsSpan(filled), bytes.Length - filled, throwOnEndOfStream: false);
            filled += got;
            if (filled < bytes.Length) throw new PcapFormatException(start, $"the file ends within a block of {length + 8} bytes");
            if (filled == length) return bytes;
            Array.Resize(ref bytes, (int)Math.Min(length, bytes.Length * 2L));
        }
    }

    private void ReadByteOrder(ReadOnlySpan<byte> magic, long start)
    {
        _isBigEndian = BinaryPrimitives.ReadUInt32BigEndian(magic) == PcapngBlock.ByteOrderMagic;
        if (!_isBigEndian && BinaryPrimitives.ReadUInt32LittleEndian(magic) != PcapngBlock.ByteOrderMagic)
            throw new PcapFormatException(start + 8, "the byte-order magic is neither way round");
    }

    private void StartSection(byte[] body, long start)
    {
        ushort major = ReadUInt16(body.AsSpan(4));
        if (major != 1) throw new PcapFormatException(start + 12, $"pcapng version {major} is not known");
        _hasSection = true;
        _interfaces.Clear();
    }

    private void AddInterface(byte[] body, long start)
    {
        if (body.Length < 8) throw new PcapFormatException(start, "an interface description is too short");
        var description = new PcapngInterface("", (LinkType)ReadUInt16(body), ReadUInt32(body.AsSpan(4)));
        int at = 8;
        while (NextOption(body, ref at, start, out ushort code, out ReadOnlySpan<byte> value))
        {
            description = code switch
            {
                PcapngBlock.InterfaceName => description with { Name = Encoding.UTF8.GetString(value) },
                PcapngBlock.TimestampResolution when value.Length == 1 => description with { Resolution = value[0] },
                PcapngBlock.TimestampOffset when value.Length == 8 => description with { OffsetSeconds = ReadInt64(value) },
                _ => description,
            };
        }
        _interfaces.Add(description);
    }

    private PcapngPacket ReadEnhancedPacket(byte[] body, long start)
    {
        if (body.Length < 20) throw new PcapFormatException(start, "an enhanced packet block is too short");
        PcapngInterface where = FindInterface(ReadUInt32(body), start);
        ulong units = (ulong)ReadUInt32(body.AsSpan(4)) << 32 | ReadUInt32(body.AsSpan(8));
        uint captured = ReadUInt32(body.AsSpan(12));
        if (captured > body.Length - 20) throw new PcapFormatException(start + 20, $"{captured} captured bytes do not fit the block");
        string? comment = null;
        int at = 20 + ((int)captured + 3 & ~3);
        while (NextOption(body, ref at, start, out ushort code, out ReadOnlySpan<byte> value))
            if (code == PcapngBlock.Comment) comment ??= Encoding.UTF8.GetString(value);
        return new PcapngPacket(where, where.ToNanoseconds(units), body.AsMemory(20, (int)captured), ReadUInt32(body.AsSpan(16)), comment);
    }

    private PcapngPacket ReadSimplePacket(byte[] body, long start)
    {
        if (body.Length < 4) throw new PcapFormatException(start, "a simple packet block is too short");
        PcapngInterface where = FindInterface(0, start);
        uint original = ReadUInt32(body);
        // The block does not say how much was kept: it is the lesser of the packet's and the interface's snap length.
        long captured = where.SnapLength == 0 ? original : Math.Min(original, where.SnapLength);
        if (captured > body.Length - 4) throw new PcapFormatException(start + 8, $"{captured} captured bytes do not fit the block");
        return new PcapngPacket(where, 0, body.AsMemory(4, (int)captured), original, null);
    }

    private PcapngInterface FindInterface(uint id, long start)
        => id < (uint)_interfaces.Count ? _interfaces[(int)id] : throw new PcapFormatException(start, $"a packet names interface {id}, but the section has {_interfaces.Count}");

    private bool NextOption(ReadOnlySpan<byte> body, ref int at, long start, out ushort code, out ReadOnlySpan<byte> value)
    {
        code = PcapngBlock.EndOfOptions;
        value = default;
        if (at >= body.Length) return false;
        // A body is a multiple of four bytes and so is every step, hence code and length are there.
        code = ReadUInt16(body[at..]);
        int length = ReadUInt16(body[(at + 2)..]);
        if (code == PcapngBlock.EndOfOptions) return false;
        if (length > body.Length - at - 4) throw new PcapFormatException(start + 8 + at, $"option {code} of {length} bytes does not fit the block");
        value = body.Slice(at + 4, length);
        at += 4 + (length + 3 & ~3);
        return true;
    }

    private ushort ReadUInt16(ReadOnlySpan<byte> bytes)
        => _isBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private uint ReadUInt32(ReadOnlySpan<byte> bytes)
        => _isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private long ReadInt64(ReadOnlySpan<byte> bytes)
        => _isBigEndian ? BinaryPrimitives.ReadInt64BigEndian(bytes) : BinaryPrimitives.ReadInt64LittleEndian(bytes);
}
