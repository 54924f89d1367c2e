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
    public override unsafe CallResult Poll(Span<PollEntry> entries, TimeSpan? timeout, SignalSet? mask)
    {
        if (timeout < TimeSpan.Zero || mask is { } asked && !LinuxSignals.CanHold(asked)) return Errno.EINVAL;
        fixed (PollEntry* first = entries)
        {
            if (mask is not { } set) return Poll(first, entries.Length, timeout, null);
            // What is ready already goes before what a changed mask lets through: the signal stays pending (ppoll(2) as the kernel does it).
            CallResult there = Poll(first, entries.Length, TimeSpan.Zero, null);
            if (!there.Succeeded || there.Value > 0) return there;
            using MaskedWait wait = LinuxThread.BeginMaskedWait(set);
            SignalMask open = wait.Open;
            return wait.Handled ? Errno.EINTR : Poll(first, entries.Length, timeout, &open);
        }
    }

    /// <inheritdoc/>
    public override unsafe CallResult Select(int count, DescriptorSet? read, DescriptorSet? write, DescriptorSet? except, TimeSpan? timeout)
        => Select(count, read, write, except, timeout, (SignalMask*)null);

    /// <inheritdoc/>
    public override unsafe CallResult Select(int count, DescriptorSet? read, DescriptorSet? write, DescriptorSet? except, TimeSpan? timeout, SignalSet? mask)
    {
        if (mask is not { } set) return Select(count, read, write, except, timeout, (SignalMask*)null);
        if (timeout < TimeSpan.Zero || !LinuxSignals.CanHold(set)) return Errno.EINVAL;
        const int Words = DescriptorSet.Size / 64;
        // The look empties the sets where nothing is ready.
        Span<ulong> asked = stackalloc ulong[Words * 3];
        read?.Words.CopyTo(asked);
        write?.Words.CopyTo(asked[Words..]);
        except?.Words.CopyTo(asked[(Words * 2)..]);
        CallResult there = Select(count, read, write, except, TimeSpan.Zero, (SignalMask*)null);
        if (!there.Succeeded || there.Value > 0) return there;
        if (read is not null) asked[..Words].CopyTo(read.Words);
        if (write is not null) asked.Slice(Words, Words).CopyTo(write.Words);
        if (except is not null) asked[(Words * 2)..].CopyTo(except.Words);
        using MaskedWait wait = LinuxThread.BeginMaskedWait(set);
        SignalMask open = wait.Open;
        return wait.Handled ? Errno.EINTR : Select(count, read, write, except, timeout, &open);
    }

    /// <inheritdoc/>
    public override ValueTask<PollEvents> WhenReadyAsync(int descriptor, PollEvents events, CancellationToken cancellationToken = default)
        => ReadinessEngine.WhenReadyAsync(descriptor, events, cancellationToken);

    private static unsafe CallResult Poll(PollEntry* entries, int count, TimeSpan? timeout, SignalMask* open)
    {
        TimeSpecification limit = timeout is { } time ? TimeSpecification.Of(time) : default;
        return Libc.Result(Libc.PollWithMask(entries, (nuint)count, timeout is null ? null : &limit, open));
    }

    private static unsafe CallResult Select(int count, DescriptorSet? read, DescriptorSet? write, DescriptorSet? except, TimeSpan? timeout, SignalMask* open)
    {
        if (timeout < TimeSpan.Zero) return Errno.EINVAL;
        TimeSpecification limit = timeout is { } time ? TimeSpecification.Of(time) : default;
        TimeSpecification* pointer = timeout is null ? null : &limit;
        if (count > DescriptorSet.Size) return SelectBeyond(count, read, write, except, pointer, open);
        fixed (ulong* readable = read is null ? default : read.Words)
        fixed (ulong* writable = write is null ? default : write.Words)
        fixed (ulong* exceptional = except is null ? default : except.Words)
            return Libc.Result(Libc.Select(count, readable, writable, exceptional, pointer, open));
    }

    /// <summary>A count beyond FD_SETSIZE makes the kernel read further than the sets reach: it gets longer ones, empty there.</summary>
    private static unsafe CallResult SelectBeyond(int count, DescriptorSet? read, DescriptorSet? write, DescriptorSet? except, TimeSpecification* timeout, SignalMask* open)
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
                    count, read is null ? null : readable, write is null ? null : writable, except is null ? null : exceptional, timeout, open));
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
