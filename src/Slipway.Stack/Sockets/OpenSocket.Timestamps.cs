using System.Buffers.Binary;
using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>Times of arrival.</summary>
internal abstract partial class OpenSocket
{
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
