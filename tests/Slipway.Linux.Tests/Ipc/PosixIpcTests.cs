using System.Text;
using Slipway.Sockets;

namespace Slipway.Linux.Tests;

/// <summary>POSIX semaphores, shared memory and message queues on the kernel.</summary>
[Collection(IpcGroup.Name)]
public sealed class PosixIpcTests : IDisposable
{
    private readonly string _name = $"/slipway-{Guid.NewGuid():N}";
    private readonly List<Action<string>> _unlinks = [];

    public void Dispose()
    {
        foreach (Action<string> unlink in _unlinks)
        {
            try
            {
                unlink(_name);
            }
            catch (LinuxCallException exception) when (exception.Errno == Errno.ENOENT)
            {
                // The test has removed it itself.
            }
        }
    }

    [Fact]
    public void A_semaphore_counts_across_processes_and_outlives_its_maker()
    {
        _unlinks.Add(PosixSemaphore.Unlink);
        Failure(() => PosixSemaphore.Open(_name)).ShouldBe((Errno.ENOENT, $"sem_open(\"{_name}\", value 0)"));
        using (PosixSemaphore maker = PosixSemaphore.Create(_name, 2)) maker.Value.ShouldBe(2);
        using PosixSemaphore semaphore = PosixSemaphore.Open(_name);
        semaphore.TryWait().ShouldBeTrue();
        semaphore.Wait();
        semaphore.TryWait().ShouldBeFalse();
        semaphore.TryWait(TimeSpan.FromMilliseconds(1)).ShouldBeFalse();
        Failure(() => PosixSemaphore.Create(_name, 1, exclusive: true)).Error.ShouldBe(Errno.EEXIST);
        using Peer peer = Peer.Start(PeerRoles.WaitForPosixSemaphore, _name);
        peer.Hear().ShouldBe("waits");
        semaphore.Post();
        peer.Hear().ShouldBe("has it");
        semaphore.Value.ShouldBe(0);
        peer.Kill(); // which gives nothing back
        semaphore.Value.ShouldBe(0);
        PosixSemaphore.Unlink(_name);
        Failure(() => PosixSemaphore.Open(_name)).Error.ShouldBe(Errno.ENOENT);
        semaphore.Post();
        semaphore.TryWait(TimeSpan.FromSeconds(1)).ShouldBeTrue(); // the name is gone, the semaphore not
        semaphore.Dispose();
        Should.Throw<ObjectDisposedException>(semaphore.Post);
    }

    [Fact]
    public void A_semaphore_has_a_largest_value()
    {
        _unlinks.Add(PosixSemaphore.Unlink);
        Failure(() => PosixSemaphore.Create(_name, 1u << 31)).Error.ShouldBe(Errno.EINVAL);
        using PosixSemaphore semaphore = PosixSemaphore.Create(_name, int.MaxValue);
        Failure(semaphore.Post).ShouldBe((Errno.EOVERFLOW, $"sem_post(\"{_name}\")"));
    }

    [Fact]
    [Trait("Row", "P-125")]
    public void Shared_memory_is_a_file_in_memory_that_processes_map()
    {
        _unlinks.Add(PosixSharedMemory.Unlink);
        Failure(() => PosixSharedMemory.Open(_name)).ShouldBe((Errno.ENOENT, $"shm_open(\"{_name}\", O_RDWR)"));
        using PosixSharedMemory memory = PosixSharedMemory.Create(_name, 5000);
        memory.Length.ShouldBe(5000);
        using SharedMemoryView view = memory.Map();
        view.ReadOnlyBytes.IndexOfAnyExcept((byte)0).ShouldBe(-1);
        view.Bytes[4999] = 6;
        using Peer peer = Peer.Start(PeerRoles.MapPosixMemory, _name);
        peer.Hear().ShouldBe("6");
        view.Bytes[0].ShouldBe((byte)78);
        using (PosixSharedMemory readOnly = PosixSharedMemory.Open(_name, readOnly: true))
        {
            using SharedMemoryView look = readOnly.MapReadOnly();
            look.ReadOnlyBytes[0].ShouldBe((byte)78);
            Should.Throw<LinuxCallException>(() => look.Bytes[0]).Errno.ShouldBe(Errno.EACCES);
            Failure(readOnly.Map).Error.ShouldBe(Errno.EACCES);
            Failure(() => readOnly.Resize(1)).ShouldBe((Errno.EINVAL, $"ftruncate(\"{_name}\", 1)"));
        }
        PosixSharedMemory.Unlink(_name);
        Failure(() => PosixSharedMemory.Open(_name)).Error.ShouldBe(Errno.ENOENT);
        memory.Dispose();
        view.Bytes[0].ShouldBe((byte)78); // what is mapped stays
    }

    [Fact]
    [Trait("Row", "P-125")]
    public void Shared_memory_without_length_cannot_be_mapped()
    {
        _unlinks.Add(PosixSharedMemory.Unlink);
        Failure(() => PosixSharedMemory.Create(_name, -1)).Error.ShouldBe(Errno.EINVAL);
        Failure(() => PosixSharedMemory.Open(_name)).Error.ShouldBe(Errno.ENOENT); // the refusal left no name behind
        Failure(() => PosixSharedMemory.Create("/a/b", 1)).Error.ShouldBe(Errno.EINVAL);
        Failure(() => PosixSharedMemory.Create("/a\0b", 1)).ShouldBe((Errno.EINVAL, "shm_open(\"/a\\0b\")"));
        using PosixSharedMemory memory = PosixSharedMemory.Create(_name, 0);
        Failure(memory.Map).ShouldBe((Errno.EINVAL, $"mmap(\"{_name}\", 0 bytes)"));
    }

