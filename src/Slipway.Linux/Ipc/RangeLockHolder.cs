namespace Slipway.Linux;

/// <summary>The first lock that stands in the way of one that was asked for.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Start">Its first byte.</param>
/// <param name="Length">Its length in bytes; 0 means to the end of the file, however far that moves.</param>
/// <param name="ProcessId">The process that has it; -1 where an open file description has it, and 0 for a process of another PID namespace.</param>
public readonly record struct RangeLockHolder(LockKind Kind, long Start, long Length, int ProcessId);
