using System.Globalization;
using Slipway.Sockets;

namespace Slipway.Linux.Tests;

/// <summary>Pipes and descriptors on the kernel.</summary>
[Collection(IpcGroup.Name)]
public sealed class PipeTests
{
    [Fact]
    [Trait("Row", "P-070")]
    public void A_pipe_carries_bytes_one_way_and_cannot_seek()
    {
        using var pipe = Pipe.Create();
        pipe.Writer.Write("abc"u8).ShouldBe(3);
        pipe.Reader.BytesAvailable.ShouldBe(3);
        byte[] room = new byte[8];
        pipe.Reader.Read(room).ShouldBe(3);
        room.AsSpan(0, 3).SequenceEqual("abc"u8).ShouldBeTrue();
        pipe.Writer.TryRead(room).Error.ShouldBe(Errno.EBADF);
        pipe.Reader.TryWrite("x"u8).Error.ShouldBe(Errno.EBADF);
        Should.Throw<LinuxCallException>(() => pipe.Reader.Seek(7)).ShouldSatisfyAllConditions(
            static error => error.Errno.ShouldBe(Errno.ESPIPE),
            error => error.Call.ShouldBe($"lseek({pipe.Reader.Number}, 7)"));
    }

    [Fact]
    [Trait("Row", "P-072")]
    [Trait("Row", "P-016")]
    public void The_end_comes_when_the_last_process_has_closed_its_write_end()
    {
        using var pipe = Pipe.Create();
        pipe.Writer.CloseOnExec = false;
        using Peer child = Peer.Start(PeerRoles.Hold);
        child.Hear().ShouldBe("here");
        pipe.Writer.Dispose();
        pipe.Reader.Poll(PollEvents.POLLIN, TimeSpan.Zero).ShouldBe(PollEvents.None); // the child still has its own
        child.End();
        pipe.Reader.Read(new byte[1]).ShouldBe(0);
        pipe.Reader.Poll(PollEvents.POLLIN, TimeSpan.Zero).ShouldBe(PollEvents.POLLHUP);
    }

    [Fact]
    [Trait("Row", "P-073")]
    public void What_was_written_before_the_close_is_read_first()
    {
        using var pipe = Pipe.Create();
        pipe.Writer.Write("abc"u8);
        pipe.Writer.Dispose();
        byte[] room = new byte[8];
        pipe.Reader.Read(room).ShouldBe(3);
        pipe.Reader.Read(room).ShouldBe(0);
    }

    [Fact]
    [Trait("Row", "P-074")]
    [Trait("Row", "P-SIG-020")]
    public void A_write_without_a_reader_fails()
    {
        using var pipe = Pipe.Create();
        pipe.Reader.Dispose();
        Should.Throw<LinuxCallException>(() => pipe.Writer.Write("x"u8)).Errno.ShouldBe(Errno.EPIPE);
    }

    [Fact]
    [Trait("Row", "P-075")]
    public void The_capacity_is_sixteen_pages_and_is_rounded_to_a_power_of_two()
    {
        using var pipe = Pipe.Create(nonBlocking: true);
        pipe.Writer.PipeCapacity.ShouldBe(65536);
        byte[] page = new byte[Pipe.AtomicLength];
        int filled = 0;
        while (pipe.Writer.TryWrite(page) is { Succeeded: true } written) filled += written.Value;
        filled.ShouldBe(65536);
        pipe.Writer.TryWrite("x"u8).Error.ShouldBe(Errno.EAGAIN);
        Should.Throw<LinuxCallException>(() => pipe.Reader.SetPipeCapacity(4096)).Errno.ShouldBe(Errno.EBUSY);
        pipe.Reader.Read(new byte[65536]).ShouldBe(65536);
        pipe.Reader.SetPipeCapacity(1).ShouldBe(4096);
        pipe.Writer.SetPipeCapacity(100_000).ShouldBe(131_072);
        pipe.Reader.PipeCapacity.ShouldBe(131_072);
        Should.Throw<LinuxCallException>(() => pipe.Reader.SetPipeCapacity(-1)).ShouldSatisfyAllConditions(
            static error => error.Errno.ShouldBe(Errno.EINVAL),
            error => error.Call.ShouldBe($"fcntl({pipe.Reader.Number}, F_SETPIPE_SZ, -1)"));
    }

