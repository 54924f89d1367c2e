using System.Buffers;
using Slipway.Sockets;

namespace Slipway.Linux;

public sealed partial class LinuxSystem
{
    // The greatest descriptor number plus one that fs.nr_open allows by default. The kernel cuts the count to its own table in any case.
    private const int MostDescriptors = 1 << 20;

    /// <inheritdoc/>
    public override unsafe CallResult Poll(Span<PollEntry> entries, int timeoutMilliseconds)
    {
        fixed (PollEntry* first = entries) return Libc.Result(Libc.Poll(first, (nuint)entries.Length, timeoutMilliseconds));
    }

    /// <inheritdoc/>
    public override unsafe CallResult Select(int count, DescriptorSet? read, DescriptorSet? write, DescriptorSet? except, TimeSpan? timeout)
    {
        TimeValue limit = default;
        if (timeout is { } time)
        {
            limit.Seconds = time.Ticks / TimeSpan.TicksPerSecond;
            long rest = time.Ticks % TimeSpan.TicksPerSecond;
            // Rounded up, so that a wait is never shorter than asked.
            limit.Microseconds = rest < 0 ? rest / 10 : (rest + 9) / 10;
        }
        TimeValue* pointer = timeout is null ? null : &limit;
        if (count > DescriptorSet.Size) return SelectBeyond(count, read, write, except, pointer);
        fixed (ulong* readable = read is null ? default : read.Words)
        fixed (ulong* writable = write is null ? default : write.Words)
        fixed (ulong* exceptional = except is null ? default : except.Words)
            return Libc.Result(Libc.Select(count, readable, writable, exceptional, pointer));
    }

    /// <inheritdoc/>
    public override ValueTask<PollEvents> WhenReadyAsync(int descriptor, PollEvents events, CancellationToken cancellationToken = default)
        => ReadinessEngine.WhenReadyAsync(descriptor, events, cancellationToken);

    /// <summary>A count beyond FD_SETSIZE makes the kernel read further than the sets reach: it gets longer ones, empty there.</summary>
    private static unsafe CallResult SelectBeyond(int count, DescriptorSet? read, DescriptorSet? write, DescriptorSet? except, TimeValue* timeout)
    {
        count = Math.Min(count, MostDescriptors);
        int words = (count + 63) / 64;
        ulong[] pooled = ArrayPool<ulong>.Shared.Rent(words * 3);
        try
        {
            Array.Clear(pooled);
            Span<ulong> all = pooled;
            Span<ulong> first = all[..words], second = all.Slice(words, words), third = all.Slice(words * 2, words);
            read?.Words.CopyTo(first);
            write?.Words.CopyTo(second);
            except?.Words.CopyTo(third);
            fixed (ulong* readable = first)
            fixed (ulong* writable = second)
            fixed (ulong* exceptional = third)
            {
                CallResult result = Libc.Result(Libc.Select(
                    count, read is null ? null : readable, write is null ? null : writable, except is null ? null : exceptional, timeout));
                if (!result.Succeeded) return result;
                if (read is not null) first[..read.Words.Length].CopyTo(read.Words);
                if (write is not null) second[..write.Words.Length].CopyTo(write.Words);
                if (except is not null) third[..except.Words.Length].CopyTo(except.Words);
                return result;
            }
        }
        finally
        {
            ArrayPool<ulong>.Shared.Return(pooled);
        }
    }
}
