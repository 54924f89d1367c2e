using Slipway.Sockets;

namespace Slipway.Linux.Tests;

/// <summary>Locks on files, on the kernel.</summary>
[Collection(IpcGroup.Name)]
public sealed class LockTests : IDisposable
{
    private readonly TemporaryPath _path = new();
    private readonly FileDescriptor _file;
    private readonly FileDescriptor _other;

    public LockTests()
    {
        _file = FileDescriptor.Open(_path.Name, OpenFlags.O_RDWR | OpenFlags.O_CREAT);
        _other = FileDescriptor.Open(_path.Name, OpenFlags.O_RDWR);
    }

    public void Dispose()
    {
        _file.Dispose();
        _other.Dispose();
        _path.Dispose();
    }

    [Fact]
    [Trait("Row", "P-090")]
    public void Locks_keep_away_only_who_asks()
    {
        using var whole = FileLock.Take(_file, LockKind.Exclusive);
        using var range = RangeLock.Take(_file, LockKind.Exclusive, 0, 0);
        _other.Write("written"u8).ShouldBe(7);
    }

    [Fact]
    [Trait("Row", "P-091")]
    public void A_whole_file_lock_belongs_to_the_open_description()
    {
        using FileDescriptor duplicate = _file.Duplicate();
        using var first = FileLock.Take(_file, LockKind.Exclusive);
        FileLock.TryTake(_other, LockKind.Shared).ShouldBeNull(); // the same process, another open
        FileLock.TryTake(duplicate, LockKind.Exclusive).ShouldNotBeNull(); // the same lock again
        FileLock.TryTake(duplicate, LockKind.Shared).ShouldNotBeNull(); // and as another kind
        using (FileLock? shared = FileLock.TryTake(_other, LockKind.Shared))
        {
            shared.ShouldNotBeNull();
            first.TryChange(LockKind.Exclusive).ShouldBeFalse();
        }
        using FileLock? free = FileLock.TryTake(_other, LockKind.Exclusive);
        free.ShouldNotBeNull();
        FileLock.TryTake(_file, LockKind.Exclusive).ShouldBeNull();
    }

    [Fact]
    [Trait("Row", "P-091")]
    public void A_child_that_inherited_the_descriptor_keeps_the_whole_file_lock()
    {
        FileLock.Take(_file, LockKind.Exclusive).Kind.ShouldBe(LockKind.Exclusive);
        _file.CloseOnExec = false;
        using Peer child = Peer.Start(PeerRoles.Hold);
        child.Hear().ShouldBe("here");
        _file.Dispose();
        FileLock.TryTake(_other, LockKind.Exclusive).ShouldBeNull();
        child.End();
        using FileLock? free = FileLock.TryTake(_other, LockKind.Exclusive);
        free.ShouldNotBeNull();
    }

    [Fact]
    [Trait("Row", "P-091")]
    public void A_waiter_gets_the_whole_file_lock_when_it_is_released()
    {
        using var process = new LinuxProcess();
        var first = FileLock.Take(_file, LockKind.Exclusive);
        FileLock? second = null;
        ProcessThread waiter = process.StartThread("waiter", () => Volatile.Write(ref second, FileLock.Take(_other, LockKind.Exclusive)));
        waiter.WaitUntilBlocked();
        Volatile.Read(ref second).ShouldBeNull();
        first.Dispose();
        waiter.Join();
        second!.Dispose();
    }

    [Fact]
    [Trait("Row", "P-092")]
    [Trait("Row", "P-093")]
    public void Record_locks_belong_to_the_process_and_a_release_within_splits_them()
    {
        using Peer probe = Peer.Start(PeerRoles.ProbeRanges, _path.Name);
        RangeLock.Take(_file, LockKind.Exclusive, 10, 15, RangeLockOwner.Process);
        probe.Ask("0 0").ShouldBe($"Exclusive 10 15 {Environment.ProcessId}");
        RangeLock.TryTake(_other, LockKind.Exclusive, 10, 15, RangeLockOwner.Process).ShouldNotBeNull(); // never a conflict with oneself
        RangeLock.Query(_other, LockKind.Exclusive, 0, 0, RangeLockOwner.Process).ShouldBeNull();
        RangeLock.Take(_file, LockKind.Shared, 10, 10, RangeLockOwner.Process);
        probe.Ask("10 1").ShouldBe($"Shared 10 10 {Environment.ProcessId}");
        RangeLock.Release(_file, 14, 3, RangeLockOwner.Process);
        probe.Ask("13 1").ShouldBe($"Shared 10 4 {Environment.ProcessId}");
        probe.Ask("14 3").ShouldBe("free");
        probe.Ask("17 1").ShouldBe($"Shared 17 3 {Environment.ProcessId}");
        probe.Ask("20 1").ShouldBe($"Exclusive 20 5 {Environment.ProcessId}");
    }

