using System.Buffers;
using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>
/// Asynchronous calls proper (io_uring(7)), by direct system calls: a request is handed over and the program goes on; it learns that the request is finished, its bytes already where they
/// belong, by looking into memory that it shares with the kernel.
/// </summary>
/// <remarks>For one thread. Needs a kernel that allows it (kernel.io_uring_disabled).</remarks>
public sealed unsafe class IoRing : IDisposable
{
    private const int Setup = 425, Enter = 426; // the same on every architecture
    private const int RequestLength = 64, CompletionLength = 16, ParametersLength = 120;

    private readonly FileDescriptor _descriptor;
    private readonly byte* _rings, _requests;
    private readonly nint _ringsLength, _requestsLength;
    private readonly uint* _tail, _array, _head, _completionHead, _completionTail;
    private readonly uint _mask, _completionMask, _entries;
    private readonly byte* _completions;
    private readonly Dictionary<long, MemoryHandle> _pinned = [];
    private uint _queued;
    private bool _disposed;

    /// <summary>A ring.</summary>
    /// <param name="entries">How many requests can be queued between two submissions; made a power of two.</param>
    /// <exception cref="LinuxCallException">ENOSYS, EPERM: there is none on this kernel, or not for this user; EINVAL; ENOMEM.</exception>
    public IoRing(int entries)
    {
        byte* parameters = stackalloc byte[ParametersLength];
        new Span<byte>(parameters, ParametersLength).Clear();
        nint number = Libc.SystemCall(Setup, entries, (nint)parameters, 0, 0, 0, 0);
        if (number < 0) throw new LinuxCallException(Libc.LastError, $"io_uring_setup({entries})");
        _descriptor = FileDescriptor.Adopt((int)number);
        _descriptor.CloseOnExec = true;

        // struct io_uring_params: sq_entries at 0, cq_entries at 4; the offsets of the two rings at 40 and 80. Since Linux 5.4 both lie in one mapping.
        uint* sizes = (uint*)parameters, request = (uint*)(parameters + 40), completion = (uint*)(parameters + 80);
        _entries = sizes[0];
        _ringsLength = (nint)Math.Max(request[6] + sizes[0] * sizeof(uint), completion[5] + sizes[1] * CompletionLength);
        _requestsLength = (nint)(sizes[0] * RequestLength);
        _rings = Map(_ringsLength, 0);
        _requests = Map(_requestsLength, 0x1000_0000); // IORING_OFF_SQES
        _head = (uint*)(_rings + request[0]);
        _tail = (uint*)(_rings + request[1]);
        _mask = *(uint*)(_rings + request[2]);
        _array = (uint*)(_rings + request[6]);
        _completionHead = (uint*)(_rings + completion[0]);
        _completionTail = (uint*)(_rings + completion[1]);
        _completionMask = *(uint*)(_rings + completion[2]);
        _completions = _rings + completion[5];
    }

    /// <summary>Queues a recv(2). The room is held in place until the request is finished.</summary>
    /// <param name="descriptor">The socket.</param>
    /// <param name="room">Where the bytes go.</param>
    /// <param name="tag">What the completion is to be known by; each at most once at a time.</param>
    /// <returns>Whether there was room in the queue.</returns>
    public bool TryQueueReceive(int descriptor, Memory<byte> room, long tag)
    {
        const byte Receive = 27; // IORING_OP_RECV
        ObjectDisposedException.ThrowIf(_disposed, this);
        uint tail = *_tail;
        if (tail - Volatile.Read(ref *_head) >= _entries) return false;
        MemoryHandle handle = room.Pin();
        _pinned.Add(tag, handle);
        byte* request = _requests + (tail & _mask) * RequestLength;
        new Span<byte>(request, RequestLength).Clear();
        *request = Receive;
        *(int*)(request + 4) = descriptor;
        *(nint*)(request + 16) = (nint)handle.Pointer;
        *(int*)(request + 24) = room.Length;
        *(long*)(request + 32) = tag;
        _array[tail & _mask] = tail & _mask;
        Volatile.Write(ref *_tail, tail + 1);
        _queued++;
        return true;
    }

    /// <summary>Hands over what is queued, without waiting: one system call for all.</summary>
    /// <exception cref="LinuxCallException">EBUSY: completions must be taken first; EAGAIN; EINTR.</exception>
    public void Submit() => Go(completions: 0, flags: 0);

    /// <summary>Hands over what is queued and waits until a request is finished.</summary>
    /// <exception cref="LinuxCallException">EINTR: a signal was handled; EBUSY; EAGAIN.</exception>
    public void SubmitAndWait() => Go(completions: 1, flags: 1); // IORING_ENTER_GETEVENTS

    /// <summary>Takes a completion, if there is one. No system call.</summary>
    public bool TryTake(out IoRingCompletion completion)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        completion = default;
        uint head = *_completionHead;
        if (head == Volatile.Read(ref *_completionTail)) return false;
        byte* entry = _completions + (head & _completionMask) * CompletionLength;
        long tag = *(long*)entry;
        int result = *(int*)(entry + 8);
        Volatile.Write(ref *_completionHead, head + 1);
        if (_pinned.Remove(tag, out MemoryHandle handle)) handle.Dispose();
        completion = new IoRingCompletion(tag, result < 0 ? (Errno)(-result) : result);
        return true;
    }

    /// <summary>Closes the ring. Requests that are not finished are cancelled, which is waited for, because they would write into memory that is somebody else's by then.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        if (_pinned.Count > 0) CancelAll();
        _disposed = true;
        _ = Libc.SystemCall(SystemCalls.Unmap, (nint)_rings, _ringsLength, 0, 0, 0, 0);
        _ = Libc.SystemCall(SystemCalls.Unmap, (nint)_requests, _requestsLength, 0, 0, 0, 0);
        _descriptor.Dispose();
    }

    private void CancelAll()
    {
        const int Register = 427, SynchronousCancel = 24; // IORING_REGISTER_SYNC_CANCEL
        const int CancelEvery = 1 << 0, CancelAny = 1 << 2; // IORING_ASYNC_CANCEL_ALL, _ANY
        // struct io_uring_sync_cancel_reg: addr at 0, fd at 8, flags at 12, timeout (-1, -1: none) at 16, padding to 64.
        byte* request = stackalloc byte[64];
        new Span<byte>(request, 64).Clear();
        *(int*)(request + 8) = -1;
        *(int*)(request + 12) = CancelEvery | CancelAny;
        *(long*)(request + 16) = -1;
        *(long*)(request + 24) = -1;
        _ = Libc.SystemCall(Register, _descriptor.Number, SynchronousCancel, (nint)request, 1, 0, 0);
        while (_pinned.Count > 0)
            if (!TryTake(out _)) SubmitAndWait();
    }

    private void Go(uint completions, nint flags)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        nint taken = Libc.SystemCall(Enter, _descriptor.Number, (nint)_queued, (nint)completions, flags, 0, 0);
        if (taken < 0) throw new LinuxCallException(Libc.LastError, "io_uring_enter()");
        _queued -= (uint)taken;
    }

    private byte* Map(nint length, nint offset)
    {
        const int ReadWrite = 3, SharedPopulated = 0x8001; // MAP_SHARED | MAP_POPULATE
        nint address = Libc.SystemCall(SystemCalls.Map, 0, length, ReadWrite, SharedPopulated, _descriptor.Number, offset);
        return address != -1 ? (byte*)address : throw new LinuxCallException(Libc.LastError, $"mmap({length})");
    }
}
