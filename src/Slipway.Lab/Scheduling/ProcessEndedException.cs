namespace Slipway.Lab;

/// <summary>
/// Unwinds a virtual thread whose process has ended: killed by a signal, left by its main thread, or stopped with its network. It runs the program's <c>finally</c>
/// blocks; a program that swallows it gets it again from the next call that would wait.
/// </summary>
internal sealed class ProcessEndedException() : Exception("The virtual process has ended.");
