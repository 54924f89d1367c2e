using System.Buffers.Binary;
using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>Process descriptors (pidfd_open(2)): opened by id, by the peer of a local socket, and used.</summary>
public sealed partial class StackSocketSystem
{
    /// <inheritdoc/>
    public override CallResult OpenProcess(int processId, int flags = 0)
    {
        if ((flags & ~FileControl.O_NONBLOCK) != 0 || processId <= 0) return Errno.EINVAL;
        using (_loop.Enter())
        {
            if (_context.FindProcess(processId) is not { } process) return Errno.ESRCH;
            CallResult result = _caller.Open(process);
            if (result.Succeeded && _table.TryGet(result.Value, out OpenFile? file)) file.StatusFlags |= flags;
            return result;
        }
    }

    /// <inheritdoc/>
    public override Errno SignalProcess(int process, Signal signal)
    {
        Errno error;
        using (_loop.Enter())
        {
            error = FindProcess(process, out ProcessFile? file);
            if (error != Errno.None) return error;
            if ((uint)signal > GreatestSignal) return Errno.EINVAL;
            error = file!.Process.IsReaped ? Errno.ESRCH : _context.SendSignal(file.Process, signal);
        }
        _context.LeaveCall();
        return error;
    }

    /// <inheritdoc/>
    public override CallResult WaitProcess(int process)
    {
        if (process < 0) return Errno.EINVAL;
        BlockedCall call;
        ProcessFile? file;
        using (_loop.Enter())
        {
            Errno error = FindProcess(process, out file);
            if (error != Errno.None) return error;
            CallResult result = _context.TryReap(file!.Process);
            if (result.Error != Errno.EAGAIN || file.IsNonBlocking) return result;
            call = BeginWait(file, PollEvents.POLLIN, OpenSocket.Forever);
        }
        while (true)
        {
            Wait(call, "waitid");
            using (_loop.Enter())
            {
                CallResult result = _context.TryReap(file.Process);
                if (result.Error == Errno.EAGAIN)
                {
                    if (KeepWaiting(call, mayRestart: true, Errno.EAGAIN, out Errno error)) continue;
                    result = error;
                }
                EndWait(call);
                return result;
            }
        }
    }

    /// <summary>SO_PEERPIDFD: a new descriptor, of whose number as much is told as there is room for.</summary>
    /// <returns>ENODATA for a socket without a peer, and for all but local ones.</returns>
    private Errno GetPeerProcess(OpenSocket socket, Span<byte> value, ref int length)
    {
        if (length < 0) return Errno.EINVAL;
        if (socket is not UnixSocket { PeerCredentials.Process: { } peer }) return Errno.ENODATA;
        CallResult opened = _caller.Open(peer);
        if (!opened.Succeeded) return opened.Error;
        Span<byte> number = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(number, opened.Value);
        length = Math.Min(length, sizeof(int));
        number[..Math.Min(length, value.Length)].CopyTo(value);
        return Errno.None;
    }

    private Errno FindProcess(int descriptor, out ProcessFile? file)
    {
        file = _table.TryGet(descriptor, out OpenFile? found) ? found as ProcessFile : null;
        return file is null ? Errno.EBADF : Errno.None;
    }
}
