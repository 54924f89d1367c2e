using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>
/// A segment as a line: <c>P. 1:101 ack 1 win 1000 urg 5 &lt;sack 200:300,nop,TS val 5 ecr 7&gt; 'text'</c>. Flags are S F R P . U E W; numbers count from the initial one of whoever
/// sent them.
/// </summary>
internal sealed partial record ScriptSegment
{
    public TcpFlags Flags { get; init; }

    public uint Sequence { get; init; }

    public uint End { get; init; }

    public uint Acknowledgment { get; init; }

    public int? Window { get; init; }

    public int? Urgent { get; init; }

    /// <summary>As written: mss, sackOK, wscale, TS val .. ecr .., sack a:b; nop and eol count for nothing.</summary>
    public string? Options { get; init; }

    public byte[] Payload { get; init; } = [];

    public static ScriptSegment Parse(string line)
    {
        Match match = Line().Match(line);
        if (!match.Success) throw new FormatException($"Not a segment: {line}");
        uint sequence = Number(match.Groups["seq"].Value), end = Number(match.Groups["end"].Value);
        byte[] payload = match.Groups["text"].Success ? Encoding.ASCII.GetBytes(match.Groups["text"].Value) : Pattern(sequence, end);
        if (payload.Length != end - sequence) throw new FormatException($"The text has another length than the segment: {line}");
        return new ScriptSegment
        {
            Flags = ParseFlags(match.Groups["flags"].Value),
            Sequence = sequence,
            End = end,
            Acknowledgment = match.Groups["ack"].Success ? Number(match.Groups["ack"].Value) : 0,
            Window = Optional(match.Groups["win"]),
            Urgent = Optional(match.Groups["urg"]),
            Options = match.Groups["opt"].Success ? match.Groups["opt"].Value : null,
            Payload = payload,
        };
    }

    /// <summary>The bytes of a stream by their place in it.</summary>
    public static byte[] Pattern(uint from, uint to)
    {
        var bytes = new byte[checked((int)(to - from))];
        for (int i = 0; i < bytes.Length; i++) bytes[i] = (byte)((from + (uint)i) * 2654435761u >> 13);
        return bytes;
    }

    public static string Name(TcpFlags flags)
    {
        var text = new StringBuilder();
        foreach ((char letter, TcpFlags flag) in Letters) if ((flags & flag) != 0) text.Append(letter);
        return text.Length == 0 ? "-" : text.ToString();
    }

    private static readonly (char Letter, TcpFlags Flag)[] Letters =
        [('S', TcpFlags.Syn), ('F', TcpFlags.Fin), ('R', TcpFlags.Rst), ('P', TcpFlags.Psh), ('.', TcpFlags.Ack), ('U', TcpFlags.Urg), ('E', TcpFlags.Ece), ('W', TcpFlags.Cwr)];

    private static TcpFlags ParseFlags(string text)
    {
        TcpFlags flags = TcpFlags.None;
        foreach (char c in text) if (c != '-') flags |= Letters.Single(l => l.Letter == c).Flag;
        return flags;
    }

    private static uint Number(string text) => unchecked((uint)long.Parse(text, CultureInfo.InvariantCulture));

    private static int? Optional(Group group) => group.Success ? int.Parse(group.Value, CultureInfo.InvariantCulture) : null;

    [GeneratedRegex(@"^(?<flags>[SFRP.UEW-]+) (?<seq>-?\d+):(?<end>-?\d+)( ack (?<ack>-?\d+))?( win (?<win>\d+))?( urg (?<urg>\d+))?( <(?<opt>[^>]*)>)?( '(?<text>[^']*)')?$",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Line();
}
