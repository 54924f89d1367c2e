using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Slipway.Wire;

/// <summary>
/// Writes captures that Wireshark opens: pcapng with nanosecond times (draft-ietf-opsawg-pcapng). The bytes depend on the calls
/// alone — no clock, no host name — so two runs of one seed write the same file.
/// </summary>
/// <remarks>Not safe for use by two threads at once. Times are given by the caller.</remarks>
public sealed class PcapngWriter : IDisposable
{
    private const string Application = "Slipway";
    private const byte Nanoseconds = 9;

    private readonly Stream _stream;
    private readonly bool _leaveOpen;
    private readonly ArrayBufferWriter<byte> _block = new(2048);
    private readonly List<int> _snapLengths = [];
    private bool _isDisposed;

    /// <summary>Starts a capture: writes the section header.</summary>
    /// <param name="stream">Where to; written to in whole blocks.</param>
    /// <param name="leaveOpen">Whether <see cref="Dispose"/> leaves the stream open.</param>
    public PcapngWriter(Stream stream, bool leaveOpen = false)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _stream = stream;
        _leaveOpen = leaveOpen;
        Span<byte> body = Take(16);
        BinaryPrimitives.WriteUInt32LittleEndian(body, PcapngBlock.ByteOrderMagic);
        BinaryPrimitives.WriteUInt16LittleEndian(body[4..], 1); // major version
        BinaryPrimitives.WriteUInt16LittleEndian(body[6..], 0); // minor version
        BinaryPrimitives.WriteInt64LittleEndian(body[8..], -1); // length of the section: not known
        AddOption(PcapngBlock.UserApplication, Application);
        EndOptions();
        WriteBlock(PcapngBlock.SectionHeader);
    }

    /// <summary>How many interfaces have been added.</summary>
    public int InterfaceCount => _snapLengths.Count;

    /// <summary>Adds an interface that packets are captured on.</summary>
    /// <param name="name">As it shall show in Wireshark.</param>
    /// <param name="linkType">What its packets begin with.</param>
    /// <param name="snapLength">Most bytes kept of a packet; 0 for all.</param>
    /// <returns>Its number, for <see cref="WritePacket"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The snap length is negative.</exception>
    public int AddInterface(string name, LinkType linkType, int snapLength = 0)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentOutOfRangeException.ThrowIfNegative(snapLength);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        Span<byte> body = Take(8);
        BinaryPrimitives.WriteUInt16LittleEndian(body, (ushort)linkType);
        BinaryPrimitives.WriteUInt16LittleEndian(body[2..], 0); // reserved
        BinaryPrimitives.WriteInt32LittleEndian(body[4..], snapLength);
        AddOption(PcapngBlock.InterfaceName, name);
        AddOption(PcapngBlock.TimestampResolution, [Nanoseconds]);
        EndOptions();
        WriteBlock(PcapngBlock.InterfaceDescription);
        _snapLengths.Add(snapLength);
        return _snapLengths.Count - 1;
    }

    /// <summary>Adds a packet.</summary>
    /// <param name="interfaceId">From <see cref="AddInterface"/>.</param>
    /// <param name="timestamp">Nanoseconds since 1970-01-01 UTC, or since any other beginning.</param>
    /// <param name="packet">The packet; cut to the interface's snap length.</param>
    /// <param name="originalLength">Bytes that the packet had on the wire, if <paramref name="packet"/> is less than all of it.</param>
    /// <param name="comment">A remark shown with the packet.</param>
    /// <exception cref="ArgumentOutOfRangeException">No such interface, a negative time, or an original length that is shorter than the packet.</exception>
    public void WritePacket(int interfaceId, long timestamp, ReadOnlySpan<byte> packet, int? originalLength = null, string? comment = null)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)interfaceId, (uint)_snapLengths.Count, nameof(interfaceId));
        ArgumentOutOfRangeException.ThrowIfNegative(timestamp);
        int original = originalLength ?? packet.Length;
        ArgumentOutOfRangeException.ThrowIfLessThan(original, packet.Length, nameof(originalLength));
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        int snap = _snapLengths[interfaceId];
        if (snap > 0 && packet.Length > snap) packet = packet[..snap];
        Span<byte> body = Take(20);
        BinaryPrimitives.WriteInt32LittleEndian(body, interfaceId);
        BinaryPrimitives.WriteUInt32LittleEndian(body[4..], (uint)(timestamp >> 32));
        BinaryPrimitives.WriteUInt32LittleEndian(body[8..], (uint)timestamp);
        BinaryPrimitives.WriteInt32LittleEndian(body[12..], packet.Length);
        BinaryPrimitives.WriteInt32LittleEndian(body[16..], original);
        AddPadded(packet);
        if (comment is not null)
        {
            AddOption(PcapngBlock.Comment, comment);
            EndOptions();
        }
        WriteBlock(PcapngBlock.EnhancedPacket);
    }

    /// <summary>Hands what has been written on to the file.</summary>
    public void Flush() => _stream.Flush();

    /// <summary>Ends the capture.</summary>
    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        _stream.Flush();
        if (!_leaveOpen) _stream.Dispose();
    }

    private Span<byte> Take(int length)
    {
        Span<byte> taken = _block.GetSpan(length)[..length];
        _block.Advance(length);
        return taken;
    }

    private void AddPadded(ReadOnlySpan<byte> bytes)
    {
        Span<byte> padded = Take(bytes.Length + 3 & ~3);
        bytes.CopyTo(padded);
        padded[bytes.Length..].Clear();
    }

    private void AddOption(ushort code, string text)
    {
        // The length field has 16 bits; whoever writes a longer remark loses its end rather than the capture.
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        AddOption(code, bytes.AsSpan(0, Math.Min(bytes.Length, ushort.MaxValue)));
    }

    private void AddOption(ushort code, ReadOnlySpan<byte> value)
    {
        Span<byte> head = Take(4);
        BinaryPrimitives.WriteUInt16LittleEndian(head, code);
        BinaryPrimitives.WriteUInt16LittleEndian(head[2..], (ushort)value.Length);
        AddPadded(value);
    }

    private void EndOptions() => Take(4).Clear();

    private void WriteBlock(uint type)
    {
        Span<byte> frame = stackalloc byte[8];
        int length = _block.WrittenCount + PcapngBlock.FrameLength;
        BinaryPrimitives.WriteUInt32LittleEndian(frame, type);
        BinaryPrimitives.WriteInt32LittleEndian(frame[4..], length);
        _stream.Write(frame);
        BinaryPrimitives.WriteInt32LittleEndian(Take(4), length);
        _stream.Write(_block.WrittenSpan);
        _block.ResetWrittenCount();
    }
}
