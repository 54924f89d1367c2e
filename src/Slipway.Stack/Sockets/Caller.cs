namespace Slipway.Stack;

/// <summary>Who makes a call: the process, and the descriptors that messages may carry from it and to it (SCM_RIGHTS) and that options name.</summary>
/// <param name="Process">The process.</param>
/// <param name="Descriptors">Its descriptors.</param>
internal sealed record Caller(ProcessContext Process, DescriptorTable Descriptors);
