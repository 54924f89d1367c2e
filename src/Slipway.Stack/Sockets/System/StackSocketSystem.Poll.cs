using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>poll, select and the async wait: all read the one mask of an open file.</summary>
public sealed partial class StackSocketSystem
{
    private const PollEvents AlwaysReported = PollEvents.POLLERR | PollEvents.POLLHUP;
    private const PollEvents SelectRead = PollEvents.POLLIN | PollEvents.POLLRDNORM | PollEvents.POLLRDBAND | PollEvents.POLLHUP | PollEvents.POLLERR;
    private const PollEvents SelectWrite = PollEvents.POLLOUT | PollEvents.POLLWRNORM | PollEvents.POLLWRBAND | PollEvents.POLLERR;
    private const PollEvents SelectExcept = PollEvents.POLLPRI;

    private ReadinessOperation? _freeOperations;

    /// <inheritdoc/>
    public override CallResult Poll(Span<PollEntry> entries, int timeoutMilliseconds)
        => PollFor(entries, timeoutMilliseconds < 0 ? OpenSocket.Forever : timeoutMilliseconds * StackClock.Millisecond);

    /// <inheritdoc/>
    public override CallResult Poll(Span<PollEntry> entries, TimeSpan? timeout, SignalSet? mask)
    {
        if (timeout < TimeSpan.Zero || entries.Length > _context.DescriptorLimit) return Errno.EINVAL;
        long limit = timeout is { } time ? StackClock.ToNanoseconds(time) : OpenSocket.Forever;
        if (mask is not { } set) return PollFor(entries, limit);
        // What is ready already goes before what a changed mask lets through.
        using (_loop.Enter())
        {
            int ready = Scan(entries);
            if (ready > 0) return ready;
        }
        bool handled = _context.EnterMask(set, out SignalSet before);
        try
        {
            return handled ? Errno.EINTR : PollFor(entries, limit);
        }
        finally
        {
            _context.LeaveMask(before);
        }
    }

    /// <inheritdoc/>
    public override CallResult Select(int count, DescriptorSet? read, DescriptorSet? write, DescriptorSet? except, TimeSpan? timeout, SignalSet? mask)
    {
        if (mask is not { } set) return Select(count, read, write, except, timeout);
        if (count < 0 || timeout < TimeSpan.Zero) return Errno.EINVAL;
        using (_loop.Enter())
        {
            int known = Math.Min(Math.Min(count, DescriptorSet.Size), _table.Capacity);
            CallResult ready = ScanSets(known, read, write, except, null);
            if (!ready.Succeeded) return ready;
            if (ready.Value > 0) return StoreSets(known, read, write, except);
        }
        bool handled = _context.EnterMask(set, out SignalSet before);
        try
        {
            return handled ? Errno.EINTR : Select(count, read, write, except, timeout);
        }
        finally
        {
            _context.LeaveMask(before);
        }
    }

    private CallResult PollFor(Span<PollEntry> entries, long timeout)
    {
        if (entries.Length > _context.DescriptorLimit) return Errno.EINVAL;
        BlockedCall call;
        using (_loop.Enter())
        {
            int ready = Scan(entries);
            if (ready > 0 || timeout == 0) return ready;
            call = RentCall();
            call.Begin(DeadlineAfter(timeout));
            foreach (ref PollEntry entry in entries)
            {
                if (_table.TryGet(entry.Descriptor, out OpenFile? file)) call.Watch(file, entry.Events);
            }
        }
        while (true)
        {
            Wait(call, "poll");
            using (_loop.Enter())
            {
                int ready = Scan(entries);
                // poll is never restarted after a handler, whatever SA_RESTART says (signal(7)).
                if (ready == 0 && KeepWaiting(call, mayRestart: false, StackErrno.MustWait, out _)) continue;
                bool interrupted = ready == 0 && call.Reason != WakeReason.TimedOut;
                EndWait(call);
                return interrupted ? Errno.EINTR : ready;
            }
        }
    }

    /// <inheritdoc/>
    public override CallResult Select(int count, DescriptorSet? read, DescriptorSet? write, DescriptorSet? except, TimeSpan? timeout)
    {
        if (count < 0 || timeout < TimeSpan.Zero) return Errno.EINVAL;
        count = Math.Min(count, DescriptorSet.Size);
        BlockedCall call;
        using (_loop.Enter())
        {
            count = Math.Min(count, _table.Capacity);
            CallResult ready = ScanSets(count, read, write, except, null);
            if (!ready.Succeeded) return ready;
            if (ready.Value > 0 || timeout == TimeSpan.Zero) return StoreSets(count, read, write, except);
            call = RentCall();
            call.Begin(timeout is { } limit ? DeadlineAfter(StackClock.ToNanoseconds(limit)) : long.MaxValue);
            ScanSets(count, read, write, except, call);
        }
        while (true)
        {
            Wait(call, "select");
            using (_loop.Enter())
            {
                CallResult ready = ScanSets(count, read, write, except, null);
                if (ready is { Succeeded: true, Value: 0 } && KeepWaiting(call, mayRestart: false, StackErrno.MustWait, out _)) continue;
                bool interrupted = ready is { Succeeded: true, Value: 0 } && call.Reason != WakeReason.TimedOut;
                EndWait(call);
                if (!ready.Succeeded) return ready;
                return interrupted ? Errno.EINTR : StoreSets(count, read, write, except);
            }
        }
    }

