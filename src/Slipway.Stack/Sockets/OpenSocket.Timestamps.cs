using System.Buffers.Binary;
using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>Times of arrival.</summary>
internal abstract partial class OpenSocket
{
    /// <summary>struct timeval and struct timespec.</summary>
    private const int TimeLength = 16;

    /// <summary>struct scm_timestamping: three of struct timespec.</summary>
    private const int TimestampingLength = 3 * TimeLength;

    /// <summary>Adds the time of arrival in the form that the socket asked for (SO_TIMESTAMP and its kin).</summary>
    /// <param name="writer">Takes the messages.</param>
    /// <param name="receivedAt">The moment, by the loop's clock.</param>
    /// <param name="reports">Whether the form of SO_TIMESTAMPING is wanted too.</param>
    protected void WriteTimestamp(ref ControlMessageWriter writer, long receivedAt, bool reports)
    {
        long time = TimeOfDay(receivedAt);
        bool isNew = Has(SocketFlags.TimestampNew);
        Span<byte> bytes = stackalloc byte[TimestampingLength];
        if ((Flags & (SocketFlags.Timestamp | SocketFlags.TimestampNanoseconds)) != 0)
        {
            bool inNanoseconds = Has(SocketFlags.TimestampNanoseconds);
            int type = inNanoseconds
                ? isNew ? SocketOptionName.SO_TIMESTAMPNS_NEW : SocketOptionName.SO_TIMESTAMPNS
                : isNew ? SocketOptionName.SO_TIMESTAMP_NEW : SocketOptionName.SO_TIMESTAMP;
            WriteTime(bytes, time, inNanoseconds);
            writer.Put(SocketLevel.SOL_SOCKET, type, bytes[..TimeLength]);
        }
        if (!reports) return;
        // Three times: of the host's clock, one that is not used any more, and of the device's clock.
        bytes.Clear();
        WriteTime(bytes, time, inNanoseconds: true);
        writer.Put(SocketLevel.SOL_SOCKET, isNew ? SocketOptionName.SO_TIMESTAMPING_NEW : SocketOptionName.SO_TIMESTAMPING, bytes);
    }

    /// <summary>Adds what the packet carried inside the host, as far as the socket asked for it (SO_RCVMARK, SO_RCVPRIORITY).</summary>
    protected void WriteTags(ref ControlMessageWriter writer, PacketBuffer packet)
    {
        if (Has(SocketFlags.ReceiveMark)) writer.Put(SocketLevel.SOL_SOCKET, SocketOptionName.SO_MARK, packet.Mark);
        if (Has(SocketFlags.ReceivePriority)) writer.Put(SocketLevel.SOL_SOCKET, SocketOptionName.SO_PRIORITY, packet.Priority);
    }

    /// <summary>Whether SO_TIMESTAMPING reports arrivals: stamps are made for this socket, and it wants to see them.</summary>
    protected bool ReportsArrival
    {
        get
        {
            const TimestampingFlags Software = TimestampingFlags.SOF_TIMESTAMPING_SOFTWARE, Made = TimestampingFlags.SOF_TIMESTAMPING_RX_SOFTWARE, Own = TimestampingFlags.SOF_TIMESTAMPING_OPT_RX_FILTER;
            TimestampingFlags flags = Timestamping;
            if ((flags & Software) == 0) return false;
            return (flags & Made) != 0 || (flags & Own) == 0 && (Flags & (SocketFlags.Timestamp | SocketFlags.TimestampNanoseconds)) != 0;
        }
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

    /// <summary>The moment of the loop's clock that SCM_TXTIME names by the clock of SO_TXTIME. International atomic time is the time of day, until somebody tells a kernel the difference.</summary>
    public long MomentToSend(long time)
    {
        const int Monotonic = 1;
        return (int)SendTimeOptions == Monotonic ? time : time - TimeOfDay(0);
    }

    /// <summary>Writes nanoseconds since 1970 as a timeval or timespec.</summary>
    protected static void WriteTime(Span<byte> time, long sinceEpoch, bool inNanoseconds)
    {
        (long seconds, long rest) = Math.DivRem(sinceEpoch, StackClock.Second);
        BinaryPrimitives.WriteInt64LittleEndian(time, seconds);
        BinaryPrimitives.WriteInt64LittleEndian(time[8..], inNanoseconds ? rest : rest / StackClock.Microsecond);
    }
}
