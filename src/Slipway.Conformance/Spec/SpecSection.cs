namespace Slipway.Conformance;

/// <summary>A section of the specification that holds rows.</summary>
/// <param name="Document">The file's name in <c>docs/spec</c>, such as <c>sockets.md</c>.</param>
/// <param name="Title">The heading without its hashes, such as <c>1. Descriptors and types (FD)</c>.</param>
public sealed record SpecSection(string Document, string Title);
