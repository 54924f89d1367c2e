using System.Globalization;
using Slipway.Sockets;

namespace Slipway.Samples;

/// <summary>The words of ping and traceroute: options of one letter, some with a number behind them, and the host.</summary>
internal sealed class ProbeWords
{
    private readonly HashSet<char> _switches = [];
    private readonly Dictionary<char, double> _numbers = [];

    public string Host { get; private set; } = "";

    /// <summary>-4 or -6; unspecified without them.</summary>
    public AddressFamily Family => Has('4') ? AddressFamily.Inet : Has('6') ? AddressFamily.Inet6 : AddressFamily.Unspecified;

    /// <summary>Reads the words; false if one is unknown, a number is none, or there is not exactly one host.</summary>
    /// <param name="words">The words.</param>
    /// <param name="switches">Letters that stand alone.</param>
    /// <param name="numbers">Letters that take a number.</param>
    public bool Read(IReadOnlyList<string> words, string switches, string numbers)
    {
        for (int i = 0; i < words.Count; i++)
        {
            string word = words[i];
            if (word is not ['-', var letter, ..] || word.Length > 2)
            {
                if (Host.Length > 0) return false;
                Host = word;
            }
            else if (switches.Contains(letter, StringComparison.Ordinal)) _switches.Add(letter);
            else if (!numbers.Contains(letter, StringComparison.Ordinal) || ++i == words.Count || !double.TryParse(words[i], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number)) return false;
            else _numbers[letter] = number;
        }
        return Host.Length > 0;
    }

    public bool Has(char letter) => _switches.Contains(letter);

    public int Number(char letter, int otherwise) => (int)_numbers.GetValueOrDefault(letter, otherwise);

    public TimeSpan Seconds(char letter, double otherwise) => TimeSpan.FromSeconds(_numbers.GetValueOrDefault(letter, otherwise));

    /// <summary>The host's first address of the family, and its name as it was given; null after the reason was printed.</summary>
    public InetAddress? Resolve(HostProcess process)
    {
        AddressInfoResult found = process.Names.GetAddressInfo(Host, null, new AddressInfoHints { Family = Family, SocketType = SocketType.Raw });
        if (found.Succeeded) return found.Entries[0].Address;
        Fail(process, $"{Host}: {found.Error.Describe()}");
        return null;
    }

    /// <summary>Ends a program that cannot go on.</summary>
    public static void Fail(HostProcess process, string message)
    {
        process.Error.Write($"{process.ProgramName}: {message}\n");
        process.ExitCode = 2;
    }
}
