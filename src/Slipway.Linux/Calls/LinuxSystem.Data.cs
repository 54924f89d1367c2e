using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Slipway.Sockets;

namespace Slipway.Linux;

public sealed partial class LinuxSystem
{
    /// <inheritdoc/>
    public override unsafe CallResult SendTo(int descriptor, ReadOnlySpan<byte> data, MessageFlags flags, ReadOnlySpan<byte> address)
    {
        fixed (byte* bytes = data)
        fixed (byte* name = address)
            return Sent(Libc.SendTo(descriptor, bytes, data.Length, (int)flags, name, address.Length));
    }

    /// <inheritdoc/>
    /// <remarks>An empty address with length 0 is the null address of recv(2): the length stays as it is.</remarks>
    public override unsafe CallResult RecvFrom(int descriptor, Span<byte> data, MessageFlags flags, Span<byte> address, ref int length)
    {
        byte none = 0;
        fixed (byte* bytes = data)
        {
            byte* room = bytes is null ? &none : bytes;
            if (address.IsEmpty && length == 0) return Libc.Result(Libc.RecvFrom(descriptor, room, data.Length, (int)flags, null, null));
            byte* scratch = stackalloc byte[LongestAddress];
            int claim = length, written = length;
            nint result = Libc.RecvFrom(descriptor, room, data.Length, (int)flags, scratch, &written);
            if (result < 0) return Libc.LastError;
            // A protocol that gives no address (TCP) leaves the length as 0.
            CopyBack(scratch, claim, written, address);
            length = written;
            return (int)result;
        }
    }

    /// <inheritdoc/>
    public override CallResult Read(int descriptor, Span<byte> data) => ReadOne(descriptor, data);

    /// <inheritdoc/>
    public override unsafe CallResult Write(int descriptor, ReadOnlySpan<byte> data)
    {
        fixed (byte* bytes = data) return Sent(Libc.Write(descriptor, bytes, data.Length));
    }

    /// <inheritdoc/>
    public override unsafe CallResult PRead(int descriptor, Span<byte> data, long offset)
    {
        byte none = 0;
        fixed (byte* bytes = data) return Libc.Result(Libc.PRead(descriptor, bytes is null ? &none : bytes, data.Length, offset));
    }

    /// <inheritdoc/>
    public override unsafe CallResult PWrite(int descriptor, ReadOnlySpan<byte> data, long offset)
    {
        fixed (byte* bytes = data) return Sent(Libc.PWrite(descriptor, bytes, data.Length, offset));
    }

    /// <inheritdoc/>
    public override unsafe CallResult SendFile(int descriptor, SafeFileHandle file, ref long offset, int count)
    {
        ArgumentNullException.ThrowIfNull(file);
        bool held = false;
        try
        {
            file.DangerousAddRef(ref held);
            long position = Unsafe.IsNullRef(ref offset) ? 0 : offset;
            nint result = Libc.SendFile(descriptor, (int)file.DangerousGetHandle(), &position, count);
            if (result < 0) return Sent(result);
            if (!Unsafe.IsNullRef(ref offset)) offset = position;
            return (int)result;
        }
        finally
        {
            if (held) file.DangerousRelease();
        }
    }

    /// <summary>The result of a call that sends: EPIPE may have come with SIGPIPE.</summary>
    private static CallResult Sent(nint value)
    {
        CallResult result = Libc.Result(value);
        if (result.Error == Errno.EPIPE) LinuxSignals.TakeBrokenPipe();
        return result;
    }

    private static unsafe CallResult ReadOne(int descriptor, Span<byte> data)
    {
        byte none = 0;
        fixed (byte* bytes = data) return Libc.Result(Libc.Read(descriptor, bytes is null ? &none : bytes, data.Length));
    }
}
