using System.Buffers;
using Slipway.Sockets;

namespace Slipway.Linux;

public sealed partial class LinuxSystem
{
    // sizeof(struct sockaddr_storage): no address that the kernel writes is longer.
    private const int LongestAddress = 128;

    // No option of the kernel's has a greater value; a longer claim is passed as this much.
    private const int LongestOption = 1 << 20;

    /// <inheritdoc/>
    public override unsafe Errno Bind(int descriptor, ReadOnlySpan<byte> address)
    {
        fixed (byte* name = address) return Libc.Status(Libc.Bind(descriptor, name, address.Length));
    }

    /// <inheritdoc/>
    public override unsafe Errno Connect(int descriptor, ReadOnlySpan<byte> address)
    {
        fixed (byte* name = address) return Libc.Status(Libc.Connect(descriptor, name, address.Length));
    }

    /// <inheritdoc/>
    public override Errno Listen(int descriptor, int backlog) => Libc.Status(Libc.Listen(descriptor, backlog));

    /// <inheritdoc/>
    /// <remarks>An empty span with length 0 is the null address: the length stays as it is.</remarks>
    public override unsafe CallResult Accept(int descriptor, Span<byte> address, ref int length, SocketType flags)
    {
        if (address.IsEmpty && length == 0) return Libc.Result(Libc.Accept4(descriptor, null, null, (int)flags));
        byte* scratch = stackalloc byte[LongestAddress];
        int claim = length, written = length;
        fixed (byte* room = address)
        {
            bool direct = claim >= 0 && claim <= address.Length;
            int result = Libc.Accept4(descriptor, direct ? room : scratch, &written, (int)flags);
            if (result < 0) return Libc.LastError;
            length = written;
            if (!direct) CopyBack(scratch, claim, written, address);
            return result;
        }
    }

    /// <inheritdoc/>
    public override unsafe Errno GetSockName(int descriptor, Span<byte> address, ref int length)
    {
        byte* scratch = stackalloc byte[LongestAddress];
        int written = length;
        Errno error = Libc.Status(Libc.GetSockName(descriptor, scratch, &written));
        return NameResult(error, scratch, written, address, ref length);
    }

    /// <inheritdoc/>
    public override unsafe Errno GetPeerName(int descriptor, Span<byte> address, ref int length)
    {
        byte* scratch = stackalloc byte[LongestAddress];
        int written = length;
        Errno error = Libc.Status(Libc.GetPeerName(descriptor, scratch, &written));
        return NameResult(error, scratch, written, address, ref length);
    }

    /// <inheritdoc/>
    public override Errno Shutdown(int descriptor, ShutdownHow how) => Libc.Status(Libc.Shutdown(descriptor, (int)how));

    /// <inheritdoc/>
    public override unsafe Errno GetSockOpt(int descriptor, int level, int name, Span<byte> value, ref int length)
    {
        if (level == SocketLevel.SOL_SOCKET && name == SocketOptionName.SO_ATTACH_FILTER) return GetProgramBytes(descriptor, value, ref length);
        if (IsSourceFilter(level, name) && length >= 0) return GetSourceFilter(descriptor, level, name, value, ref length);
        // A negative length is a great one where the kernel counts without a sign.
        if ((uint)length > (uint)value.Length) return GetSockOptBeyond(descriptor, level, name, value, ref length);
        byte none = 0;
        fixed (byte* room = value)
        fixed (int* written = &length)
            return Libc.Status(Libc.GetSockOpt(descriptor, level, name, room is null ? &none : room, written));
    }

    /// <inheritdoc/>
    public override unsafe Errno SetSockOpt(int descriptor, int level, int name, ReadOnlySpan<byte> value)
    {
        fixed (byte* bytes = value) return Libc.Status(Libc.SetSockOpt(descriptor, level, name, bytes, value.Length));
    }

    /// <summary>The caller claims more room than the span has: the kernel writes into room of that size, and what fits comes over.</summary>
    private static unsafe Errno GetSockOptBeyond(int descriptor, int level, int name, Span<byte> value, ref int length)
    {
        int room = (int)Math.Min((uint)length, LongestOption);
        byte[] scratch = ArrayPool<byte>.Shared.Rent(room);
        try
        {
            Array.Clear(scratch);
            value[..Math.Min(value.Length, room)].CopyTo(scratch); // some options read their value first
            fixed (byte* bytes = scratch)
            {
                int written = length < 0 ? length : room;
                Errno error = Libc.Status(Libc.GetSockOpt(descriptor, level, name, bytes, &written));
                if (error != Errno.None) return error;
                CopyBack(bytes, room, written, value);
                length = written;
                return Errno.None;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(scratch);
        }
    }

    private static unsafe Errno NameResult(Errno error, byte* scratch, int written, Span<byte> address, ref int length)
    {
        if (error != Errno.None) return error;
        CopyBack(scratch, length, written, address);
        length = written;
        return Errno.None;
    }

    // The kernel wrote the lesser of the claim and the true length.
    private static unsafe void CopyBack(byte* scratch, int claim, int written, Span<byte> target)
        => new ReadOnlySpan<byte>(scratch, Math.Min(Math.Min(claim, written), target.Length)).CopyTo(target);
}
