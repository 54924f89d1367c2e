using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>A source that has come to a group's list or left it, and must still be reported so many times (RFC 3376 §5.1).</summary>
/// <param name="Source">The source.</param>
/// <param name="IsAllowed">Whether it is heard now.</param>
/// <param name="Left">Reports left.</param>
internal readonly record struct SourceChange(IpAddress Source, bool IsAllowed, int Left);
