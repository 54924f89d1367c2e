using System.Text;
using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>A file without a name (memfd_create(2)): a child writes into it as much as it likes, and nobody need read meanwhile.</summary>
internal sealed class MemoryFile : IDisposable
{
    public unsafe MemoryFile(string name)
    {
        const int CloseOnExec = 1;
        byte[] text = Encoding.UTF8.GetBytes(name + "\0");
        int number;
        fixed (byte* bytes = text) number = Libc.MemoryFile(bytes, CloseOnExec);
        Descriptor = number >= 0 ? new FileDescriptor(number) : throw new LinuxCallException(Libc.LastError, $"memfd_create({CString.Quote(name)})");
    }

    public FileDescriptor Descriptor { get; }

    public unsafe string ReadText()
    {
        using var hold = new FileDescriptor.Hold(Descriptor);
        long length = Libc.LSeek(hold.Number, 0, 2);
        byte[] all = new byte[Math.Max(0, length)];
        fixed (byte* bytes = all)
        {
            nint count = Libc.PRead(hold.Number, bytes, all.Length, 0);
            return Encoding.UTF8.GetString(all, 0, (int)Math.Max(0, count));
        }
    }

    public void Dispose() => Descriptor.Dispose();
}
