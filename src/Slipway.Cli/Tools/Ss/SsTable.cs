namespace Slipway.Cli;

/// <summary>The columns of ss: addresses end, and ports begin, where those of the other rows do.</summary>
internal sealed class SsTable(SsOptions options)
{
    private static readonly SsRow Header = new("Netid", "State", "Recv-Q", "Send-Q") { Local = "Local Address", LocalPort = ":Port", Peer = "Peer Address", PeerPort = ":Port", Details = "Process" };

    private readonly List<SsRow> _rows = [];

    public void Add(SsRow row) => _rows.Add(row);

    public void Print(TextWriter output)
    {
        List<SsRow> rows = options.HasHeader ? [Header, .. _rows] : _rows;
        if (rows.Count == 0) return;
        int kind = rows.Max(static row => row.Kind.Length), state = rows.Max(static row => row.State.Length), received = rows.Max(static row => row.ReceiveQueue.Length), sent = rows.Max(static row => row.SendQueue.Length);
        int local = rows.Max(static row => row.Local.Length), localPort = rows.Max(static row => row.LocalPort.Length), peer = rows.Max(static row => row.Peer.Length), peerPort = rows.Max(static row => row.PeerPort.Length);
        foreach (SsRow row in rows)
        {
            if (options.NamesKinds) output.Write(row.Kind.PadRight(kind + 1));
            if (options.NamesStates) output.Write(row.State.PadRight(state + 1));
            output.Write($"{row.ReceiveQueue.PadRight(received)} {row.SendQueue.PadRight(sent)} ");
            output.Write($"{row.Local.PadLeft(local)}{row.LocalPort.PadRight(localPort)} {row.Peer.PadLeft(peer)}{row.PeerPort.PadRight(peerPort)} {row.Details}");
            foreach (string line in row.Internals?.Split('\n') ?? []) output.Write(options.IsOneLine ? $" {line.TrimStart()}" : $"{output.NewLine}\t{line}");
            output.WriteLine();
        }
    }
}
