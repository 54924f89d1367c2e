using System.CommandLine.Parsing;
using System.Globalization;
using Slipway.Wire;

namespace Slipway.Cli;

/// <summary>Words of the command line that stand for times, rates, chances and addresses. Each refuses what it does not know, and says what it takes.</summary>
internal static class WordParsers
{
    private static readonly (string Unit, double Seconds)[] TimeUnits = [("us", 1e-6), ("ms", 1e-3), ("s", 1), ("min", 60), ("h", 3600)];

    private static readonly (string Unit, double Bits)[] RateUnits = [("kbit", 1e3), ("mbit", 1e6), ("gbit", 1e9), ("bit", 1)];

    /// <summary>A time: <c>300ms</c>, <c>1.5s</c>, <c>200us</c>, <c>2min</c>, <c>1h</c>.</summary>
    public static TimeSpan? Time(ArgumentResult word)
    {
        if (Quantity(word, TimeUnits) is { } seconds && seconds <= TimeSpan.MaxValue.TotalSeconds / 2) return TimeSpan.FromTicks((long)Math.Round(seconds * TimeSpan.TicksPerSecond));
        word.AddError($"'{Text(word)}' is no time: a number and us, ms, s, min or h, such as 300ms");
        return null;
    }

    /// <summary>A rate in bits a second: <c>10mbit</c>, <c>64kbit</c>, <c>1gbit</c>.</summary>
    public static long? Rate(ArgumentResult word)
    {
        if (Quantity(word, RateUnits) is { } bits and >= 1 and <= 1e12) return (long)bits;
        word.AddError($"'{Text(word)}' is no rate: a number and bit, kbit, mbit or gbit, such as 10mbit");
        return null;
    }

    /// <summary>A probability: <c>0.01</c>, or <c>1%</c>.</summary>
    public static double? Probability(ArgumentResult word)
    {
        string text = Text(word);
        bool isPercent = text.EndsWith('%');
        if (Number(isPercent ? text[..^1] : text) is { } number && (isPercent ? number / 100 : number) is var chance and >= 0 and <= 1) return chance;
        word.AddError($"'{text}' is no probability: 0 to 1, or 0% to 100%");
        return null;
    }

    /// <summary>Addresses with prefix lengths: <c>10.77.0.2/24</c>, <c>fd77::2/64</c>.</summary>
    public static IpPrefix[] Addresses(ArgumentResult words)
    {
        var addresses = new List<IpPrefix>();
        foreach (Token word in words.Tokens)
        {
            if (word.Value.Contains('/', StringComparison.Ordinal) && IpPrefix.TryParse(word.Value, out IpPrefix address)) addresses.Add(address);
            else words.AddError($"'{word.Value}' is no address with a prefix length, such as 10.77.0.2/24 or fd77::2/64");
        }
        return [.. addresses];
    }

    private static double? Quantity(ArgumentResult word, (string Unit, double Factor)[] units)
    {
        string text = Text(word);
        foreach ((string unit, double factor) in units.OrderByDescending(static unit => unit.Unit.Length))
        {
            if (!text.EndsWith(unit, StringComparison.OrdinalIgnoreCase)) continue;
            return Number(text[..^unit.Length]) is { } number and >= 0 ? number * factor : null;
        }
        return null;
    }

    private static double? Number(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number) ? number : null;

    private static string Text(ArgumentResult word) => word.Tokens.Count > 0 ? word.Tokens[0].Value : "";
}
