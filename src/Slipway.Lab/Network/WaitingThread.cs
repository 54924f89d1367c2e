namespace Slipway.Lab;

/// <summary>A thread that waits at the end of a run.</summary>
/// <param name="Process">Its process.</param>
/// <param name="Thread">Its name; the first one is <c>main</c>.</param>
/// <param name="WaitsFor">What it waits for: the call, or <c>its turn</c> where the run was ended from outside.</param>
public sealed record WaitingThread(LabProcess Process, string Thread, string WaitsFor)
{
    /// <summary>Process, thread and call.</summary>
    public override string ToString() => $"{Process} thread {Thread} waits: {WaitsFor}";
}
