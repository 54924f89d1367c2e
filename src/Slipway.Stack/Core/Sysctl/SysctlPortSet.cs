using System.Globalization;
using System.Text;
using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>A set of port numbers written as <c>8080,9148-9150</c>; a write replaces the whole set, an empty line empties it.</summary>
public sealed class SysctlPortSet : SysctlEntry
{
    private const int Ports = 65536;

    private ulong[] _bits = new ulong[Ports / 64];

    /// <summary>Describes an entry that is empty by default.</summary>
    internal SysctlPortSet(string path, string meaning) : base(path, meaning)
    {
    }

    /// <inheritdoc/>
    public override string Text => Format();

    /// <inheritdoc/>
    public override string DefaultText => "";

    /// <inheritdoc/>
    public override string Range => "ports and ranges of ports from 0 to 65535, with commas between";

    /// <summary>Whether the port is in the set.</summary>
    public bool Contains(int port) => (_bits[port >> 6] >> (port & 63) & 1) != 0;

    /// <inheritdoc/>
    protected override Errno Parse(ReadOnlySpan<char> text)
    {
        var bits = new ulong[Ports / 64];
        text = text.Trim('\n');
        if (!text.IsEmpty)
        {
            foreach (Range part in text.Split(','))
            {
                if (!TryParseRange(text[part], out int first, out int last)) return Errno.EINVAL;
                for (int port = first; port <= last; port++) bits[port >> 6] |= 1UL << (port & 63);
            }
        }
        _bits = bits;
        return Errno.None;
    }

    private static bool TryParseRange(ReadOnlySpan<char> text, out int first, out int last)
    {
        int dash = text.IndexOf('-');
        bool good = int.TryParse(dash < 0 ? text : text[..dash], NumberStyles.None, CultureInfo.InvariantCulture, out first);
        last = first;
        if (good && dash >= 0) good = int.TryParse(text[(dash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out last);
        return good && first <= last && last < Ports;
    }

    private string Format()
    {
        var text = new StringBuilder();
        for (int port = 0; port < Ports; port++)
        {
            if (!Contains(port)) continue;
            int first = port;
            while (port + 1 < Ports && Contains(port + 1)) port++;
            if (text.Length > 0) text.Append(',');
            text.Append(CultureInfo.InvariantCulture, $"{first}");
            if (port > first) text.Append(CultureInfo.InvariantCulture, $"-{port}");
        }
        return text.ToString();
    }
}
