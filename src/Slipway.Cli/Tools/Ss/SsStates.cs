namespace Slipway.Cli;

/// <summary>The states of sockets by the names that ss has for them: one in the table, another in a filter (ss(8), STATE-FILTER).</summary>
internal static class SsStates
{
    public const int Unconnected = 7;
    public const uint All = 0xFFF, Listening = 1 << 10, Closed = 1 << Unconnected, TimeWait = 1 << 6, Opening = 1 << 3;

    private const uint Asking = 1 << 2, Connected = All & ~(Listening | Closed);

    private static readonly string[] Short = ["UNKNOWN", "ESTAB", "SYN-SENT", "SYN-RECV", "FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT", "UNCONN", "CLOSE-WAIT", "LAST-ACK", "LISTEN", "CLOSING"];
    private static readonly string[] Long =
        ["unknown", "established", "syn-sent", "syn-recv", "fin-wait-1", "fin-wait-2", "time-wait", "unconnected", "close-wait", "last-ack", "listening", "closing"];

    /// <summary>What the table shows.</summary>
    public static string ShortOf(int state) => state < Short.Length ? Short[state] : Short[0];

    /// <summary>The states that a word of a filter means, a bit for each; null where it means none.</summary>
    public static uint? Named(string name) => name.ToLowerInvariant() switch
    {
        "all" => All,
        "connected" => Connected,
        "synchronized" => Connected & ~Asking,
        "bucket" => Opening | TimeWait,
        "big" => All & ~(Opening | TimeWait),
        "close" or "closed" => Closed,
        "listen" => Listening,
        "syn-rcv" => Opening,
        var other => Array.IndexOf(Long, other) is var place and >= 0 ? 1u << place : null,
    };
}
