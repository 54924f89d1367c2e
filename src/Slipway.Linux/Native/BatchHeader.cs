using System.Runtime.InteropServices;

namespace Slipway.Linux;

/// <summary>struct mmsghdr of 64-bit Linux.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct BatchHeader
{
    public MessageHeader Message;
    public uint Length;
}
