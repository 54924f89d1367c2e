using System.Runtime.InteropServices;

namespace Slipway.Linux;

/// <summary>struct msghdr of 64-bit Linux.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MessageHeader
{
    public byte* Name;
    public int NameLength;
    public IoVector* Vectors;
    public nint VectorCount;
    public byte* Control;
    public nint ControlLength;
    public int Flags;
}
