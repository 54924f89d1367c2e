using System.Globalization;
using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>Numbers by their names, where they have one.</summary>
internal static class FuzzNames
{
    public static string Option(int level, int name)
    {
        if (SocketOptions.Find(level, name) is { } row) return $"{row.LevelName} {row.Name}";
        string levelName = SocketOptions.All.FirstOrDefault(row => row.Level == level)?.LevelName ?? level.ToString(CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture, $"{levelName} {name}");
    }

    public static string Flags(MessageFlags flags) => flags == MessageFlags.None ? "0" : flags.ToString().Replace(", ", " | ", StringComparison.Ordinal);
}
