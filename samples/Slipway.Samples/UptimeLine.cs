using System.Globalization;
using Slipway.Sockets;

namespace Slipway.Samples;

/// <summary>The line that uptime(1) prints, with a blank before it and a line feed after.</summary>
public static class UptimeLine
{
    /// <summary>The line from the process's own clock and files: a host has been up since its clock began, nobody is logged in, and the load is /proc/loadavg's or zero.</summary>
    public static string Of(HostProcess process)
    {
        TimeSpan up = process.Time.GetElapsedTime(0);
        string[] load = (process.Files.ReadText("/proc/loadavg") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string average = load.Length >= 3 ? string.Join(", ", load[..3]) : "0.00, 0.00, 0.00";
        return Format(process.Time.GetLocalNow(), up, users: 0, average);
    }

    /// <summary>The line from its parts.</summary>
    public static string Format(DateTimeOffset now, TimeSpan up, int users, string loadAverage)
    {
        string days = up.Days switch { 0 => "", 1 => "1 day, ", _ => string.Create(CultureInfo.InvariantCulture, $"{up.Days} days, ") };
        string hours = up.Hours == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{up.Minutes} min, ")
            : string.Create(CultureInfo.InvariantCulture, $"{up.Hours,2}:{up.Minutes:00}, ");
        string word = users == 1 ? "user" : "users";
        return string.Create(CultureInfo.InvariantCulture, $" {now:HH:mm:ss} up {days}{hours}{users,2} {word},  load average: {loadAverage}\n");
    }
}
