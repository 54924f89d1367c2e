using Slipway.Stack;
using Slipway.Wire;

namespace Slipway.Lab;

/// <summary>A capture file in the making.</summary>
internal sealed class CaptureStream(NetworkCapture? owner, Stream stream, CaptureScope scope) : IDisposable
{
    private readonly PcapngWriter _writer = new(stream, leaveOpen: owner is null);
    private readonly Dictionary<LabInterface, int> _numbers = [];

    public void Write(LabInterface end, PacketDirection direction, long unixNanoseconds, ReadOnlySpan<byte> bytes)
    {
        if (!scope.Holds(end, direction)) return;
        if (!_numbers.TryGetValue(end, out int number))
        {
            number = _writer.AddInterface(end.FullName, end.Device.Kind == LinkKind.Ethernet ? LinkType.Ethernet : LinkType.RawIp);
            _numbers.Add(end, number);
        }
        _writer.WritePacket(number, unixNanoseconds, bytes);
    }

    public void Dispose()
    {
        owner?.Close(this);
        _writer.Dispose();
    }
}
