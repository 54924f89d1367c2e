namespace Slipway.Sockets;

/// <summary>Which sources of host names are asked, in which order, and when to stop: the <c>hosts:</c> line of /etc/nsswitch.conf (nsswitch.conf(5)).</summary>
internal sealed class NameServiceSwitch
{
    public const string Path = "/etc/nsswitch.conf";

    /// <summary>Files, then DNS: for a host that has no such line.</summary>
    public static NameServiceSwitch Default { get; } = new([new Source("files"), new Source("dns")]);

    private NameServiceSwitch(IReadOnlyList<Source> sources) => Sources = sources;

    public IReadOnlyList<Source> Sources { get; }

    /// <summary>Reads the line; the last one counts. A text without it gives the default.</summary>
    public static NameServiceSwitch Parse(string? text)
    {
        NameServiceSwitch result = Default;
        foreach (string line in DatabaseLine.Split(text ?? ""))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0 || line.AsSpan(0, colon).TrimEnd() is not "hosts") continue;
            List<Source> sources = ParseSources(line[(colon + 1)..]);
            if (sources.Count > 0) result = new NameServiceSwitch(sources);
        }
        return result;
    }

    private static List<Source> ParseSources(string text)
    {
        var sources = new List<Source>();
        // Brackets may touch their neighbours: "files[NOTFOUND=return]dns".
        string spaced = text.Replace("[", " [ ", StringComparison.Ordinal).Replace("]", " ] ", StringComparison.Ordinal);
        var fields = new DatabaseLine(spaced.AsSpan().Trim());
        bool inBrackets = false;
        foreach (string field in fields.ReadAll())
        {
            if (field is "[" or "]") inBrackets = field == "[";
            else if (!inBrackets) sources.Add(new Source(field));
            else if (sources.Count > 0) sources[^1].SetAction(field);
        }
        return sources;
    }

    /// <summary>One source with what to do after it.</summary>
    internal sealed class Source(string name)
    {
        private readonly bool[] _stops = [true, false, false, false];

        public string Name { get; } = name;

        public bool StopsAfter(LookupStatus status) => _stops[(int)status];

        /// <summary>STATUS=action, or !STATUS=action for all others. "continue" goes on, anything else stops.</summary>
        public void SetAction(string text)
        {
            int equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0) return;
            bool stop = !text.AsSpan(equals + 1).Equals("continue", StringComparison.OrdinalIgnoreCase);
            ReadOnlySpan<char> status = text.AsSpan(0, equals);
            bool others = status.StartsWith('!');
            if (others) status = status[1..];
            if (StatusOf(status) is not { } named) return;
            for (int index = 0; index < _stops.Length; index++)
                if ((index == (int)named) != others) _stops[index] = stop;
        }

        private static LookupStatus? StatusOf(ReadOnlySpan<char> text)
        {
            if (text.Equals("SUCCESS", StringComparison.OrdinalIgnoreCase)) return LookupStatus.Success;
            if (text.Equals("NOTFOUND", StringComparison.OrdinalIgnoreCase)) return LookupStatus.NotFound;
            if (text.Equals("UNAVAIL", StringComparison.OrdinalIgnoreCase)) return LookupStatus.Unavailable;
            return text.Equals("TRYAGAIN", StringComparison.OrdinalIgnoreCase) ? LookupStatus.TryAgain : null;
        }
    }
}
