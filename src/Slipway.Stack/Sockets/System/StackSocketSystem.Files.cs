using Microsoft.Win32.SafeHandles;
using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>Calls for files of any kind, as they fare on a socket.</summary>
public sealed partial class StackSocketSystem
{
    /// <summary>sendfile(2) moves this much at a time through a buffer: the kernel's own pipe holds 16 pages.</summary>
    private const int CopyLength = 65536;

    /// <inheritdoc/>
    public override CallResult PRead(int descriptor, Span<byte> data, long offset) => Positioned(descriptor, 0, offset);

    /// <inheritdoc/>
    public override CallResult PWrite(int descriptor, ReadOnlySpan<byte> data, long offset)
    {
        if (offset >= 0 && IsNullFile(descriptor, out NullFile? file)) file!.Write(data);
        return Positioned(descriptor, data.Length, offset);
    }

    /// <inheritdoc/>
    public override Errno Seek(int descriptor, long offset) => OfFile(descriptor, onSocket: Errno.ESPIPE, otherwise: Errno.None, onProcess: Errno.ESPIPE);

    /// <inheritdoc/>
    public override CallResult SendFile(int descriptor, SafeFileHandle file, ref long offset, int count)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (count < 0) return Errno.EINVAL;
        Errno missing = OfFile(descriptor, Errno.None, Errno.None, Errno.EINVAL);
        if (missing != Errno.None) return missing;
        byte[] buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(Math.Clamp(count, 1, CopyLength));
        try
        {
            int total = 0;
            while (total < count)
            {
                int read = RandomAccess.Read(file, buffer.AsSpan(0, Math.Min(count - total, Math.Min(buffer.Length, CopyLength))), offset);
                if (read == 0) break;
                CallResult result = Write(descriptor, buffer.AsSpan(0, read));
                if (!result.Succeeded) return total > 0 ? total : result;
                total += result.Value;
                offset += result.Value;
                if (result.Value < read) break;
            }
            return total;
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <inheritdoc/>
    public override Errno Stat(int descriptor, out FileStatus status)
    {
        using (_loop.Enter())
        {
            bool found = _table.TryGetAny(descriptor, out OpenFile? file);
            status = found ? file!.Status : default;
            return found ? Errno.None : Errno.EBADF;
        }
    }

    /// <inheritdoc/>
    public override Errno Sync(int descriptor) => OfFile(descriptor, Errno.EINVAL, Errno.EINVAL, Errno.EINVAL);

    /// <inheritdoc/>
    public override Errno Truncate(int descriptor, long length) => length < 0 ? Errno.EINVAL : OfFile(descriptor, Errno.EINVAL, Errno.EINVAL, Errno.EOPNOTSUPP);

    /// <inheritdoc/>
    public override Errno ChangeDirectory(int descriptor)
    {
        using (_loop.Enter()) return _table.TryGetAny(descriptor, out _) ? Errno.ENOTDIR : Errno.EBADF;
    }

    /// <inheritdoc/>
    public override Errno ChangeMode(int descriptor, uint mode)
    {
        using (_loop.Enter())
        {
            if (!_table.TryGet(descriptor, out OpenFile? file)) return Errno.EBADF;
            if (file is ProcessFile) return Errno.EOPNOTSUPP;
            return file is OpenSocket socket ? socket.ChangeMode(_context, mode) : _context.UserId == 0 ? Errno.None : Errno.EPERM;
        }
    }

    /// <inheritdoc/>
    public override Errno ChangeOwner(int descriptor, int user, int group)
    {
        using (_loop.Enter())
        {
            if (!_table.TryGet(descriptor, out OpenFile? file)) return Errno.EBADF;
            if (file is ProcessFile) return Errno.EOPNOTSUPP;
            if (file is OpenSocket socket) return socket.ChangeOwner(_context, user, group);
            return user == -1 && group == -1 || _context.HasCapability(Capability.Chown) ? Errno.None : Errno.EPERM;
        }
    }

    private CallResult Positioned(int descriptor, int done, long offset)
    {
        if (offset < 0) return Errno.EINVAL;
        Errno error = OfFile(descriptor, onSocket: Errno.ESPIPE, otherwise: Errno.None, onProcess: Errno.EINVAL);
        return error == Errno.None ? done : error;
    }

    private Errno OfFile(int descriptor, Errno onSocket, Errno otherwise, Errno onProcess)
    {
        using (_loop.Enter())
        {
            if (!_table.TryGet(descriptor, out OpenFile? file)) return Errno.EBADF;
            return file is OpenSocket ? onSocket : file is ProcessFile ? onProcess : otherwise;
        }
    }
}
