using Slipway.Sockets;

namespace Slipway.Linux.Tests;

/// <summary>System V semaphores on the kernel.</summary>
[Collection(IpcGroup.Name)]
public sealed class SemaphoreSetTests : IDisposable
{
    private readonly SemaphoreSet _set = SemaphoreSet.CreatePrivate(3);
    private readonly LinuxProcess _process = new();

    public void Dispose()
    {
        _process.Dispose();
        _set.Dispose();
    }

    [Fact]
    [Trait("Row", "P-100")]
    [Trait("Row", "P-101")]
    public void A_set_is_found_by_its_key_until_it_is_removed()
    {
        using var path = new TemporaryPath();
        Should.Throw<LinuxCallException>(() => IpcKey.FromPath(path.Name, 1)).Errno.ShouldBe(Errno.ENOENT);
        File.WriteAllText(path.Name, "");
        IpcKey key = IpcKey.FromPath(path.Name, 1);
        IpcKey.FromPath(path.Name, 1).ShouldBe(key);
        IpcKey.FromPath(path.Name, 2).ShouldNotBe(key);
        Failure(() => SemaphoreSet.Open(key)).ShouldBe((Errno.ENOENT, $"semget({key}, 0)"));
        Failure(() => SemaphoreSet.Create(key, 0)).Error.ShouldBe(Errno.EINVAL);
        Failure(() => SemaphoreSet.Create(key, 32_001)).ShouldBe((Errno.EINVAL, $"semget({key}, 32001)"));
        Failure(() => SemaphoreSet.Create(key, -1)).Error.ShouldBe(Errno.EINVAL);
        using SemaphoreSet made = SemaphoreSet.Create(key, 2);
        made.RemoveOnDispose = true;
        made.GetValues().ShouldBe([0, 0]);
        SemaphoreSet.Create(key, 2).Id.ShouldBe(made.Id);
        SemaphoreSet.Open(key).Id.ShouldBe(made.Id);
        Failure(() => SemaphoreSet.Create(key, 2, exclusive: true)).Error.ShouldBe(Errno.EEXIST);
        Failure(() => SemaphoreSet.Open(key, 3)).Error.ShouldBe(Errno.EINVAL);
        using (SemaphoreSet other = SemaphoreSet.CreatePrivate(1)) other.Id.ShouldNotBe(made.Id);
        made.Dispose();
        Failure(() => SemaphoreSet.Open(key)).Error.ShouldBe(Errno.ENOENT);
    }

    [Fact]
    [Trait("Row", "P-102")]
    [Trait("Row", "P-112")]
    public void Values_go_from_0_to_32767()
    {
        _set.SetValues([1, 2, 32767]);
        _set.GetValues().ShouldBe([1, 2, 32767]);
        _set[0] = 7;
        _set[0].ShouldBe(7);
        Failure(() => _set[0] = 32768).ShouldBe((Errno.ERANGE, $"semctl({_set.Id}, 0, SETVAL, 32768)"));
        Failure(() => _set[0] = -1).Error.ShouldBe(Errno.ERANGE);
        Failure(() => _set.SetValues([1, 2, 32768])).Error.ShouldBe(Errno.ERANGE);
        Failure(() => _set.SetValues([1])).Error.ShouldBe(Errno.EINVAL);
        Failure(() => _set[3]).ShouldBe((Errno.EINVAL, $"semctl({_set.Id}, 3, GETVAL)"));
    }

    [Fact]
    [Trait("Row", "P-103")]
    public void Acquire_takes_all_that_it_asks_for_or_nothing()
    {
        _set[0] = 2;
        _set.TryAcquire(0, 3).ShouldBeFalse();
        _set[0].ShouldBe(2);
        _set.TryAcquire(0, 2).ShouldBeTrue();
        _set[0].ShouldBe(0);
    }

    [Fact]
    [Trait("Row", "P-104")]
    [Trait("Row", "P-108")]
    public void Release_lets_in_the_waiter_that_it_suffices_for()
    {
        ProcessThread two = Waiter(() => _set.Acquire(0, 2)), one = Waiter(() => _set.Acquire(0));
        _set.GetInfo(0).ShouldBe(new SemaphoreInfo(0, 0, WaitingForIncrease: 2, WaitingForZero: 0));
        _set.Release(0);
        one.Join();
        _set.GetInfo(0).ShouldBe(new SemaphoreInfo(0, Environment.ProcessId, WaitingForIncrease: 1, WaitingForZero: 0));
        _set.Release(0, 2);
        two.Join();
        _set[0] = 32767;
        Failure(() => _set.Release(0)).ShouldBe((Errno.ERANGE, $"semop({_set.Id}, 1 operations)"));
    }

    [Fact]
    [Trait("Row", "P-105")]
    [Trait("Row", "P-108")]
    public void Who_waits_for_zero_goes_on_when_the_last_is_taken()
    {
        _set[1] = 1;
        _set.TryOperate([new SemaphoreOperation(1, 0, noWait: true)]).ShouldBe(Errno.EAGAIN);
        ProcessThread waiter = Waiter(() => _set.WaitZero(1));
        _set.GetInfo(1).WaitingForZero.ShouldBe(1);
        _set.Acquire(1);
        waiter.Join();
    }

