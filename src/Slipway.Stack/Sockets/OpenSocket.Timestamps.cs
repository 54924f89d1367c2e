using System.Buffers.Binary;
using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>Times of arrival.</summary>
internal abstract partial class OpenSocket
{
    /// <summary>struct timeval and struct timespec.</summary>
    private const int TimeLength = 16;

    /// <summary>Adds the time of arrival in the form that the socket asked for (SO_TIMESTAMP and its kin).</summary>
    protected void WriteTimestamp(ref ControlMessageWriter writer, long receivedAt)
    {
        bool inNanoseconds = Has(SocketFlags.TimestampNanoseconds);
        bool isNew = Has(SocketFlags.TimestampNew);
        int type = inNanoseconds
            ? isNew ? SocketOptionName.SO_TIMESTAMPNS_NEW : SocketOptionName.SO_TIMESTAMPNS
            : isNew ? SocketOptionName.SO_TIMESTAMP_NEW : SocketOptionName.SO_TIMESTAMP;
        Span<byte> time = stackalloc byte[16];
        WriteTime(time, TimeOfDay(receivedAt), inNanoseconds);
        writer.Put(SocketLevel.SOL_SOCKET, type, time);
    }

    /// <summary>SIOCGSTAMP and SIOCGSTAMPNS: when the last packet that was passed on had arrived.</summary>
    /// <returns>ENOENT before the first one; ENOTTY for other requests.</returns>
    protected CallResult AnswerStamp(ref ArrivalStamp stamp, uint request, Span<byte> argument)
    {
        if (request is not (IoControl.SIOCGSTAMP or IoControl.SIOCGSTAMPNS)) return Errno.ENOTTY;
        if (stamp.Arrival < 0) return Errno.ENOENT;
        if (argument.Length < TimeLength) return Errno.EFAULT;
        if (!stamp.IsRead) stamp.Read(TimeOfDay(stamp.Arrival));
        WriteTime(argument, stamp.Time, request == IoControl.SIOCGSTAMPNS);
        return 0;
    }

    /// <summary>The time of day, in nanoseconds since 1970, of a moment of the loop's clock.</summary>
    protected long TimeOfDay(long moment) => Host.Loop.Clock.UnixNanoseconds - (Host.Loop.Clock.Now - moment);

    /// <summary>Writes nanoseconds since 1970 as a timeval or timespec.</summary>
    protected static void WriteTime(Span<byte> time, long sinceEpoch, bool inNanoseconds)
    {
        (long seconds, long rest) = Math.DivRem(sinceEpoch, StackClock.Second);
        BinaryPrimitives.WriteInt64LittleEndian(time, seconds);
        BinaryPrimitives.WriteInt64LittleEndian(time[8..], inNanoseconds ? rest : rest / StackClock.Microsecond);
    }
}
