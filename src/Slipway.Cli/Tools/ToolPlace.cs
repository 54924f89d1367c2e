using System.Globalization;

namespace Slipway.Cli;

/// <summary>Where a tool looks: on this machine's kernel, or on the hosts of a lab that was played for a while.</summary>
/// <param name="IsKernel">The machine's kernel.</param>
/// <param name="LabFile">The lab; null for the kernel.</param>
/// <param name="Host">One host of it; null for all.</param>
/// <param name="Until">How long it plays; null for to its end.</param>
/// <param name="Words">The words of the tool itself.</param>
internal sealed record ToolPlace(bool IsKernel, string? LabFile, string? Host, TimeSpan? Until, IReadOnlyList<string> Words)
{
    /// <summary>Reads the words of a call: ours stand before the tool's.</summary>
    /// <exception cref="CommandException">They do not say where.</exception>
    public static ToolPlace Parse(IReadOnlyList<string> words)
    {
        var place = new ToolPlace(false, null, null, null, []);
        int next = 0;
        for (; next < words.Count; next++)
        {
            if (words[next] == "--kernel") place = place with { IsKernel = true };
            else if (words[next] == "--lab") place = place with { LabFile = Value(words, ref next) };
            else if (words[next] == "--host") place = place with { Host = Value(words, ref next) };
            else if (words[next] == "--until") place = place with { Until = Time(Value(words, ref next)) };
            else break;
        }
        if (place.IsKernel == place.LabFile is not null) throw CommandException.WrongWords("say where to look: --kernel, or --lab FILE with --host NAME and --until TIME where wanted; the tool's own words follow");
        if (place.IsKernel && (place.Host is not null || place.Until is not null)) throw CommandException.WrongWords("--host and --until go with --lab");
        return place with { Words = [.. words.Skip(next)] };
    }

    private static string Value(IReadOnlyList<string> words, ref int at)
        => ++at < words.Count ? words[at] : throw CommandException.WrongWords($"{words[at - 1]} needs a value");

    private static TimeSpan Time(string word)
    {
        foreach ((string unit, double seconds) in new[] { ("ms", 0.001), ("us", 0.000001), ("min", 60), ("s", 1), ("h", 3600) })
        {
            if (word.EndsWith(unit, StringComparison.Ordinal) && double.TryParse(word.AsSpan(0, word.Length - unit.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number))
                return TimeSpan.FromSeconds(number * seconds);
        }
        throw CommandException.WrongWords($"--until: '{word}' is no time, such as 500ms or 2s");
    }
}
