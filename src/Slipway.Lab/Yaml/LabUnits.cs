using System.Globalization;

namespace Slipway.Lab;

/// <summary>Numbers with units, as lab files and the command line have them.</summary>
public static class LabUnits
{
    /// <summary>What <see cref="TryParseDuration"/> reads, for messages.</summary>
    public const string DurationForm = "a time such as 300ms, 1.5s, 20us, 5min, 2h";

    /// <summary>What <see cref="TryParseRate"/> reads, for messages.</summary>
    public const string RateForm = "a rate such as 56kbit, 10Mbit, 1Gbit";

    /// <summary>What <see cref="TryParseProbability"/> reads, for messages.</summary>
    public const string ProbabilityForm = "a probability such as 1% or 0.01";

    private static readonly (string Unit, decimal Ticks)[] Durations =
        [("ns", 0.01m), ("us", 10m), ("µs", 10m), ("ms", 10_000m), ("min", 600_000_000m), ("s", 10_000_000m), ("h", 36_000_000_000m), ("d", 864_000_000_000m)];

    private static readonly (string Unit, decimal Bits)[] Rates = [("kbit", 1e3m), ("mbit", 1e6m), ("gbit", 1e9m), ("tbit", 1e12m), ("bit", 1m)];

    /// <summary>Reads a time: ns, us, ms, s, min, h, d. Only 0 needs no unit.</summary>
    public static bool TryParseDuration(ReadOnlySpan<char> text, out TimeSpan duration)
    {
        duration = default;
        if (text is "0") return true;
        if (!TryScale(text, Durations, out decimal ticks) || ticks > long.MaxValue) return false;
        duration = new TimeSpan((long)ticks);
        return true;
    }

    /// <summary>Reads bits a second as tc(8) writes them: bit, kbit, Mbit, Gbit, Tbit, in powers of a thousand, in any case.</summary>
    public static bool TryParseRate(ReadOnlySpan<char> text, out long bitsPerSecond)
    {
        bitsPerSecond = 0;
        if (!TryScale(text, Rates, out decimal bits) || bits is < 1 or > 1_000_000_000_000m) return false;
        bitsPerSecond = (long)bits;
        return true;
    }

    /// <summary>Reads a probability: a percentage, or a number from 0 to 1.</summary>
    public static bool TryParseProbability(ReadOnlySpan<char> text, out double probability)
    {
        bool percent = text.EndsWith('%');
        if (percent) text = text[..^1];
        bool good = decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal value);
        if (percent) value /= 100;
        probability = (double)value;
        return good && value <= 1;
    }

    private static bool TryScale(ReadOnlySpan<char> text, (string Unit, decimal Factor)[] units, out decimal value)
    {
        value = 0;
        foreach ((string unit, decimal factor) in units)
        {
            if (!text.EndsWith(unit, StringComparison.OrdinalIgnoreCase)) continue;
            if (!decimal.TryParse(text[..^unit.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number) || number > 1e12m) return false;
            value = number * factor;
            return true;
        }
        return false;
    }
}
