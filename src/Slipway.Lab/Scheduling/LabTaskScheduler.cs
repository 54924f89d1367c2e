namespace Slipway.Lab;

/// <summary>Runs tasks on a process's own virtual thread, in the order in which they were started.</summary>
internal sealed class LabTaskScheduler(LabProcess process) : TaskScheduler
{
    public override int MaximumConcurrencyLevel => 1;

    protected override void QueueTask(Task task)
        => process.Work.PostBare(
            static state =>
            {
                var (self, queued) = ((LabTaskScheduler, Task))state!;
                self.TryExecuteTask(queued);
            },
            (this, task));

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued)
        => !taskWasPreviouslyQueued && VirtualThread.Current?.Process == process && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks() => [];
}