    [Fact]
    [Trait("Row", "P-076")]
    public void Blocks_of_several_writers_are_never_torn()
    {
        const int Writers = 4, Blocks = 200;
        using var pipe = Pipe.Create();
        Thread[] threads = [.. Enumerable.Range(1, Writers).Select(number => new Thread(() =>
        {
            byte[] block = new byte[Pipe.AtomicLength];
            block.AsSpan().Fill((byte)number);
            for (int i = 0; i < Blocks; i++) pipe.Writer.Write(block).ShouldBe(block.Length);
        }))];
        foreach (Thread thread in threads) thread.Start();
        int[] seen = new int[Writers + 1];
        byte[] room = new byte[Pipe.AtomicLength];
        for (int i = 0; i < Writers * Blocks; i++)
        {
            for (int got = 0; got < room.Length;) got += pipe.Reader.Read(room.AsSpan(got));
            room.AsSpan().IndexOfAnyExcept(room[0]).ShouldBe(-1, $"block {i} is torn");
            seen[room[0]]++;
        }
        foreach (Thread thread in threads) thread.Join();
        seen.ShouldBe([0, Blocks, Blocks, Blocks, Blocks]);
    }

    [Fact]
    [Trait("Row", "P-077")]
    public void Without_waiting_a_small_write_goes_whole_or_not_and_a_large_one_in_part()
    {
        using var pipe = Pipe.Create(nonBlocking: true);
        pipe.Writer.SetPipeCapacity(8192);
        pipe.Writer.TryWrite(new byte[10_000]).ShouldBe(CallResult.FromInt32(8192));
        pipe.Reader.Read(new byte[4096]).ShouldBe(4096);
        pipe.Writer.TryWrite(new byte[100]).ShouldBe(CallResult.FromInt32(100)); // a page slot, nearly empty
        pipe.Writer.TryWrite(new byte[4096]).Error.ShouldBe(Errno.EAGAIN); // 3996 bytes of room
        pipe.Reader.BytesAvailable.ShouldBe(4196); // nothing of it was written
    }

    [Fact]
    [Trait("Row", "P-078")]
    public void A_duplicate_takes_the_lowest_free_number_or_the_one_that_is_asked_for()
    {
        using var pipe = Pipe.Create();
        using FileDescriptor low = pipe.Writer.Duplicate(minimum: 700), next = pipe.Writer.Duplicate(minimum: 700), exact = pipe.Writer.DuplicateTo(720);
        low.Number.ShouldBe(700);
        next.Number.ShouldBe(701);
        exact.Number.ShouldBe(720);
        low.CloseOnExec.ShouldBeTrue();
        exact.Write("x"u8);
        pipe.Reader.BytesAvailable.ShouldBe(1);
        Should.Throw<LinuxCallException>(() => pipe.Writer.DuplicateTo(-1)).Errno.ShouldBe(Errno.EBADF);
        Should.Throw<LinuxCallException>(() => pipe.Writer.Duplicate(-5)).Call.ShouldBe($"fcntl({pipe.Writer.Number}, F_DUPFD_CLOEXEC, -5)");
    }

    [Fact]
    [Trait("Row", "P-021")]
    [Trait("Row", "P-023")]
    public void Duplicates_share_offset_and_flags_and_a_second_open_does_not()
    {
        using var path = new TemporaryPath();
        File.WriteAllText(path.Name, "0123456789");
        using FileDescriptor file = FileDescriptor.Open(path.Name, OpenFlags.O_RDONLY), duplicate = file.Duplicate(), other = FileDescriptor.Open(path.Name, OpenFlags.O_RDONLY);
        file.Read(new byte[4]).ShouldBe(4);
        duplicate.Seek(0, SeekOrigin.Current).ShouldBe(4);
        other.Seek(0, SeekOrigin.Current).ShouldBe(0);
        duplicate.NonBlocking = true;
        file.NonBlocking.ShouldBeTrue();
        other.NonBlocking.ShouldBeFalse();
    }