    [Fact]
    [Trait("Row", "P-094")]
    public void Closing_any_descriptor_of_the_file_drops_the_record_locks()
    {
        using Peer probe = Peer.Start(PeerRoles.ProbeRanges, _path.Name);
        using var range = RangeLock.Take(_file, LockKind.Exclusive, 0, 1, RangeLockOwner.Process);
        probe.Ask("0 1").ShouldBe($"Exclusive 0 1 {Environment.ProcessId}"); // so a child did not inherit it
        _other.Dispose();
        probe.Ask("0 1").ShouldBe("free");
    }

    [Fact]
    [Trait("Row", "P-095")]
    public void Ranges_are_checked()
    {
        using FileDescriptor readOnly = FileDescriptor.Open(_path.Name, OpenFlags.O_RDONLY);
        Should.Throw<LinuxCallException>(() => RangeLock.TryTake(readOnly, LockKind.Exclusive, 0, 1)).Errno.ShouldBe(Errno.EBADF);
        using (RangeLock? shared = RangeLock.TryTake(readOnly, LockKind.Shared, 0, 1)) shared.ShouldNotBeNull();
        using (RangeLock.Take(_file, LockKind.Exclusive, 1_000_000, 0))
            RangeLock.Query(_other, LockKind.Shared, long.MaxValue, 1).ShouldBe(new RangeLockHolder(LockKind.Exclusive, 1_000_000, 0, -1));
        using (RangeLock.Take(_file, LockKind.Exclusive, 20, -5))
            RangeLock.Query(_other, LockKind.Exclusive, 0, 0).ShouldBe(new RangeLockHolder(LockKind.Exclusive, 15, 5, -1));
        Should.Throw<LinuxCallException>(() => RangeLock.Take(_file, LockKind.Exclusive, 3, -5)).ShouldSatisfyAllConditions(
            static error => error.Errno.ShouldBe(Errno.EINVAL),
            error => error.Call.ShouldBe($"fcntl({_file.Number}, Exclusive, start 3, length -5)"));
        Should.Throw<LinuxCallException>(() => RangeLock.Release(_file, -1, 1)).Errno.ShouldBe(Errno.EINVAL);
        Should.Throw<LinuxCallException>(() => RangeLock.Take(_file, LockKind.Exclusive, long.MaxValue, 2)).Errno.ShouldBe(Errno.EOVERFLOW);
    }

    [Fact]
    [Trait("Row", "P-096")]
    public void Of_two_processes_that_wait_for_each_other_one_is_refused()
    {
        using Peer peer = Peer.Start(PeerRoles.CrossLocks, _path.Name);
        RangeLock.Take(_file, LockKind.Exclusive, 0, 1, RangeLockOwner.Process);
        peer.Hear().ShouldBe("has 1");
        peer.Tell("go on");
        string mine = "took 1";
        try
        {
            RangeLock.Take(_file, LockKind.Exclusive, 1, 1, RangeLockOwner.Process);
        }
        catch (LinuxCallException exception)
        {
            mine = exception.Errno.ToString();
        }
        RangeLock.Release(_file, 0, 0, RangeLockOwner.Process);
        // Who asked second is refused; that one gives up its byte, which lets the other in.
        $"{mine}, {peer.Hear()}".ShouldBeOneOf("took 1, EDEADLK", "EDEADLK, took 0");
    }

    [Fact]
    [Trait("Row", "P-097")]
    public void Description_locks_conflict_within_a_process_and_keep_until_their_description_goes()
    {
        var range = RangeLock.Take(_file, LockKind.Exclusive, 0, 10);
        RangeLock.TryTake(_other, LockKind.Shared, 9, 1).ShouldBeNull();
        RangeLock.TryTake(_other, LockKind.Shared, 10, 1).ShouldNotBeNull();
        using (FileDescriptor third = FileDescriptor.Open(_path.Name, OpenFlags.O_RDWR)) third.Number.ShouldBeGreaterThan(2);
        RangeLock.TryTake(_other, LockKind.Shared, 9, 1).ShouldBeNull(); // closing another descriptor dropped nothing
        range.Dispose();
        using RangeLock? free = RangeLock.TryTake(_other, LockKind.Exclusive, 0, 10);
        free.ShouldNotBeNull();
        using var process = new LinuxProcess();
        RangeLock? waited = null;
        ProcessThread waiter = process.StartThread("waiter", () => Volatile.Write(ref waited, RangeLock.Take(_file, LockKind.Exclusive, 5, 1)));
        waiter.WaitUntilBlocked();
        Volatile.Read(ref waited).ShouldBeNull();
        free.Dispose();
        waiter.Join();
        waited.ShouldNotBeNull();
    }

    [Fact]
    [Trait("Row", "P-098")]
    public void Whole_file_locks_and_range_locks_do_not_know_each_other()
    {
        using var whole = FileLock.Take(_file, LockKind.Exclusive);
        using RangeLock? range = RangeLock.TryTake(_other, LockKind.Exclusive, 0, 0);
        range.ShouldNotBeNull();
    }
}
