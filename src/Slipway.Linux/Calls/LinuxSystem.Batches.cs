using System.Runtime.InteropServices;
using Slipway.Sockets;

namespace Slipway.Linux;

public sealed partial class LinuxSystem
{
    /// <inheritdoc/>
    public override unsafe CallResult SendMMsg(int descriptor, Span<OutgoingMessage> messages, MessageFlags flags)
    {
        // The kernel takes no more.
        if (messages.Length > PinnedVectors.Most) messages = messages[..PinnedVectors.Most];
        int pieces = 0;
        foreach (ref readonly OutgoingMessage message in messages) pieces += Math.Max(1, message.Vectors.Length);
        var batch = new PinnedBatch(messages.Length, pieces);
        try
        {
            fixed (BatchHeader* headers = batch.Headers)
            fixed (IoVector* vectors = batch.Vectors)
            {
                for (int i = 0; i < messages.Length; i++) batch.Write(i, messages[i], vectors);
                CallResult sent = Sent(Libc.SendMMsg(descriptor, headers, (uint)messages.Length, (int)flags));
                for (int i = 0; i < (sent.Succeeded ? sent.Value : 0); i++) messages[i].Sent = (int)headers[i].Length;
                return sent;
            }
        }
        finally
        {
            batch.Dispose();
        }
    }

    /// <inheritdoc/>
    public override unsafe CallResult RecvMMsg(int descriptor, Span<IncomingMessage> messages, MessageFlags flags, ref TimeSpan? timeout)
    {
        int pieces = 0;
        foreach (ref readonly IncomingMessage message in messages) pieces += Math.Max(1, message.Vectors.Length);
        TimeSpecification time = default;
        if (timeout is { } limit) time = limit < TimeSpan.Zero ? new TimeSpecification { Seconds = -1 } : TimeSpecification.Of(limit);
        var batch = new PinnedBatch(messages.Length, pieces);
        try
        {
            fixed (BatchHeader* headers = batch.Headers)
            fixed (IoVector* vectors = batch.Vectors)
            {
                for (int i = 0; i < messages.Length; i++) batch.Write(i, messages[i], vectors);
                CallResult received = Libc.Result(Libc.RecvMMsg(descriptor, headers, (uint)messages.Length, (int)flags, timeout is null ? null : &time));
                if (!received.Succeeded) return received;
                for (int i = 0; i < received.Value; i++) Take(headers[i], ref messages[i]);
                if (timeout is not null) timeout = time.ToTimeSpan();
                return received;
            }
        }
        finally
        {
            batch.Dispose();
        }
    }

    /// <inheritdoc/>
    public override CallResult EpollCreate(int flags = 0) => Libc.Result(Libc.EpollCreate(flags));

    /// <inheritdoc/>
    public override unsafe Errno EpollControl(int epoll, EpollOperation operation, int descriptor, EpollEntry entry)
    {
        byte* room = stackalloc byte[LongestEpollEvent];
        Write(room, entry);
        return Libc.Status(Libc.EpollControl(epoll, (int)operation, descriptor, room));
    }

    /// <inheritdoc/>
    public override unsafe CallResult EpollWait(int epoll, Span<EpollEntry> ready, TimeSpan? timeout) => EpollWait(epoll, ready, timeout, (SignalMask*)null);

    /// <inheritdoc/>
    public override unsafe CallResult EpollWait(int epoll, Span<EpollEntry> ready, TimeSpan? timeout, SignalSet? mask)
    {
        if (mask is not { } set) return EpollWait(epoll, ready, timeout, (SignalMask*)null);
        if (timeout < TimeSpan.Zero || !LinuxSignals.CanHold(set)) return Errno.EINVAL;
        // A look alone lets no signal through, and what is there goes before signals.
        CallResult there = EpollWait(epoll, ready, TimeSpan.Zero, (SignalMask*)null);
        if (!there.Succeeded || there.Value > 0 || timeout == TimeSpan.Zero) return there;
        using MaskedWait wait = LinuxThread.BeginMaskedWait(set);
        SignalMask open = wait.Open;
        return wait.Handled ? Errno.EINTR : EpollWait(epoll, ready, timeout, &open);
    }

    private static unsafe CallResult EpollWait(int epoll, Span<EpollEntry> ready, TimeSpan? timeout, SignalMask* open)
    {
        const int Most = 256;
        int room = Math.Min(ready.Length, Most);
        byte* events = stackalloc byte[Most * LongestEpollEvent];
        TimeSpecification time = default;
        if (timeout is { } limit) time = limit < TimeSpan.Zero ? new TimeSpecification { Seconds = -1 } : TimeSpecification.Of(limit);
        CallResult count = Libc.Result(Libc.EpollWaitFor(epoll, events, room, timeout is null ? null : &time, open));
        for (int i = 0; i < (count.Succeeded ? count.Value : 0); i++)
        {
            byte* entry = events + i * s_epollEventLength;
            ready[i] = new EpollEntry((EpollEvents)(*(uint*)entry), *(ulong*)(entry + s_epollEventLength - sizeof(ulong)));
        }
        return count;
    }

    private const int LongestEpollEvent = 16;

    // struct epoll_event is packed on x86-64 only.
    private static readonly int s_epollEventLength = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : LongestEpollEvent;

    private static unsafe void Write(byte* room, EpollEntry entry)
    {
        *(uint*)room = (uint)entry.Events;
        *(ulong*)(room + s_epollEventLength - sizeof(ulong)) = entry.Data;
    }

    private static unsafe void Take(in BatchHeader header, ref IncomingMessage message)
    {
        message.Received = (int)header.Length;
        message.AddressLength = header.Message.Name is null ? 0 : header.Message.NameLength;
        message.ControlLength = (int)header.Message.ControlLength;
        message.Flags = (MessageFlags)header.Message.Flags;
    }
}
