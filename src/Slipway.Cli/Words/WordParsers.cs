using System.CommandLine.Parsing;
using Slipway.Lab;
using Slipway.Wire;

namespace Slipway.Cli;

/// <summary>Words of the command line that stand for times, rates, chances and addresses, in the forms of lab files. What is none is refused with what is taken.</summary>
internal static class WordParsers
{
    /// <summary>A time: <c>300ms</c>.</summary>
    public static TimeSpan? Time(ArgumentResult word)
    {
        if (LabUnits.TryParseDuration(Text(word), out TimeSpan time)) return time;
        word.AddError($"'{Text(word)}' is not {LabUnits.DurationForm}");
        return null;
    }

    /// <summary>Bits a second: <c>10mbit</c>.</summary>
    public static long? Rate(ArgumentResult word)
    {
        if (LabUnits.TryParseRate(Text(word), out long rate)) return rate;
        word.AddError($"'{Text(word)}' is not {LabUnits.RateForm}");
        return null;
    }

    /// <summary>A probability: <c>1%</c>.</summary>
    public static double? Probability(ArgumentResult word)
    {
        if (LabUnits.TryParseProbability(Text(word), out double probability)) return probability;
        word.AddError($"'{Text(word)}' is not {LabUnits.ProbabilityForm}");
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

    private static string Text(ArgumentResult word) => word.Tokens.Count > 0 ? word.Tokens[0].Value : "";
}
