using System.Buffers.Binary;
using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>The ioctl requests of datagram sockets.</summary>
internal abstract partial class DatagramSocket
{
    private const int TimeLength = 16;

    /// <inheritdoc/>
    public override CallResult Ioctl(uint request, Span<byte> argument)
    {
        switch (request)
        {
            case IoControl.FIONREAD or IoControl.SIOCOUTQ:
                if (argument.Length < 4) return Errno.EFAULT;
                BinaryPrimitives.WriteInt32LittleEndian(argument, request == IoControl.FIONREAD ? FirstLength : SendMemory);
                return 0;
            default:
                return StampIoctl(request, argument);
        }
    }

    private long _stampedArrival = -1;
    private long _stamp;

    /// <summary>SIOCGSTAMP and SIOCGSTAMPNS: when the last datagram that was passed on had arrived.</summary>
    /// <returns>ENOENT before the first one; ENOTTY for other requests.</returns>
    protected CallResult StampIoctl(uint request, Span<byte> argument)
    {
        if (request is not (IoControl.SIOCGSTAMP or IoControl.SIOCGSTAMPNS)) return Errno.ENOTTY;
        if (LastArrival < 0) return Errno.ENOENT;
        if (argument.Length < TimeLength) return Errno.EFAULT;
        // The time of day may have been set since, or read a little off: one arrival keeps one stamp.
        if (_stampedArrival != LastArrival) (_stampedArrival, _stamp) = (LastArrival, TimeOfDay(LastArrival));
        WriteTime(argument, _stamp, request == IoControl.SIOCGSTAMPNS);
        return 0;
    }
}
