using System.Globalization;
using System.Text;
using Slipway.Stack;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>What passes a device, a line a segment: when, which way, and what its header says, with sequence numbers counted from the first of each side.</summary>
internal sealed class SegmentTrace(VirtualClock clock) : IPacketSink
{
    private readonly StringBuilder _text = new();
    private readonly uint[] _first = new uint[2];
    private readonly bool[] _hasFirst = new bool[2];
    private readonly long _start = clock.Now;

    /// <inheritdoc/>
    public void Write(LinkDevice device, PacketDirection direction, long unixNanoseconds, ReadOnlySpan<byte> bytes)
    {
        int header = bytes[0] >> 4 == 4 ? (bytes[0] & 15) * 4 : Ipv6Header.Length;
        int side = direction == PacketDirection.Outbound ? 0 : 1;
        _text.Append(CultureInfo.InvariantCulture, $"{(clock.Now - _start) / 1e6,12:F3} {(side == 0 ? "->" : "<-")} ");
        if (!TcpView.TryParse(bytes[header..], out TcpView view, out _))
        {
            _text.AppendLine("(no segment)");
            return;
        }
        if (!_hasFirst[side] && (view.Flags & TcpFlags.Syn) != 0)
        {
            _hasFirst[side] = true;
            _first[side] = view.Sequence;
        }
        uint sequence = view.Sequence - _first[side], acknowledgment = view.Acknowledgment - _first[1 - side];
        _text.Append(CultureInfo.InvariantCulture, $"{view.Flags} {sequence}:{sequence + (uint)view.Payload.Length} ack {acknowledgment} win {view.Window}");
        SackBlocks blocks = TcpOptions.Parse(view.Options, isSyn: false).Sack;
        for (int i = 0; i < blocks.Count; i++) _text.Append(CultureInfo.InvariantCulture, $" sack {blocks[i].Left - _first[1 - side]}-{blocks[i].Right - _first[1 - side]}");
        _text.AppendLine();
    }

    public override string ToString() => _text.ToString();
}
