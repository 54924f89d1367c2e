using Slipway.Sockets;

namespace Slipway.Linux;

public sealed partial class LinuxSystem
{
    /// <inheritdoc/>
    public override unsafe Errno Map(int descriptor, int length, out MappedMemory? memory)
    {
        const int ReadAndWrite = 0x3, Shared = 0x1;
        memory = null;
        byte* address = Libc.Map(0, (nuint)(nint)length, ReadAndWrite, Shared, descriptor, 0);
        if ((nint)address == -1) return Libc.LastError;
        memory = new LinuxMappedMemory(address, length);
        return Errno.None;
    }
}
