namespace Slipway.Conformance;

/// <summary>Where the systems part: the call of a sequence, and what it gave on each.</summary>
/// <param name="Calls">The sequence up to that call.</param>
/// <param name="Kernel">What the last call gave on the kernel.</param>
/// <param name="Stack">What it gave on the stack.</param>
internal sealed record FuzzDifference(IReadOnlyList<FuzzCall> Calls, FuzzOutcome Kernel, FuzzOutcome Stack)
{
    /// <summary>Differences with the same text are most likely one.</summary>
    public string Signature => Kernel.Succeeded && Stack.Succeeded
        ? $"{Calls[^1].Kind}: not the same"
        : $"{Calls[^1].Kind}: kernel {Word(Kernel)}, stack {Word(Stack)}";

    private static string Word(FuzzOutcome outcome) => outcome.Succeeded ? "succeeds" : outcome.ToString();
}
