namespace Slipway.Lab;

/// <summary>A line that a process has written.</summary>
/// <param name="Process">Who wrote it.</param>
/// <param name="IsError">Whether it went to standard error.</param>
/// <param name="Text">The line, without its end.</param>
/// <param name="Time">When, since the start of the network.</param>
public readonly record struct ProcessLine(LabProcess Process, bool IsError, string Text, TimeSpan Time);
