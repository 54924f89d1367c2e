using System.Buffers.Binary;

namespace Slipway.Sockets;

/// <summary>Walks over control messages (cmsg(3)). Any bytes may be given: a length that does not hold ends the walk, and <see cref="IsMalformed"/> says so.</summary>
/// <example><code>
/// var messages = new ControlMessageReader(message.Control[..message.ControlLength]);
/// while (messages.MoveNext())
///     if (messages.Is(SocketLevel.IPPROTO_IP, SocketOptionName.IP_TTL)) ttl = messages.Int32;
/// </code></example>
public ref struct ControlMessageReader
{
    private ReadOnlySpan<byte> _rest;

    /// <summary>Reads <paramref name="control"/> from its start.</summary>
    public ControlMessageReader(ReadOnlySpan<byte> control)
    {
        _rest = control;
        Data = default;
        Level = Type = 0;
        IsMalformed = false;
    }

    /// <summary>The level of the current message.</summary>
    public int Level { get; private set; }

    /// <summary>The type of the current message.</summary>
    public int Type { get; private set; }

    /// <summary>The data of the current message. It may be shorter than its type has it, if the message was cut (MSG_CTRUNC).</summary>
    public ReadOnlySpan<byte> Data { get; private set; }

    /// <summary>Whether the walk ended at a header whose length is less than a header or more than what is there: CMSG_OK of the kernel.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>The data as an int; 0 if it is shorter. One byte is taken as it is (IP_TOS).</summary>
    public readonly int Int32 => Data.Length >= 4 ? BinaryPrimitives.ReadInt32LittleEndian(Data) : Data.Length > 0 ? Data[0] : 0;

    /// <summary>The data as IP_PKTINFO; default if it is shorter.</summary>
    public readonly IPv4PacketInfo IPv4PacketInfo => Data.Length >= IPv4PacketInfo.Length ? IPv4PacketInfo.Read(Data) : default;

    /// <summary>The data as IPV6_PKTINFO; default if it is shorter.</summary>
    public readonly IPv6PacketInfo IPv6PacketInfo => Data.Length >= IPv6PacketInfo.Length ? IPv6PacketInfo.Read(Data) : default;

    /// <summary>The data as sock_extended_err with the offender's address (IP_RECVERR, IPV6_RECVERR); default if it is shorter.</summary>
    public readonly ExtendedSocketError ExtendedError => Data.Length >= ExtendedSocketError.HeaderLength ? ExtendedSocketError.Read(Data) : default;

    /// <summary>The data as SCM_CREDENTIALS; default if it is shorter.</summary>
    public readonly PeerCredentials Credentials => Data.Length >= PeerCredentials.Length ? PeerCredentials.Read(Data) : default;

    /// <summary>The data as descriptors (SCM_RIGHTS): each is open in this process, and the receiver's to close.</summary>
    public readonly int[] Descriptors
    {
        get
        {
            int[] descriptors = new int[Data.Length / sizeof(int)];
            for (int i = 0; i < descriptors.Length; i++) descriptors[i] = BinaryPrimitives.ReadInt32LittleEndian(Data[(i * sizeof(int))..]);
            return descriptors;
        }
    }

    /// <summary>The data as the time of SO_TIMESTAMP or SO_TIMESTAMPNS; the epoch if it is shorter.</summary>
    public readonly DateTimeOffset Timestamp
    {
        get
        {
            if (Data.Length < 16) return DateTimeOffset.UnixEpoch;
            long ticks = BinaryPrimitives.ReadInt64LittleEndian(Data) * TimeSpan.TicksPerSecond;
            long fraction = BinaryPrimitives.ReadInt64LittleEndian(Data[8..]);
            bool isMicroseconds = Type is SocketOptionName.SO_TIMESTAMP or SocketOptionName.SO_TIMESTAMP_NEW;
            return DateTimeOffset.UnixEpoch.AddTicks(ticks + (isMicroseconds ? fraction * TimeSpan.TicksPerMicrosecond : fraction / 100));
        }
    }

    /// <summary>Whether the current message is of this level and type.</summary>
    public readonly bool Is(int level, int type) => Level == level && Type == type;

    /// <summary>Goes to the next message.</summary>
    public bool MoveNext()
    {
        Data = default;
        if (_rest.Length < ControlMessageWriter.HeaderLength || IsMalformed) return false;
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(_rest);
        if (length < ControlMessageWriter.HeaderLength || length > (ulong)_rest.Length)
        {
            IsMalformed = true;
            return false;
        }
        Level = BinaryPrimitives.ReadInt32LittleEndian(_rest[8..]);
        Type = BinaryPrimitives.ReadInt32LittleEndian(_rest[12..]);
        Data = _rest[ControlMessageWriter.HeaderLength..(int)length];
        _rest = _rest[Math.Min(ControlMessageWriter.Align((int)length), _rest.Length)..];
        return true;
    }
}