    [Fact]
    [Trait("Row", "P-132")]
    public void A_message_queue_gives_the_highest_priority_first()
    {
        using PosixMessageQueue queue = Queue();
        (queue.MostMessages, queue.LongestMessage).ShouldBe((10, 8192));
        byte[] room = new byte[8192];
        queue.TryReceive(room, out _).ShouldBe(-1);
        queue.Descriptor.Poll(PollEvents.POLLIN, TimeSpan.Zero).ShouldBe(PollEvents.None);
        queue.Send("low"u8, 1);
        queue.Send("high"u8, 9);
        queue.Send("high too"u8, 9);
        queue.Send([], 0);
        queue.Messages.ShouldBe(4);
        queue.Descriptor.Poll(PollEvents.POLLIN, TimeSpan.Zero).ShouldBe(PollEvents.POLLIN);
        string[] order = [.. Enumerable.Range(0, 4).Select(_ =>
        {
            int length = queue.Receive(room, out uint priority);
            return $"{priority} {Encoding.ASCII.GetString(room, 0, length)}";
        })];
        order.ShouldBe(["9 high", "9 high too", "1 low", "0 "]);
    }

    [Fact]
    [Trait("Row", "P-132")]
    public void A_message_queue_has_limits()
    {
        using PosixMessageQueue queue = Queue();
        for (int i = 0; i < 10; i++) queue.TrySend("x"u8).ShouldBeTrue();
        queue.TrySend("x"u8).ShouldBeFalse();
        Failure(() => queue.Receive(new byte[8191], out _)).ShouldBe((Errno.EMSGSIZE, $"mq_receive(\"{_name}\", 8191 bytes)"));
        Failure(() => queue.Send(new byte[8193])).Error.ShouldBe(Errno.EMSGSIZE);
        Failure(() => queue.Send("x"u8, 32768)).ShouldBe((Errno.EINVAL, $"mq_send(\"{_name}\", 1 bytes, priority 32768)"));
        Failure(() => PosixMessageQueue.Create("noslash")).Error.ShouldBe(Errno.EINVAL);
        Failure(() => PosixMessageQueue.Create(_name + "2", mostMessages: 0)).Error.ShouldBe(Errno.EINVAL);
        Failure(() => PosixMessageQueue.Create(_name, exclusive: true)).Error.ShouldBe(Errno.EEXIST);
        PosixMessageQueue.Unlink(_name);
        Failure(() => PosixMessageQueue.Open(_name)).Error.ShouldBe(Errno.ENOENT);
    }

    [Fact]
    [Trait("Row", "P-132")]
    public void A_sender_waits_for_room_and_a_receiver_for_a_message()
    {
        using PosixMessageQueue queue = Queue(mostMessages: 1, longestMessage: 16);
        using var process = new LinuxProcess();
        byte[] room = new byte[16];
        queue.Send("first"u8);
        ProcessThread sender = process.StartThread("sender", () => queue.Send("second"u8));
        sender.WaitUntilBlocked();
        queue.Messages.ShouldBe(1);
        queue.Receive(room, out _).ShouldBe(5);
        sender.Join();
        queue.Receive(room, out _).ShouldBe(6);
        int got = 0;
        ProcessThread receiver = process.StartThread("receiver", () => got = queue.Receive(room, out _));
        receiver.WaitUntilBlocked();
        queue.Send("third one"u8);
        receiver.Join();
        got.ShouldBe(9);
    }

    [Fact]
    public void The_listing_shows_what_there_is()
    {
        using var set = SemaphoreSet.CreatePrivate(3, UnixFileMode.UserRead);
        using var segment = SharedMemorySegment.CreatePrivate(5000);
        using var queue = MessageQueue.CreatePrivate();
        using SharedMemoryView view = segment.Attach();
        queue.Send(1, "abc"u8);
        int user = set.Status.Permissions.UserId, group = set.Status.Permissions.GroupId;
        const UnixFileMode ReadWrite = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        IReadOnlyList<IpcListing> all = IpcListing.ReadAll();
        all.ShouldContain(new IpcListing(IpcKind.Semaphores, IpcKey.Private, set.Id, user, group, UnixFileMode.UserRead, 3, 0));
        all.ShouldContain(new IpcListing(IpcKind.SharedMemory, IpcKey.Private, segment.Id, user, group, ReadWrite, 5000, 1));
        all.ShouldContain(new IpcListing(IpcKind.Messages, IpcKey.Private, queue.Id, user, group, ReadWrite, 3, 1));
        set.Remove();
        IpcListing.ReadAll().ShouldNotContain(listing => listing.Kind == IpcKind.Semaphores && listing.Id == set.Id);
    }

    private PosixMessageQueue Queue(int mostMessages = 10, int longestMessage = 8192)
    {
        _unlinks.Add(PosixMessageQueue.Unlink);
        return PosixMessageQueue.Create(_name, mostMessages, longestMessage);
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
