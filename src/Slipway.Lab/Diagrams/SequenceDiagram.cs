using Slipway.Wire;

namespace Slipway.Lab;

/// <summary>
/// Packets between two hosts as a time-sequence diagram in text: two columns, an arrow for each packet, the time of each end beside it. <see cref="LabLink.Draw"/> makes one that
/// fills while the network runs; whoever watches another wire tells it what was sent and what arrived. ARP and neighbour discovery are left out.
/// </summary>
/// <example><code>
///  ms  client                                       server  ms
///   0  |-- [P.] seq 1 len 1 ack 1 "h" ------------------->|  300
/// 600  |&lt;------------------- [P.] seq 1 len 1 ack 2 "h" --|  300
/// </code></example>
/// <param name="left">The host of the left column.</param>
/// <param name="right">The host of the right column.</param>
public sealed class SequenceDiagram(string left, string right)
{
    private readonly SequenceReader _reader = new();
    private readonly List<SequenceEvent> _events = [];
    private readonly List<Flight> _onTheWay = [];

    /// <summary>The time that is the diagram's zero. What is sent before is left out.</summary>
    public TimeSpan From { get; init; }

    /// <summary>The packets in the order in which they were sent.</summary>
    public IReadOnlyList<SequenceEvent> Events => _events;

    /// <summary>A packet was sent.</summary>
    /// <param name="isForth">Whether the left host sent it.</param>
    /// <param name="time">When, by the clock that <see cref="From"/> is of.</param>
    /// <param name="linkType">What the bytes begin with.</param>
    /// <param name="bytes">The frame or packet.</param>
    public void NoteSent(bool isForth, TimeSpan time, LinkType linkType, ReadOnlySpan<byte> bytes)
    {
        // Read in any case: a SYN before the beginning tells where the numbers begin.
        if (_reader.Read(isForth, time - From, linkType, bytes) is not { } packet || time < From) return;
        _events.Add(packet);
        _onTheWay.Add(new Flight(packet, bytes.ToArray()));
    }

    /// <summary>A packet arrived. It is the oldest one with the same bytes that has not arrived yet; none if it was changed on its way, or doubled.</summary>
    /// <param name="isForth">Whether the left host had sent it.</param>
    /// <param name="time">When.</param>
    /// <param name="bytes">The frame or packet.</param>
    public void NoteArrived(bool isForth, TimeSpan time, ReadOnlySpan<byte> bytes)
    {
        for (int i = 0; i < _onTheWay.Count; i++)
        {
            Flight flight = _onTheWay[i];
            if (flight.Packet.IsForth != isForth || !bytes.SequenceEqual(flight.Bytes)) continue;
            flight.Packet.Arrived = time - From;
            _onTheWay.RemoveAt(i);
            return;
        }
    }

    /// <summary>The diagram as text, a line a packet.</summary>
    public override string ToString() => SequenceText.Draw(left, right, _events);

    private readonly record struct Flight(SequenceEvent Packet, byte[] Bytes);
}
