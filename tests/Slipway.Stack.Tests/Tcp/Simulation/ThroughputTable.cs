using System.Globalization;
using System.Text;
using Slipway.Sockets;
using Slipway.Stack;

namespace Slipway.Stack.Tests;

/// <summary>What a stream achieves in ten seconds from its SYN on, over a grid of links, beside what formulas allow.</summary>
internal static class ThroughputTable
{
    public const int Seconds = 10;

    private const int Mtu = 1500, Payload = 1448;

    public sealed record Row(double Megabits, int RoundTrip, double Loss, int Buffer, double Achieved, double Allowed, long Retransmitted, long Timeouts);

    public static Row[] Measure()
    {
        var cells = new List<(double Megabits, int RoundTrip, double Loss, int Buffer)>();
        foreach (double megabits in (ReadOnlySpan<double>)[1, 10, 100])
        {
            foreach (int roundTrip in (ReadOnlySpan<int>)[10, 50, 200])
            {
                foreach (double loss in (ReadOnlySpan<double>)[0, 0.001, 0.01])
                {
                    cells.Add((megabits, roundTrip, loss, 0));
                }
                cells.Add((megabits, roundTrip, 0, 65_536));
            }
        }
        var rows = new Row[cells.Count];
        Parallel.For(0, rows.Length, i => rows[i] = Measure(cells[i].Megabits, cells[i].RoundTrip, cells[i].Loss, cells[i].Buffer));
        return rows;
    }

    public static string Print(Row[] rows)
    {
        var text = new StringBuilder();
        text.AppendLine("One stream of CUBIC, ten seconds from its SYN on. Mbit/s of data; allowed is the least of: the line's rate without headers; buffer / round trip;");
        text.AppendLine("with random loss the mean rate of CUBIC or Reno, whichever is more (RFC 9438 figure 1, Mathis). Router queue: one bandwidth-delay product, at least 64.");
        text.AppendLine();
        text.AppendLine("  rate   RTT    loss   buffer   achieved   allowed  share  retransmitted  timeouts");
        foreach (Row row in rows)
        {
            string buffer = row.Buffer == 0 ? "auto" : row.Buffer.ToString(CultureInfo.InvariantCulture);
            text.AppendLine(CultureInfo.InvariantCulture, $"{row.Megabits,6:F0} {row.RoundTrip,5} {row.Loss,7:P1} {buffer,8} {row.Achieved,10:F3} {row.Allowed,9:F3} {row.Achieved / row.Allowed,6:F2} {row.Retransmitted,14} {row.Timeouts,9}");
        }
        return text.ToString();
    }

    private static Row Measure(double megabits, int roundTrip, double loss, int buffer)
    {
        double packets = megabits * 1e6 * roundTrip / 1000 / 8 / Mtu;
        var forth = new LinkModel
        {
            Delay = TimeSpan.FromMilliseconds(roundTrip / 2.0),
            Rate = (long)(megabits * 1e6),
            Loss = loss,
            QueuePackets = Math.Max(64, (int)packets),
        };
        var lab = new TransferLab(roundTrip, forth: forth, sendBuffer: 0, receiver: buffer == 0 ? null : socket => socket.SetOption(SocketOptions.ReceiveBuffer, buffer));
        lab.Write((int)(megabits * 1e6 / 8 / Payload * Seconds * 2)).RunTo(Seconds * 1000);
        return new Row(megabits, roundTrip, loss, buffer, lab.Received * 8 / 1e6 / Seconds, Allowed(megabits, roundTrip / 1000.0, loss, buffer), lab.Sender.TotalRetransmitted, lab.Count(TcpExtCounter.TCPTimeouts));
    }

    private static double Allowed(double megabits, double roundTrip, double loss, int buffer)
    {
        double allowed = megabits * Payload / Mtu;
        // SO_RCVBUF is doubled for the packets' memory, of which about half counts as window: the number set is what the peer may have under way.
        if (buffer > 0) allowed = Math.Min(allowed, buffer * 8 / 1e6 / roundTrip);
        if (loss <= 0) return allowed;
        double reno = Math.Sqrt(1.5 / loss) / roundTrip;
        double cubic = 1.054 * Math.Pow(roundTrip, 0.75) / Math.Pow(loss, 0.75) / roundTrip;
        return Math.Min(allowed, Math.Max(reno, cubic) * Payload * 8 / 1e6);
    }
}