    [Fact]
    [Trait("Row", "P-106")]
    public void Several_steps_are_one()
    {
        _set.SetValues([1, 0, 0]);
        SemaphoreOperation[] both = [new(0, -1, noWait: true), new(1, -1, noWait: true)];
        _set.TryOperate(both).ShouldBe(Errno.EAGAIN);
        _set[0].ShouldBe(1);
        SemaphoreOperation[] takeIfZero = [new(2, 0, noWait: true), new(2, 1, noWait: true)];
        _set.TryOperate(takeIfZero).ShouldBe(Errno.None);
        _set.TryOperate(takeIfZero).ShouldBe(Errno.EAGAIN);
        _set.TryOperate(new SemaphoreOperation[501]).ShouldBe(Errno.E2BIG);
        _set[0] = 0;
        _set.TryOperate(new SemaphoreOperation[500]).ShouldBe(Errno.None); // each waits for semaphore 0 to be 0
    }

    [Fact]
    [Trait("Row", "P-106")]
    public void Steps_are_checked()
    {
        _set.TryOperate([]).ShouldBe(Errno.EINVAL);
        _set.TryOperate([new SemaphoreOperation(3, 1)]).ShouldBe(Errno.EFBIG);
    }

    [Theory]
    [Trait("Row", "P-107")]
    [InlineData(false)]
    [InlineData(true)]
    public void What_a_process_did_is_reverted_when_it_ends(bool killed)
    {
        _set.SetValues([5, 0, 1]);
        using Peer peer = Peer.Start(PeerRoles.ChangeSemaphores, $"{_set.Id}");
        peer.Ask("0 -2").ShouldBe("done");
        peer.Ask("1 4").ShouldBe("done");
        peer.Ask("2 -1").ShouldBe("done");
        _set.GetValues().ShouldBe([3, 4, 0]);
        _set[2] = 9; // clears the account of this one
        if (killed) peer.Kill();
        else peer.End();
        _set.GetValues().ShouldBe([5, 0, 9]);
    }

    [Fact]
    [Trait("Row", "P-107")]
    public void A_process_that_is_killed_while_it_has_the_lock_blocks_nobody()
    {
        _set[0] = 1;
        using Peer peer = Peer.Start(PeerRoles.ChangeSemaphores, $"{_set.Id}");
        peer.Ask("0 -1").ShouldBe("done");
        ProcessThread waiter = Waiter(() => _set.Acquire(0));
        _set.GetInfo(0).WaitingForIncrease.ShouldBe(1);
        peer.Kill();
        waiter.Join();
    }

    [Fact]
    [Trait("Row", "P-109")]
    public void The_status_names_owner_permissions_and_times()
    {
        SemaphoreSetStatus fresh = _set.Status;
        fresh.Count.ShouldBe(3);
        fresh.LastOperation.ShouldBeNull();
        fresh.LastChange.ShouldNotBeNull();
        fresh.Permissions.Key.ShouldBe(IpcKey.Private);
        fresh.Permissions.UserId.ShouldBe(fresh.Permissions.CreatorUserId);
        fresh.Permissions.Mode.ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        _set.Release(0);
        _set.Status.LastOperation!.Value.ShouldBeGreaterThanOrEqualTo(fresh.LastChange!.Value);
        _set.SetPermissions(fresh.Permissions.UserId, fresh.Permissions.GroupId, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        _set.Status.Permissions.Mode.ShouldBe(UnixFileMode.UserRead | UnixFileMode.GroupRead);
    }

    [Fact]
    [Trait("Row", "P-110")]
    public void Removing_a_set_wakes_who_waits()
    {
        Errno seen = Errno.None;
        ProcessThread waiter = Waiter(() => seen = _set.TryOperate([new SemaphoreOperation(0, -1)]));
        _set.Remove();
        waiter.Join();
        seen.ShouldBe(Errno.EIDRM);
        _set.TryOperate([new SemaphoreOperation(0, 1)]).ShouldBe(Errno.EINVAL);
        Failure(_set.Remove).Error.ShouldBe(Errno.EINVAL);
    }

    [Fact]
    [Trait("Row", "P-111")]
    public void A_wait_with_a_limit_ends()
    {
        _set.TryOperate([new SemaphoreOperation(0, -1)], TimeSpan.FromMilliseconds(1)).ShouldBe(Errno.EAGAIN);
        _set.TryOperate([new SemaphoreOperation(0, 1)], TimeSpan.Zero).ShouldBe(Errno.None);
        _set.TryOperate([new SemaphoreOperation(0, -1)], TimeSpan.FromSeconds(-1)).ShouldBe(Errno.EINVAL);
    }

    [Fact]
    [Trait("Row", "P-111")]
    [Trait("Row", "P-120")]
    public void A_set_that_a_process_leaves_behind_is_there_for_the_next()
    {
        using var path = new TemporaryPath();
        File.WriteAllText(path.Name, "");
        using Peer peer = Peer.Start(PeerRoles.LeaveBehind, path.Name);
        peer.Hear().ShouldBe("left");
        peer.End();
        using SemaphoreSet set = SemaphoreSet.Open(IpcKey.FromPath(path.Name, 1));
        set.RemoveOnDispose = true;
        set[0].ShouldBe(42);
        using SharedMemorySegment segment = SharedMemorySegment.Open(IpcKey.FromPath(path.Name, 2));
        segment.RemoveOnDispose = true;
        segment.Status.Attached.ShouldBe(0);
        using SharedMemoryView view = segment.AttachReadOnly();
        view.ReadOnlyBytes[0].ShouldBe((byte)43);
    }

    private ProcessThread Waiter(Action wait)
    {
        ProcessThread thread = _process.StartThread("waiter", wait);
        thread.WaitUntilBlocked();
        return thread;
    }

    private static (Errno Error, string Call) Failure(Action call)
    {
        LinuxCallException exception = Should.Throw<LinuxCallException>(call);
        return (exception.Errno, exception.Call);
    }

    private static (Errno Error, string Call) Failure(Func<object> call)
    {
        LinuxCallException exception = Should.Throw<LinuxCallException>(call);
        return (exception.Errno, exception.Call);
    }
}
