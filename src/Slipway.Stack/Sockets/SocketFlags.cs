namespace Slipway.Stack;

/// <summary>The options of a socket that are on or off, a bit each.</summary>
[Flags]
internal enum SocketFlags : ulong
{
    None = 0,
    Debug = 1UL << 0,
    ReuseAddress = 1UL << 1,
    ReusePort = 1UL << 2,
    DontRoute = 1UL << 3,
    Broadcast = 1UL << 4,
    KeepAlive = 1UL << 5,
    OutOfBandInline = 1UL << 6,
    Timestamp = 1UL << 7,
    TimestampNanoseconds = 1UL << 8,
    TimestampNew = 1UL << 9,
    ReceiveOverflow = 1UL << 10,
    SelectErrorQueue = 1UL << 11,
    NoChecksum = 1UL << 12,
    LockFilter = 1UL << 13,
    ReceiveMark = 1UL << 14,
    ReceivePriority = 1UL << 15,

    PacketInfo = 1UL << 16,
    ReceiveTtl = 1UL << 17,
    ReceiveTos = 1UL << 18,
    ReceiveOptions = 1UL << 19,
    ReturnOptions = 1UL << 20,
    OriginalDestination = 1UL << 21,
    ReceiveErrors = 1UL << 22,
    FreeBind = 1UL << 23,
    Transparent = 1UL << 24,
    BindAddressNoPort = 1UL << 25,
    MulticastLoop = 1UL << 26,
    HeaderIncluded = 1UL << 27,
    NoDefragment = 1UL << 28,
    MulticastAll = 1UL << 29,
    Timestamping = 1UL << 30,
    ZeroCopy = 1UL << 31,

    PacketInfo6 = 1UL << 32,
    ReceiveHopLimit = 1UL << 33,
    ReceiveTrafficClass = 1UL << 34,
    FlowInfo = 1UL << 35,
    OriginalDestination6 = 1UL << 36,
    ReceiveErrors6 = 1UL << 37,
    ReceivePathMtu = 1UL << 38,
    ReceiveHopOptions = 1UL << 39,
    ReceiveDestinationOptions = 1UL << 40,
    ReceiveRouting = 1UL << 41,
    FlowInfoSend = 1UL << 42,
    DontFragment = 1UL << 43,
    IPv6Only = 1UL << 44,
    MulticastLoop6 = 1UL << 45,
    MulticastAll6 = 1UL << 46,
    SendTime = 1UL << 47,

    Cork = 1UL << 48,
    NoChecksum6Send = 1UL << 49,
    NoChecksum6Receive = 1UL << 50,
    Coalesce = 1UL << 51,

    PassCredentials = 1UL << 52,
    PassSecurity = 1UL << 53,
    PassRights = 1UL << 54,
    InQueue = 1UL << 55,
    PreferBusyPoll = 1UL << 56,

    OldPacketInfo6 = 1UL << 57,
    OldHopLimit = 1UL << 58,
    OldHopOptions = 1UL << 59,
    OldDestinationOptions = 1UL << 60,
    OldRouting = 1UL << 61,

    ReceiveFragmentSize = 1UL << 62,
    ReceiveFragmentSize6 = 1UL << 63,

    /// <summary>Any that asks for a control message by the numbers of RFC 2292.</summary>
    AnyOldMessage6 = OldPacketInfo6 | OldHopLimit | OldHopOptions | OldDestinationOptions | OldRouting,

    /// <summary>Any that asks for a control message of a local socket.</summary>
    AnyUnixMessage = PassCredentials | PassSecurity | InQueue,

    /// <summary>Any that asks for the time of arrival.</summary>
    AnyTimestamp = Timestamp | TimestampNanoseconds | Timestamping,

    /// <summary>Any that asks for a control message with what the packet carried inside the host.</summary>
    AnyTag = ReceiveMark | ReceivePriority,

    /// <summary>Any that asks for a control message of IPv4.</summary>
    AnyMessage4 = PacketInfo | ReceiveTtl | ReceiveTos | ReceiveOptions | ReturnOptions | OriginalDestination | ReceiveFragmentSize,

    /// <summary>Any that asks for a control message of IPv6.</summary>
    AnyMessage6 = PacketInfo6 | ReceiveHopLimit | ReceiveTrafficClass | FlowInfo | OriginalDestination6 | ReceiveHopOptions | ReceiveDestinationOptions | ReceiveRouting | ReceiveFragmentSize6 | AnyOldMessage6,

    /// <summary>Any that asks for a control message with something of the packet's headers.</summary>
    AnyHeaderMessage = AnyMessage4 | AnyMessage6,

    /// <summary>Any that asks for a control message of a socket.</summary>
    AnyMessage = AnyTimestamp | AnyTag | ReceiveOverflow | Coalesce | AnyMessage4 | AnyMessage6,
}
