using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>
/// A device over a packet port, such as a TUN or TAP device: a thread reads, enters the loop with each packet and so runs the host on it; what the host
/// sends is written at once, with complete checksums.
/// </summary>
public sealed class PortDevice : LinkDevice, IDisposable
{
    private const int MaxPacket = MaxMtu + EthernetHeaderLength;

    private readonly IPacketPort _port;
    private readonly Thread _reader;
    private volatile bool _started, _closed;

    /// <summary>Makes a device that is up. Nothing is read before <see cref="Start"/>.</summary>
    /// <param name="loop">The loop of the host that it belongs to.</param>
    /// <param name="name">Its name in the host.</param>
    /// <param name="port">The port; the device disposes of it.</param>
    /// <param name="address">The Ethernet address, where the port carries frames.</param>
    public PortDevice(StackLoop loop, string name, IPacketPort port, MacAddress address = default)
        : base(loop, name, (port ?? throw new ArgumentNullException(nameof(port))).HasEthernetHeader ? LinkKind.Ethernet : LinkKind.PointToPoint, port.Mtu)
    {
        _port = port;
        Address = address;
        _reader = new Thread(Read) { IsBackground = true, Name = "slipway " + name };
    }

    /// <inheritdoc/>
    public override DeviceFeatures Features => DeviceFeatures.ChecksumOffload;

    /// <summary>Begins to read. Call it when the receiver is set.</summary>
    public void Start()
    {
        _started = true;
        _reader.Start();
    }

    /// <inheritdoc/>
    public override void Transmit(PacketBuffer packet)
    {
        if (!TryBeginTransmit(packet)) return;
        packet.CompleteChecksum();
        if (_closed || !_port.Write(packet.Span)) Counters.TxDropped++;
        packet.Release();
    }

    /// <summary>Closes the port and waits for the reading thread. Call it without owning the loop.</summary>
    public void Dispose()
    {
        if (_closed) return;
        _closed = true;
        _port.Dispose();
        if (_started && Thread.CurrentThread != _reader) _reader.Join();
    }

    private void Read()
    {
        byte[] buffer = GC.AllocateUninitializedArray<byte>(MaxPacket);
        for (int length; !_closed && (length = _port.Read(buffer)) > 0;)
        {
            using (Loop.Enter())
            {
                if (length > MaxFrame) Counters.RxErrors++;
                else Deliver(Loop.Packets.RentCopy(buffer.AsSpan(0, length)));
            }
        }
    }
}
