using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Slipway.Sockets;

namespace Slipway.Samples;

/// <summary>What the sniffer was asked for.</summary>
internal sealed class SnifferWords
{
    /// <summary>The interface; 0 for all.</summary>
    public int InterfaceIndex { get; private set; }

    public int Count { get; private set; } = int.MaxValue;

    /// <summary>Where the packets are to be written; null for nowhere.</summary>
    public string? CapturePath { get; private set; }

    /// <summary>The filter's text; null for none.</summary>
    public string? Filter { get; private set; }

    /// <summary>Reads the arguments: options, each with its value.</summary>
    public static bool TryRead(HostProcess process, [NotNullWhen(true)] out SnifferWords? words)
    {
        words = new SnifferWords();
        IReadOnlyList<string> arguments = process.Arguments;
        for (int i = 0; i < arguments.Count; i += 2)
        {
            if (i + 1 < arguments.Count && words.Take(process, arguments[i], arguments[i + 1])) continue;
            words = null;
            return false;
        }
        return true;
    }

    private bool Take(HostProcess process, string option, string value)
    {
        switch (option)
        {
            case "-i":
                InterfaceIndex = process.Sockets.GetInterfaces().FirstOrDefault(device => device.Name == value)?.Index ?? -1;
                return InterfaceIndex > 0;
            case "-c":
                bool isNumber = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int count);
                Count = count;
                return isNumber && count > 0;
            case "-w":
                CapturePath = value;
                return value.Length > 0;
            case "-f":
                Filter = value;
                return true;
            case "-F":
                Filter = process.Files.ReadText(value);
                return Filter is not null;
            default:
                return false;
        }
    }
}
