using System.Globalization;
using System.Runtime.InteropServices;
using Slipway.Sockets;

namespace Slipway.Linux.Tests;

/// <summary>System V shared memory on the kernel.</summary>
[Collection(IpcGroup.Name)]
public sealed class SharedMemoryTests
{
    [Fact]
    [Trait("Row", "P-120")]
    [Trait("Row", "P-121")]
    public void Processes_that_attach_the_same_segment_see_each_others_bytes()
    {
        using SharedMemorySegment segment = SharedMemorySegment.CreatePrivate(5000);
        segment.Status.Length.ShouldBe(5000);
        segment.Status.Attached.ShouldBe(0);
        using SharedMemoryView view = segment.Attach();
        view.Length.ShouldBe(5000);
        view.ReadOnlyBytes.IndexOfAnyExcept((byte)0).ShouldBe(-1);
        view.Bytes[4999] = 1;
        using Peer peer = Peer.Start(PeerRoles.ShareMemory, segment.Id.ToString(CultureInfo.InvariantCulture));
        peer.Hear().ShouldBe("1"); // what it found in the last byte
        segment.Status.Attached.ShouldBe(2);
        view.Bytes[0].ShouldBe((byte)77); // what it wrote in the first
        peer.End();
        SharedMemoryStatus status = segment.Status;
        status.Attached.ShouldBe(1);
        status.CreatorProcessId.ShouldBe(Environment.ProcessId);
        status.LastProcessId.ShouldBe(peer.Id);
        view.Dispose();
        segment.Status.Attached.ShouldBe(0);
        Should.Throw<ObjectDisposedException>(() => view.Bytes[0]);
    }

    [Theory]
    [Trait("Row", "P-120")]
    [InlineData(0)]
    [InlineData(-1)]
    public void A_segment_without_length_is_refused(long length)
        => Should.Throw<LinuxCallException>(() => SharedMemorySegment.CreatePrivate(length)).ShouldSatisfyAllConditions(
            static error => error.Errno.ShouldBeOneOf(Errno.EINVAL, Errno.ENOSPC),
            error => error.Call.ShouldBe($"shmget(0x00000000, {length})"));

    [Fact]
    [Trait("Row", "P-122")]
    public void A_removed_segment_stays_until_its_last_attachment_ends()
    {
        using SharedMemorySegment segment = SharedMemorySegment.CreatePrivate(100);
        SharedMemoryView view = segment.Attach();
        view.Bytes[3] = 5;
        segment.Remove();
        segment.Status.MarkedForRemoval.ShouldBeTrue();
        using (SharedMemoryView second = SharedMemorySegment.FromId(segment.Id).Attach()) second.Bytes[3].ShouldBe((byte)5);
        view.Dispose();
        Should.Throw<LinuxCallException>(segment.Attach).ShouldSatisfyAllConditions(
            static error => error.Errno.ShouldBe(Errno.EINVAL),
            error => error.Call.ShouldBe($"shmat({segment.Id})"));
    }

    [Fact]
    [Trait("Row", "P-123")]
    public void A_view_for_reading_cannot_be_written()
    {
        using SharedMemorySegment segment = SharedMemorySegment.CreatePrivate(100);
        using SharedMemoryView view = segment.AttachReadOnly();
        view.IsReadOnly.ShouldBeTrue();
        view.ReadOnlyBytes.Length.ShouldBe(100);
        Should.Throw<LinuxCallException>(() => view.Bytes[0]).Errno.ShouldBe(Errno.EACCES);
        using SharedMemoryView writable = segment.Attach();
        writable.Bytes[9] = 8;
        view.ReadOnlyBytes[9].ShouldBe((byte)8);
        Should.Throw<ArgumentOutOfRangeException>(() => writable.Slice(99, 2).Length);
        Should.Throw<ArgumentOutOfRangeException>(() => writable.Slice(-1, 2).Length);
        writable.Slice(98, 2).Length.ShouldBe(2);
    }

    [Fact]
    [Trait("Row", "P-124")]
    public void Eight_processes_increment_one_counter_under_a_semaphore_and_lose_nothing()
    {
        const int Processes = 8, Rounds = 100_000;
        using SemaphoreSet set = SemaphoreSet.CreatePrivate(1);
        using SharedMemorySegment segment = SharedMemorySegment.CreatePrivate(sizeof(long));
        using SharedMemoryView view = segment.Attach();
        Peer[] peers = [.. Enumerable.Range(0, Processes).Select(_ => Peer.Start(PeerRoles.Increment, $"{set.Id}", $"{segment.Id}", $"{Rounds}"))];
        foreach (Peer peer in peers) peer.Hear().ShouldBe("ready");
        set.Release(0);
        foreach (Peer peer in peers) peer.Tell("go");
        foreach (Peer peer in peers) peer.Hear().ShouldBe("done");
        foreach (Peer peer in peers) peer.Dispose();
        MemoryMarshal.Read<long>(view.ReadOnlyBytes).ShouldBe(Processes * Rounds);
        set[0].ShouldBe(1);
    }
}
