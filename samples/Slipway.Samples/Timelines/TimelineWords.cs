using System.Globalization;
using Slipway.Sockets;

namespace Slipway.Samples;

/// <summary>The words of a timeline program's call: options that begin with two dashes, then the operands.</summary>
internal sealed class TimelineWords
{
    private readonly HashSet<string> _switches = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    /// <summary>What stands after the options.</summary>
    public List<string> Operands { get; } = [];

    /// <summary>Reads the words; false if one is unknown, or a number is none.</summary>
    /// <param name="words">The words.</param>
    /// <param name="switches">Options that stand alone.</param>
    /// <param name="numbers">Options that take a number, 0 or more.</param>
    public bool Read(IReadOnlyList<string> words, ReadOnlySpan<string> switches, ReadOnlySpan<string> numbers)
    {
        for (int i = 0; i < words.Count; i++)
        {
            string word = words[i];
            if (!word.StartsWith("--", StringComparison.Ordinal)) Operands.Add(word);
            else if (switches.Contains(word)) _switches.Add(word);
            else if (numbers.Contains(word) && i + 1 < words.Count && int.TryParse(words[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            {
                _numbers[word] = number;
                i++;
            }
            else return false;
        }
        return true;
    }

    /// <summary>Whether the option was given.</summary>
    public bool Has(string option) => _switches.Contains(option);

    /// <summary>The option's number, or what holds without it.</summary>
    public int Number(string option, int otherwise) => _numbers.GetValueOrDefault(option, otherwise);

    /// <summary>Ends a program whose call was wrong or that cannot go on.</summary>
    public static void Fail(HostProcess process, string message)
    {
        process.Error.WriteLine($"{process.ProgramName}: {message}");
        process.ExitCode = 1;
    }
}
