using System.Globalization;
using System.Text;

namespace Slipway.Lab;

/// <summary>Lays a time-sequence diagram out as text: a line a packet, the label at the tail of its arrow, the time of each end at its side.</summary>
internal static class SequenceText
{
    private const int LeastArrow = 46, Tail = 2, Point = 6;

    /// <summary>Draws the packets, which stand in the order of sending.</summary>
    public static string Draw(string left, string right, IReadOnlyList<SequenceEvent> events)
    {
        bool namesPorts = events.Select(Connection).Where(static ports => ports is not null).Distinct().Count() > 1;
        string[] labels = [.. events.Select(packet => namesPorts && packet.Segment is { } tcp ? Ports(tcp) + packet.Text : packet.Text)];
        int arrow = Math.Max(LeastArrow, labels.Append("").Max(static label => label.Length) + Tail + Point + 2);
        int times = events.Select(static packet => Time(packet.IsForth ? packet.Sent : packet.Arrived).Length).Append(2).Max();
        var text = new StringBuilder();
        AppendHead(text, left, right, times, arrow);
        for (int i = 0; i < events.Count; i++) AppendPacket(text, events[i], labels[i], times, arrow);
        return text.ToString();
    }

    /// <summary>Both names stand over their bars, and the unit over the times.</summary>
    private static void AppendHead(StringBuilder text, string left, string right, int times, int arrow)
    {
        int gap = Math.Max(2, arrow + 2 - left.Length - right.Length);
        text.Append("ms".PadLeft(times)).Append("  ").Append(left).Append(' ', gap).Append(right).Append("  ms\n");
    }

    private static void AppendPacket(StringBuilder text, SequenceEvent packet, string label, int times, int arrow)
    {
        TimeSpan? left = packet.IsForth ? packet.Sent : packet.Arrived, right = packet.IsForth ? packet.Arrived : packet.Sent;
        text.Append(Time(left).PadLeft(times)).Append("  |");
        int shaft = arrow - label.Length - Tail - 3;
        bool arrived = packet.Arrived is not null;
        if (packet.IsForth) text.Append('-', Tail).Append(' ').Append(label).Append(' ').Append(arrived ? new string('-', shaft) + '>' : Lost(shaft).PadRight(shaft + 1));
        else text.Append(arrived ? '<' + new string('-', shaft) : Lost(shaft).PadLeft(shaft + 1)).Append(' ').Append(label).Append(' ').Append('-', Tail);
        text.Append('|');
        if (right is not null) text.Append("  ").Append(Time(right));
        text.Append('\n');

        // A lost packet's arrow ends in a cross, halfway.
        string Lost(int length) => packet.IsForth ? new string('-', length / 2) + 'x' : 'x' + new string('-', length / 2);
    }

    /// <summary>Milliseconds, with as many decimals as it takes, to the microsecond.</summary>
    private static string Time(TimeSpan? time) => time is { } value ? value.TotalMilliseconds.ToString("0.###", CultureInfo.InvariantCulture) : "";

    private static string Ports(SequenceSegment tcp) => string.Create(CultureInfo.InvariantCulture, $"{tcp.SourcePort} > {tcp.DestinationPort}: ");

    private static (ushort A, ushort B)? Connection(SequenceEvent packet)
    {
        if (packet.Segment is not { } tcp) return null;
        return packet.IsForth ? (tcp.SourcePort, tcp.DestinationPort) : (tcp.DestinationPort, tcp.SourcePort);
    }
}
