using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>The kernel's cryptographic random numbers (getrandom(2)): for initial sequence numbers, ports and cookies in real use.</summary>
public static unsafe class LinuxRandom
{
    /// <summary>Fills the span. Waits, once after the machine's start, until the kernel has gathered enough.</summary>
    public static void Fill(Span<byte> room)
    {
        while (!room.IsEmpty)
        {
            nint count;
            fixed (byte* bytes = room) count = Libc.GetRandom(bytes, room.Length, 0);
            if (count >= 0) room = room[(int)count..];
            else if (Libc.LastError != Errno.EINTR) throw new SocketCallException(Libc.LastError, "getrandom");
        }
    }
}
