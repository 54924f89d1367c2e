using System.Runtime.InteropServices;

namespace Slipway.Linux;

/// <summary>struct flock of 64-bit Linux: what fcntl(2) takes and gives for a lock on a range.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FileLockRequest
{
    public short Type;
    public short Whence;
    public long Start;
    public long Length;
    public int Process;
}
