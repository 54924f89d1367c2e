using Slipway.Sockets;

namespace Slipway.Cli;

/// <summary>An option as both systems have it.</summary>
/// <param name="Option">The row of the table.</param>
/// <param name="Linux">The kernel's answer; null if it was not asked.</param>
/// <param name="Slipway">The stack's answer; null if it was not asked.</param>
internal sealed record OptionComparison(SocketOptionDefinition Option, OptionReading? Linux, OptionReading? Slipway)
{
    /// <summary>Whether both were asked and do not agree.</summary>
    public bool Differs => Linux is { } linux && Slipway is { } slipway && linux != slipway;

    /// <summary>Why they do not agree, where that is as it should be; null where they agree or nothing explains it.</summary>
    public string? Explanation => Differs ? OptionExplanations.Find(this)?.ToString() : null;

    /// <summary>Whether the difference is a fault.</summary>
    public bool IsFault => Differs && Explanation is null;

    /// <summary>Whether the systems that were asked take the value they gave.</summary>
    public bool IsSettable => (Linux?.IsSettable ?? true) && (Slipway?.IsSettable ?? true);

    /// <summary>Whether it can be set, in words that tell a difference.</summary>
    public string SettableText => (Linux?.IsSettable, Slipway?.IsSettable) switch
    {
        (true, false) => "linux only",
        (false, true) => "slipway only",
        _ => IsSettable ? "yes" : "no",
    };

    /// <summary>What does not agree.</summary>
    public string Difference
    {
        get
        {
            if (Linux is not { } linux || Slipway is not { } slipway) return "";
            var parts = new List<string>(3);
            if (linux.Value != slipway.Value) parts.Add($"linux reads {Shown(linux)}, slipway {Shown(slipway)}");
            else if (linux.Length != slipway.Length) parts.Add($"linux gives {linux.Length} bytes, slipway {slipway.Length}");
            if (linux.IsSettable != slipway.IsSettable) parts.Add($"settable on {SettableText}");
            return string.Join("; ", parts);
        }
    }

    private static string Shown(OptionReading reading) => reading.Value.Length == 0 ? "nothing" : reading.Value;
}
