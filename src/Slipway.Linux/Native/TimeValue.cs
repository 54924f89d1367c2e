using System.Runtime.InteropServices;

namespace Slipway.Linux;

/// <summary>struct timeval of 64-bit Linux.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TimeValue
{
    public long Seconds;
    public long Microseconds;
}
