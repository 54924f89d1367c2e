using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>Chooses what is sent and received, and how.</summary>
internal sealed class DataDice(FuzzDice dice)
{
    private const byte EchoRequest = 8, EchoRequest6 = 128;

    private static readonly MessageFlags[] s_flags =
    [
        MessageFlags.MSG_OOB, MessageFlags.MSG_PEEK, MessageFlags.MSG_DONTROUTE, MessageFlags.MSG_CTRUNC, MessageFlags.MSG_TRUNC, MessageFlags.MSG_EOR, MessageFlags.MSG_WAITALL, MessageFlags.MSG_FIN,
        MessageFlags.MSG_CONFIRM, MessageFlags.MSG_ERRQUEUE, MessageFlags.MSG_ERRQUEUE, MessageFlags.MSG_PEEK, MessageFlags.MSG_MORE, MessageFlags.MSG_WAITFORONE, MessageFlags.MSG_CMSG_CLOEXEC,
        MessageFlags.MSG_ZEROCOPY, MessageFlags.MSG_FASTOPEN, (MessageFlags)0x10, (MessageFlags)0x400, (MessageFlags)0x1000, (MessageFlags)0x20000, (MessageFlags)0x8000000,
    ];

    private static readonly (int Level, int Type, int Size)[] s_messages =
    [
        (SocketLevel.SOL_SOCKET, 1, 4), (SocketLevel.SOL_SOCKET, 2, 12), (SocketLevel.SOL_SOCKET, SocketOptionName.SO_MARK, 4), (SocketLevel.SOL_SOCKET, SocketOptionName.SO_TIMESTAMPING, 4),
        (SocketLevel.SOL_SOCKET, SocketOptionName.SO_TXTIME, 8), (SocketLevel.SOL_SOCKET, SocketOptionName.SO_PRIORITY, 4),
        (SocketLevel.IPPROTO_IP, SocketOptionName.IP_PKTINFO, 12), (SocketLevel.IPPROTO_IP, SocketOptionName.IP_TTL, 4), (SocketLevel.IPPROTO_IP, SocketOptionName.IP_TOS, 4),
        (SocketLevel.IPPROTO_IP, SocketOptionName.IP_RETOPTS, 8), (SocketLevel.IPPROTO_IP, SocketOptionName.IP_PROTOCOL, 4),
        (SocketLevel.IPPROTO_IPV6, SocketOptionName.IPV6_PKTINFO, 20), (SocketLevel.IPPROTO_IPV6, SocketOptionName.IPV6_HOPLIMIT, 4), (SocketLevel.IPPROTO_IPV6, SocketOptionName.IPV6_TCLASS, 4),
        (SocketLevel.IPPROTO_IPV6, SocketOptionName.IPV6_DONTFRAG, 4), (SocketLevel.IPPROTO_IPV6, SocketOptionName.IPV6_FLOWINFO, 4), (SocketLevel.IPPROTO_IPV6, SocketOptionName.IPV6_HOPOPTS, 8),
        (SocketLevel.IPPROTO_IPV6, SocketOptionName.IPV6_RTHDR, 24), (SocketLevel.IPPROTO_IPV6, SocketOptionName.IPV6_DSTOPTS, 8),
        (SocketLevel.IPPROTO_UDP, SocketOptionName.UDP_SEGMENT, 2),
    ];

    public SendCall Send(int slot, FuzzKind kind)
    {
        byte first = (kind.Family, kind.Protocol != 0 && dice.Percent(80)) switch
        {
            (AddressFamily.Inet, true) => EchoRequest,
            (AddressFamily.Inet6, true) => EchoRequest6,
            _ => (byte)dice.Below(256),
        };
        FuzzAddress? address = dice.Percent(55) ? null : FuzzStates.AnyAddress(dice, kind);
        int form = dice.Percent(40) ? 1 : dice.Of(0, 2, 2);
        FuzzControl[] control = form == 2 ? [.. Enumerable.Range(0, dice.Of(0, 0, 1, 1, 1, 2, 3)).Select(_ => Message())] : [];
        int cut = dice.Percent(10) ? dice.Below(24) : 0;
        int length = SendLength();
        MessageFlags flags = Flags() | MessageFlags.MSG_NOSIGNAL;
        // The kernel's checksum is wrong behind an odd piece: docs/linux-differences.md, "Checksums of ICMPv6 behind an odd piece".
        if ((flags & MessageFlags.MSG_MORE) != 0 && kind is { Type: SocketType.Raw, Protocol: (int)IpProtocol.IcmpV6 }) length &= ~1;
        return new SendCall(slot, form, length, first, flags, address, control, cut);
    }

    public ReceiveCall Receive(int slot)
    {
        int form = dice.Percent(40) ? 1 : dice.Of(0, 2, 2);
        int addressRoom = dice.Of(0, 0, 2, 16, 28, 110, 128);
        int claim = dice.Percent(92) ? addressRoom : dice.Of(-1, int.MinValue, 0, 5, 200);
        return new ReceiveCall(slot, form, dice.Of(0, 1, 8, 63, 100, 1500, 70000), Flags(), addressRoom, claim, dice.Of(0, 1, 8, 15, 16, 20, 24, 28, 64, 256));
    }

    private int SendLength() => dice.Percent(85) ? dice.Of(0, 1, 7, 8, 9, 63, 64, 100, 500) : dice.Of(1472, 1473, 4096, 8972, 9000, 65507, 65508, 65535, 65536, 70000);

    private MessageFlags Flags()
    {
        MessageFlags flags = MessageFlags.MSG_DONTWAIT;
        for (int count = dice.Of(0, 0, 0, 1, 1, 2); count > 0; count--) flags |= dice.Of(s_flags);
        return dice.Percent(2) ? flags | (MessageFlags)dice.Number() : flags;
    }

    private FuzzControl Message()
    {
        (int level, int type, int size) = dice.Percent(85) ? dice.Of(s_messages) : (dice.Of(SocketLevel.SOL_SOCKET, SocketLevel.IPPROTO_IP, SocketLevel.IPPROTO_IPV6, SocketLevel.IPPROTO_UDP, dice.Number()), dice.Number(), dice.Length());
        byte[] data = dice.Bytes(dice.Percent(80) ? size : dice.Length());
        bool isRights = (level, type) is (SocketLevel.SOL_SOCKET, ControlMessageType.SCM_RIGHTS);
        // A descriptor is one of the sequence or none at all: any other would mean something else on each system.
        for (int at = 3; isRights && at < data.Length; at += 4) data[at] |= 0x80;
        // So is a process, and number 1 is one on the kernel.
        if ((level, type) is (SocketLevel.SOL_SOCKET, ControlMessageType.SCM_CREDENTIALS) && data.Length > 3) data[3] = (byte)(data[3] & 0x80 | 0x7F);
        return new FuzzControl(level, type, data, isRights && dice.Percent(80) ? dice.Below(FuzzWorld.Slots) : -1, dice.Percent(88) ? 0 : dice.Of(-17, -8, -1, 1, 4, 8, 100, int.MaxValue));
    }
}