    /// <inheritdoc/>
    public override ValueTask<PollEvents> WhenReadyAsync(int descriptor, PollEvents events, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<PollEvents>(cancellationToken);
        ReadinessOperation operation;
        short token;
        using (_loop.Enter())
        {
            if (!_table.TryGet(descriptor, out OpenFile? file)) return new ValueTask<PollEvents>(PollEvents.POLLNVAL);
            PollEvents there = file.Readiness & (events | AlwaysReported);
            if (there != 0) return new ValueTask<PollEvents>(there);
            operation = _freeOperations ?? new ReadinessOperation(this, _loop);
            _freeOperations = operation.NextFree;
            operation.NextFree = null;
            token = operation.Begin(file, events);
        }
        operation.CancelWith(cancellationToken);
        return new ValueTask<PollEvents>(operation, token);
    }

    internal void Return(ReadinessOperation operation)
    {
        using (_loop.Enter())
        {
            operation.NextFree = _freeOperations;
            _freeOperations = operation;
        }
    }

    private int Scan(Span<PollEntry> entries)
    {
        int ready = 0;
        foreach (ref PollEntry entry in entries)
        {
            entry.Returned = entry.Descriptor < 0 ? PollEvents.None
                : !_table.TryGet(entry.Descriptor, out OpenFile? file) ? PollEvents.POLLNVAL
                : file.Readiness & (entry.Events | AlwaysReported);
            if (entry.Returned != PollEvents.None) ready++;
        }
        return ready;
    }

    private CallResult ScanSets(int count, DescriptorSet? read, DescriptorSet? write, DescriptorSet? except, BlockedCall? call)
    {
        int ready = 0;
        for (int word = 0; word << 6 < count; word++)
        {
            ulong wanted = (Word(read, word) | Word(write, word) | Word(except, word)) & Below(count, word);
            for (; wanted != 0; wanted &= wanted - 1)
            {
                int descriptor = (word << 6) + System.Numerics.BitOperations.TrailingZeroCount(wanted);
                if (!_table.TryGet(descriptor, out OpenFile? file)) return Errno.EBADF;
                if (call is not null) call.Watch(file, AskedFor(descriptor, read, write, except));
                else ready += Bits(file, descriptor, read, write, except);
            }
        }
        return ready;
    }

    /// <summary>Leaves in the sets what is ready.</summary>
    private CallResult StoreSets(int count, DescriptorSet? read, DescriptorSet? write, DescriptorSet? except)
    {
        int ready = 0;
        for (int word = 0; word << 6 < count; word++)
        {
            ulong below = Below(count, word);
            ready += Store(read, word, below, SelectRead) + Store(write, word, below, SelectWrite) + Store(except, word, below, SelectExcept);
        }
        return ready;
    }

    private int Store(DescriptorSet? set, int word, ulong below, PollEvents events)
    {
        if (set is null) return 0;
        ulong kept = 0;
        for (ulong wanted = set.Words[word] & below; wanted != 0; wanted &= wanted - 1)
        {
            int bit = System.Numerics.BitOperations.TrailingZeroCount(wanted);
            if (_table.TryGet((word << 6) + bit, out OpenFile? file) && (file.Readiness & events) != 0) kept |= 1UL << bit;
        }
        set.Words[word] = kept;
        return System.Numerics.BitOperations.PopCount(kept);
    }

    private static int Bits(OpenFile file, int descriptor, DescriptorSet? read, DescriptorSet? write, DescriptorSet? except)
    {
        PollEvents there = file.Readiness;
        return (Has(read, descriptor) && (there & SelectRead) != 0 ? 1 : 0)
            + (Has(write, descriptor) && (there & SelectWrite) != 0 ? 1 : 0)
            + (Has(except, descriptor) && (there & SelectExcept) != 0 ? 1 : 0);
    }

    private static PollEvents AskedFor(int descriptor, DescriptorSet? read, DescriptorSet? write, DescriptorSet? except)
        => (Has(read, descriptor) ? SelectRead : 0) | (Has(write, descriptor) ? SelectWrite : 0) | (Has(except, descriptor) ? SelectExcept : 0);

    private static bool Has(DescriptorSet? set, int descriptor) => set is not null && set.Contains(descriptor);

    private static ulong Word(DescriptorSet? set, int word) => set is null ? 0 : set.Words[word];

    private static ulong Below(int count, int word)
    {
        int bits = count - (word << 6);
        return bits >= 64 ? ulong.MaxValue : (1UL << bits) - 1;
    }
}
