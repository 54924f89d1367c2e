using System.Globalization;
using System.Text;
using Slipway.Conformance;
using Slipway.Sockets;

namespace Slipway.Cli;

/// <summary>docs/options.md: the table as a page, with the defaults of a virtual host.</summary>
internal static class OptionPage
{
    private const string Head = """
        # Socket options

        Every option of the table that Slipway's sockets, `slipway options` and the tests read, with what a new socket of a virtual host reads. Generated: `slipway options --markdown`.

        "refused" stands where a virtual host does not have the option, and fails as Linux does for an unknown one ([why](linux-differences.md#options-that-are-refused)). Sockets: D datagram (UDP, ping), S stream (TCP), R raw, L local (AF_UNIX), P packet, N netlink.

        """;

    private static readonly (SocketOptionScope Scope, char Letter)[] s_letters =
    [
        (SocketOptionScope.Datagram, 'D'), (SocketOptionScope.Streams, 'S'), (SocketOptionScope.Raw, 'R'), (SocketOptionScope.Local, 'L'), (SocketOptionScope.Packet, 'P'), (SocketOptionScope.Netlink, 'N'),
    ];

    /// <summary>The page, from options that a virtual host was asked for.</summary>
    public static string Write(IEnumerable<OptionComparison> rows)
    {
        var page = new StringBuilder(Head);
        foreach (IGrouping<string, OptionComparison> level in rows.GroupBy(static row => row.Option.LevelName, StringComparer.Ordinal))
        {
            page.Append(CultureInfo.InvariantCulture, $"\n## {level.Key} ({level.First().Option.Source})\n\n");
            page.Append("| option | number | type | default | set | sockets | what it is |\n|---|---|---|---|---|---|---|\n");
            foreach (OptionComparison row in level) page.Append(Line(row)).Append('\n');
        }
        return page.ToString();
    }

    private static string Line(OptionComparison row)
    {
        SocketOptionDefinition option = row.Option;
        OptionReading reading = row.Slipway!.Value;
        string letters = string.Concat(s_letters.Where(pair => (option.AppliesTo & pair.Scope) != 0).Select(static pair => pair.Letter));
        string set = !option.SupportedByStack ? "" : option.CanSet ? option.Range.Length > 0 ? option.Range : "yes" : "no";
        if (option.SupportedByStack && option.Privilege != SocketOptionPrivilege.None) set += $"; {option.Privilege}";
        return string.Create(CultureInfo.InvariantCulture,
            $"| {option.Name} | {option.Number} | {OptionText.Type(option.Kind)} | {Escape(Default(option, reading))} | {Escape(set)} | {letters} | {Escape(option.Summary)} |");
    }

    private static string Default(SocketOptionDefinition option, OptionReading reading)
    {
        if (!option.SupportedByStack) return "refused";
        if (option.Default.StartsWith("net.", StringComparison.Ordinal)) return option.Default;
        if (!option.CanGet) return "";
        return OwnValues.Contains(option.Level, option.Number) ? "the system's own" : OptionText.Short(reading.Value);
    }

    private static string Escape(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
