using System.Buffers.Binary;
using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>The ioctl requests of datagram sockets.</summary>
internal abstract partial class DatagramSocket
{
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

    /// <summary>SIOCGSTAMP and SIOCGSTAMPNS; ENOTTY for other requests.</summary>
    protected CallResult StampIoctl(uint request, Span<byte> argument) => AnswerStamp(ref _stamp, request, argument);
}
