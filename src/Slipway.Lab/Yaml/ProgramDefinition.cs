namespace Slipway.Lab;

/// <summary>A program to run.</summary>
internal sealed record ProgramDefinition(string Host, string Name, StartOptions Options);