    [Fact]
    [Trait("Row", "P-022")]
    public void Another_program_gets_only_what_is_not_closed_on_exec()
    {
        using var pipe = Pipe.Create();
        using FileDescriptor inherited = pipe.Writer.DuplicateTo(731, closeOnExec: false), kept = pipe.Writer.DuplicateTo(732);
        using Peer child = Peer.Start(PeerRoles.NameDescriptors);
        child.Ask("731").ShouldStartWith("pipe:");
        child.Ask("732").ShouldBe("closed");
    }

    [Fact]
    public void Reads_and_writes_allocate_nothing()
    {
        using var pipe = Pipe.Create();
        byte[] room = new byte[1024];
        long before = 0;
        for (int i = 0; i < 2000; i++)
        {
            if (i == 1000) before = GC.GetAllocatedBytesForCurrentThread();
            pipe.Writer.Write(room);
            pipe.Reader.Read(room);
        }
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    /// <summary>A number with two owners is closed twice, the second time by a finalizer, when it is another file's.</summary>
    [Fact]
    public void A_descriptor_that_became_a_stream_has_one_owner()
    {
        using var pipe = Pipe.Create();
        (FileStream stream, int number) = GiveAway(pipe.Writer);
        stream.Dispose();
        using FileDescriptor next = pipe.Reader.Duplicate(number); // the number is free, so it is this one's now
        next.Number.ShouldBe(number);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        next.BytesAvailable.ShouldBe(3);
        using FileStream last = next.ToStream(FileAccess.Read);
        Should.Throw<ObjectDisposedException>(() => next.Number.ShouldBe(number));
        Should.Throw<ObjectDisposedException>(() => next.ToStream(FileAccess.Read).Dispose());

        // In a method of its own, so that nothing here keeps the duplicate from being finalized.
        static (FileStream Stream, int Number) GiveAway(FileDescriptor original)
        {
            FileDescriptor duplicate = original.Duplicate(minimum: 740);
            int number = duplicate.Number;
            FileStream stream = duplicate.ToStream(FileAccess.Write);
            stream.Write("abc"u8);
            return (stream, number);
        }
    }

    [Fact]
    public void Bad_input_is_named_with_its_errno_and_leaks_no_descriptor()
    {
        using (Pipe.Create())
        {
        }
        int before = Directory.GetFileSystemEntries("/proc/self/fd").Length;
        for (int i = 0; i < 100; i++)
        {
            Failure(static () => FileDescriptor.Open("/no/such/file", OpenFlags.O_RDONLY)).ShouldBe((Errno.ENOENT, "open(\"/no/such/file\", O_RDONLY)"));
            Failure(static () => FileDescriptor.Open("/tmp/a\0b", OpenFlags.O_RDONLY)).ShouldBe((Errno.EINVAL, "open(\"/tmp/a\\0b\")"));
            Failure(static () => FileDescriptor.Adopt(987_654)).ShouldBe((Errno.EBADF, "fcntl(987654, F_GETFD)"));
            using var pipe = Pipe.Create();
        }
        Directory.GetFileSystemEntries("/proc/self/fd").Length.ShouldBeInRange(before - 2, before + 2); // the test host opens and closes some of its own
        var closed = Pipe.Create();
        closed.Dispose();
        Should.Throw<ObjectDisposedException>(() => closed.Reader.Read(new byte[1]));
        Should.Throw<ObjectDisposedException>(() => closed.Reader.Number.ToString(CultureInfo.InvariantCulture));
    }

    private static (Errno, string) Failure(Func<object> call)
    {
        LinuxCallException exception = Should.Throw<LinuxCallException>(call);
        return (exception.Errno, exception.Call);
    }
}
