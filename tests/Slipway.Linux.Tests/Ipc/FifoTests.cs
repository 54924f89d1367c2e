using Slipway.Sockets;

namespace Slipway.Linux.Tests;

/// <summary>FIFOs on the kernel.</summary>
[Collection(IpcGroup.Name)]
public sealed class FifoTests : IDisposable
{
    private readonly TemporaryPath _path = new();
    private readonly byte[] _room = new byte[8];

    public FifoTests() => Fifo.Create(_path.Name);

    public void Dispose() => _path.Dispose();

    [Fact]
    [Trait("Row", "P-080")]
    public void A_fifo_has_a_name_and_carries_what_is_not_on_the_disk()
    {
        Should.Throw<LinuxCallException>(() => Fifo.Create(_path.Name)).ShouldSatisfyAllConditions(
            static error => error.Errno.ShouldBe(Errno.EEXIST),
            error => error.Call.ShouldBe($"mkfifo(\"{_path.Name}\")"));
        using FileDescriptor both = Fifo.OpenBoth(_path.Name);
        both.Write("abc"u8);
        new FileInfo(_path.Name).Length.ShouldBe(0);
        both.PipeCapacity.ShouldBe(65536);
        LinuxSystem.Current.Stat(both.Number, out FileStatus status).ShouldBe(Errno.None);
        (status.Mode & 0xF000).ShouldBe(0x1000u); // S_IFIFO
    }

    [Fact]
    [Trait("Row", "P-081")]
    public void A_blocking_open_waits_for_the_other_side()
    {
        using var process = new LinuxProcess();
        FileDescriptor? writer = null;
        ProcessThread thread = process.StartThread("writer", () => Volatile.Write(ref writer, Fifo.OpenWriter(_path.Name)));
        thread.WaitUntilBlocked();
        Volatile.Read(ref writer).ShouldBeNull();
        using FileDescriptor reader = Fifo.OpenReader(_path.Name);
        thread.Join();
        writer!.Write("abc"u8);
        reader.Read(_room).ShouldBe(3);
        writer.Dispose();
    }

    [Fact]
    [Trait("Row", "P-082")]
    public void Without_waiting_a_reader_comes_in_and_a_writer_only_when_there_is_a_reader()
    {
        Should.Throw<LinuxCallException>(() => Fifo.OpenWriter(_path.Name, nonBlocking: true)).Errno.ShouldBe(Errno.ENXIO);
        using FileDescriptor reader = Fifo.OpenReader(_path.Name, nonBlocking: true);
        using FileDescriptor writer = Fifo.OpenWriter(_path.Name, nonBlocking: true);
        writer.Write("x"u8).ShouldBe(1);
    }

    [Fact]
    [Trait("Row", "P-083")]
    public void A_reader_that_does_not_wait_tells_no_writer_from_no_data()
    {
        using FileDescriptor reader = Fifo.OpenReader(_path.Name, nonBlocking: true);
        for (int round = 0; round < 3; round++)
        {
            reader.TryRead(_room).ShouldBe(CallResult.FromInt32(0)); // no writer
            using FileDescriptor writer = Fifo.OpenWriter(_path.Name);
            reader.TryRead(_room).Error.ShouldBe(Errno.EAGAIN); // no data
        }
        reader.TryRead(_room).ShouldBe(CallResult.FromInt32(0));
    }

    [Fact]
    [Trait("Row", "P-084")]
    public void A_server_that_opened_both_ends_sees_no_end_when_its_client_leaves()
    {
        using FileDescriptor server = Fifo.OpenBoth(_path.Name, nonBlocking: true);
        using (FileDescriptor client = Fifo.OpenWriter(_path.Name)) client.Write("abc"u8);
        server.Read(_room).ShouldBe(3);
        server.TryRead(_room).Error.ShouldBe(Errno.EAGAIN);
    }
}
