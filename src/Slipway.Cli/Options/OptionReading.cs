namespace Slipway.Cli;

/// <summary>What one system says of an option on a socket that was just opened.</summary>
/// <param name="Value">The value as text, or the name of the error that getsockopt gave; empty for an option that is only set.</param>
/// <param name="Length">Bytes that getsockopt gave; 0 where it gave none.</param>
/// <param name="IsSettable">Whether setsockopt takes the value just read.</param>
/// <param name="HasSocket">Whether the system has a kind of socket that the option belongs to; if not, <paramref name="Value"/> names the error of socket.</param>
internal readonly record struct OptionReading(string Value, int Length, bool IsSettable, bool HasSocket)
{
    /// <summary>The system has no socket to ask.</summary>
    public static OptionReading NoSocket(string error) => new(error, 0, IsSettable: false, HasSocket: false);
}
