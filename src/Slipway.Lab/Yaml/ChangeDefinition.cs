using Slipway.Stack;

namespace Slipway.Lab;

/// <summary>A change of a link at a time.</summary>
internal sealed record ChangeDefinition(TimeSpan At, bool? IsUp, LinkModel? Model);
