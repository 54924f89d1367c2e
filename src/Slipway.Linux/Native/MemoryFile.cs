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
        fixed (byte* bytes = text) Descriptor = Libc.MemoryFile(bytes, CloseOnExec);
        if (Descriptor < 0) throw new SocketCallException(Libc.LastError, "memfd_create");
    }

    public int Descriptor { get; }

    public unsafe string ReadText()
    {
        long length = Libc.LSeek(Descriptor, 0, 2);
        byte[] all = new byte[Math.Max(0, length)];
        fixed (byte* bytes = all)
        {
            nint count = Libc.PRead(Descriptor, bytes, all.Length, 0);
            return Encoding.UTF8.GetString(all, 0, (int)Math.Max(0, count));
        }
    }

    public void Dispose() => _ = Libc.Close(Descriptor);
}
