using System.Text;
using Slipway.Sockets;

namespace Slipway.Linux.Tests;

/// <summary>System V message queues on the kernel.</summary>
[Collection(IpcGroup.Name)]
public sealed class MessageQueueTests : IDisposable
{
    private readonly MessageQueue _queue = MessageQueue.CreatePrivate();
    private readonly byte[] _room = new byte[8192];

    public void Dispose() => _queue.Dispose();

    [Fact]
    [Trait("Row", "P-130")]
    public void Types_are_positive_and_lengths_limited()
    {
        Failure(() => _queue.Send(0, "x"u8)).ShouldBe((Errno.EINVAL, $"msgsnd({_queue.Id}, type 0, 1 bytes)"));
        Failure(() => _queue.Send(-1, "x"u8)).Error.ShouldBe(Errno.EINVAL);
        int longest = int.Parse(File.ReadAllText("/proc/sys/kernel/msgmax"), System.Globalization.CultureInfo.InvariantCulture);
        Failure(() => _queue.Send(1, new byte[longest + 1])).Error.ShouldBe(Errno.EINVAL);
        _queue.Send(1, []);
        _queue.Receive(_room, 0, out long type).ShouldBe(0);
        type.ShouldBe(1);
    }

    [Fact]
    [Trait("Row", "P-130")]
    public void A_queue_is_full_at_its_limit_of_bytes()
    {
        _queue.SetByteLimit(16_384);
        int sent = 0;
        while (_queue.TrySend(1, new byte[1000])) sent++;
        sent.ShouldBe(16);
        MessageQueueStatus status = _queue.Status;
        (status.Messages, status.Bytes, status.ByteLimit, status.LastSenderId, status.LastReceiverId).ShouldBe((16, 16_000L, 16_384L, Environment.ProcessId, 0));
        _queue.Receive(_room, 0, out _).ShouldBe(1000);
        _queue.TrySend(1, new byte[1000]).ShouldBeTrue();
        _queue.Status.LastReceiverId.ShouldBe(Environment.ProcessId);
    }

    [Fact]
    [Trait("Row", "P-131")]
    public void Messages_are_chosen_by_type()
    {
        foreach ((long type, string text) in new[] { (5L, "a"), (3L, "b"), (7L, "c"), (3L, "d"), (2L, "e") }) _queue.Send(type, Encoding.ASCII.GetBytes(text));
        Next(0).ShouldBe("5 a"); // the first
        Next(7).ShouldBe("7 c"); // the first of type 7
        Next(-4).ShouldBe("2 e"); // the lowest up to 4
        Next(-4).ShouldBe("3 b");
        Next(3).ShouldBe("3 d");
        _queue.TryReceive(_room, 0, out _).ShouldBe(-1);
        _queue.Send(5, "later"u8);
        _queue.TryReceive(_room, 4, out _).ShouldBe(-1);
    }

    [Fact]
    [Trait("Row", "P-131")]
    public void A_message_that_is_too_long_stays_or_is_cut()
    {
        _queue.Send(1, "0123456789"u8);
        Failure(() => _queue.Receive(new byte[4], 0, out _)).ShouldBe((Errno.E2BIG, $"msgrcv({_queue.Id}, 4 bytes, type 0)"));
        _queue.Status.Messages.ShouldBe(1);
        _queue.Receive(_room.AsSpan(0, 4), 0, out _, truncate: true).ShouldBe(4);
        Encoding.ASCII.GetString(_room, 0, 4).ShouldBe("0123");
        _queue.Status.Messages.ShouldBe(0);
    }

    [Fact]
    [Trait("Row", "P-131")]
    public void Removing_the_queue_wakes_a_sender_that_waits_for_room()
    {
        _queue.SetByteLimit(10);
        _queue.Send(1, new byte[10]);
        using var process = new LinuxProcess();
        Errno seen = Errno.None;
        ProcessThread sender = process.StartThread("sender", () => seen = Should.Throw<LinuxCallException>(() => _queue.Send(1, new byte[1])).Errno);
        sender.WaitUntilBlocked();
        _queue.Remove();
        sender.Join();
        seen.ShouldBe(Errno.EIDRM);
        Failure(() => _queue.Send(1, [])).Error.ShouldBe(Errno.EINVAL);
    }

    [Fact]
    public void A_queue_is_found_by_its_key()
    {
        using var path = new TemporaryPath();
        File.WriteAllText(path.Name, "");
        IpcKey key = IpcKey.FromPath(path.Name, 9);
        Failure(() => MessageQueue.Open(key)).ShouldBe((Errno.ENOENT, $"msgget({key})"));
        using MessageQueue queue = MessageQueue.Create(key, exclusive: true);
        queue.RemoveOnDispose = true;
        MessageQueue.Open(key).Id.ShouldBe(queue.Id);
        Failure(() => MessageQueue.Create(key, exclusive: true)).Error.ShouldBe(Errno.EEXIST);
    }

    [Fact]
    public void Messages_allocate_nothing()
    {
        long before = 0;
        for (int i = 0; i < 2000; i++)
        {
            if (i == 1000) before = GC.GetAllocatedBytesForCurrentThread();
            _queue.Send(1, _room.AsSpan(0, 100));
            _queue.Receive(_room, 0, out _);
        }
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    private string Next(long type)
    {
        int length = _queue.Receive(_room, type, out long received);
        return $"{received} {Encoding.ASCII.GetString(_room, 0, length)}";
    }

    private static (Errno Error, string Call) Failure(Action call)
    {
        LinuxCallException exception = Should.Throw<LinuxCallException>(call);
        return (exception.Errno, exception.Call);
    }
}
