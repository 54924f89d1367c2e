namespace Slipway.Linux.Tests;

/// <summary>What a signal does to calls that wait for pipes, locks, semaphores and messages.</summary>
public sealed class InterruptionTests
{
    [Fact]
    [Trait("Row", "P-SIG-013")]
    public void A_signal_ends_every_wait()
        => IsolatedRoles.Result(IpcScenarios.WaitsThatASignalEnds)
            .ShouldBe("read EINTR, write EINTR, flock EINTR, F_OFD_SETLKW EINTR, open EINTR, semop EINTR, msgrcv EINTR");

    [Fact]
    [Trait("Row", "P-SIG-014")]
    public void With_restart_waits_go_on_except_those_of_System_V()
        => IsolatedRoles.Result(IpcScenarios.WaitsThatGoOn)
            .ShouldBe("read 3, write 100, flock Exclusive, F_OFD_SETLKW Shared, open False, semop EINTR, msgrcv EINTR");

    [Fact]
    [Trait("Row", "P-SIG-015")]
    public void What_a_write_has_done_before_the_signal_counts()
        => IsolatedRoles.Result(IpcScenarios.WriteInPart).ShouldBe("65536, queued 65536");
}
