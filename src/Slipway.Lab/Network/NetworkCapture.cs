using Slipway.Stack;
using Slipway.Wire;

namespace Slipway.Lab;

/// <summary>
/// The packets of a network, for Wireshark. A capture of the whole network, or of one link, holds each packet once for each link that it was sent on, where it was sent; so a packet that the
/// link loses is there as well. A capture of a host holds what tcpdump would see there: all that it sends, and all that arrives.
/// </summary>
/// <remarks>Interfaces are named <c>host.eth0</c>. Times are those of the network's clock, in nanoseconds; with the same seed the files are the same, byte for byte.</remarks>
public sealed class NetworkCapture : IPacketSink, IDisposable
{
    /// <summary>Bytes of packets that are kept in memory at most.</summary>
    public const long MemoryLimit = 256 << 20;

    private const int ChunkSize = 1 << 20;

    private readonly Dictionary<LinkDevice, LabInterface> _interfaces = [];
    private readonly List<Record> _records = [];
    private readonly List<byte[]> _chunks = [];
    private readonly List<CaptureStream> _streams = [];
    private readonly List<(LabLink Link, SequenceDiagram Diagram)> _diagrams = [];
    private int _used = ChunkSize;
    private long _kept;

    internal NetworkCapture(CaptureMode mode) => Mode = mode;

    /// <summary>What becomes of the packets.</summary>
    public CaptureMode Mode { get; }

    /// <summary>Whether packets are missing in memory because the limit was reached. Streams have them all.</summary>
    public bool IsTruncated { get; private set; }

    /// <summary>Packets kept in memory; each is counted where it is sent and where it arrives.</summary>
    public int Count => _records.Count;

    /// <summary>Writes what has been kept of the whole network, or of one link, as pcapng.</summary>
    /// <exception cref="InvalidOperationException">The network keeps no packets.</exception>
    public void Save(string path, LabLink? link = null)
    {
        using FileStream file = File.Create(path);
        Save(file, link);
    }

    /// <inheritdoc cref="Save(string, LabLink?)"/>
    public void Save(Stream stream, LabLink? link = null) => Save(stream, new CaptureScope(link, Host: null));

    /// <summary>Writes what a host has sent and received, as pcapng.</summary>
    /// <exception cref="InvalidOperationException">The network keeps no packets.</exception>
    public void Save(string path, Host host)
    {
        using FileStream file = File.Create(path);
        Save(file, host);
    }

    /// <inheritdoc cref="Save(string, Host)"/>
    public void Save(Stream stream, Host host)
    {
        ArgumentNullException.ThrowIfNull(host);
        Save(stream, new CaptureScope(Link: null, host));
    }

    /// <summary>Writes the packets of the network, or of one link, to a file as they pass.</summary>
    /// <returns>Dispose of it to end the file; the network does so in the end.</returns>
    /// <exception cref="InvalidOperationException">The network was made without capture.</exception>
    public IDisposable StreamTo(string path, LabLink? link = null) => Open(path, new CaptureScope(link, Host: null));

    /// <summary>Writes what a host sends and receives to a file as it passes.</summary>
    /// <inheritdoc cref="StreamTo(string, LabLink?)"/>
    public IDisposable StreamTo(string path, Host host)
    {
        ArgumentNullException.ThrowIfNull(host);
        return Open(path, new CaptureScope(Link: null, host));
    }

    /// <summary>Ends the streams.</summary>
    public void Dispose()
    {
        while (_streams.Count > 0) _streams[^1].Dispose();
    }

    void IPacketSink.Write(LinkDevice device, PacketDirection direction, long unixNanoseconds, ReadOnlySpan<byte> bytes)
    {
        LabInterface end = _interfaces[device is DeviceDecorator { Inner: var inner } ? inner : device];
        if (Mode == CaptureMode.Memory) Keep(end, direction, unixNanoseconds, bytes);
        foreach (CaptureStream stream in _streams) stream.Write(end, direction, unixNanoseconds, bytes);
        foreach ((LabLink link, SequenceDiagram diagram) in _diagrams)
            if (end.Link == link) Note(diagram, end, direction, bytes);
    }

    internal void Know(LabInterface end) => _interfaces[end.Bottom] = end;

    internal SequenceDiagram Draw(LabLink link, TimeSpan from)
    {
        CheckIsOn();
        var diagram = new SequenceDiagram(link.A.Node.Name, link.B.Node.Name) { From = from };
        _diagrams.Add((link, diagram));
        return diagram;
    }

    internal void Close(CaptureStream stream) => _streams.Remove(stream);

    private CaptureStream Open(string path, CaptureScope scope)
    {
        CheckIsOn();
        var stream = new CaptureStream(this, File.Create(path), scope);
        _streams.Add(stream);
        return stream;
    }

    private static void Note(SequenceDiagram diagram, LabInterface end, PacketDirection direction, ReadOnlySpan<byte> bytes)
    {
        TimeSpan now = end.Node.Network.Now;
        bool isFromHere = direction == PacketDirection.Outbound, isForth = end == end.Link!.A == isFromHere;
        if (isFromHere) diagram.NoteSent(isForth, now, end.Device.Kind == LinkKind.Ethernet ? LinkType.Ethernet : LinkType.RawIp, bytes);
        else diagram.NoteArrived(isForth, now, bytes);
    }

    private void CheckIsOn()
    {
        if (Mode == CaptureMode.Off) throw new InvalidOperationException($"The network was made with {nameof(CaptureMode)}.{nameof(CaptureMode.Off)}: its interfaces cannot be captured.");
    }

    private void Save(Stream stream, CaptureScope scope)
    {
        if (Mode != CaptureMode.Memory) throw new InvalidOperationException($"The network keeps no packets: it was made with {nameof(CaptureMode)}.{Mode}.");
        using var writer = new CaptureStream(owner: null, stream, scope);
        foreach (Record record in _records)
            writer.Write(record.End, record.Direction, record.Time, _chunks[record.Chunk].AsSpan(record.Offset, record.Length));
    }

    private void Keep(LabInterface end, PacketDirection direction, long time, ReadOnlySpan<byte> bytes)
    {
        if (_kept + bytes.Length > MemoryLimit)
        {
            IsTruncated = true;
            return;
        }
        if (_used + bytes.Length > ChunkSize)
        {
            _chunks.Add(GC.AllocateUninitializedArray<byte>(Math.Max(ChunkSize, bytes.Length)));
            _used = 0;
        }
        bytes.CopyTo(_chunks[^1].AsSpan(_used));
        _records.Add(new Record(end, direction, time, _chunks.Count - 1, _used, bytes.Length));
        _used += bytes.Length;
        _kept += bytes.Length;
    }

    private readonly record struct Record(LabInterface End, PacketDirection Direction, long Time, int Chunk, int Offset, int Length);
}
