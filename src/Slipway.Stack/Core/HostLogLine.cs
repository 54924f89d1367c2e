namespace Slipway.Stack;

/// <summary>A line of a <see cref="HostLog"/>.</summary>
/// <param name="Time">The loop's time in nanoseconds.</param>
/// <param name="Text">The words, as Linux has them.</param>
public readonly record struct HostLogLine(long Time, string Text);
