using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>Chooses options, their lengths and values.</summary>
internal sealed class OptionDice(FuzzDice dice)
{
    /// <summary>Room that no value of the table needs.</summary>
    public const int ReadRoom = 256;

    private static readonly int[] s_levels = [.. SocketOptions.All.Select(static option => option.Level).Distinct()];
    private static readonly ILookup<int, SocketOptionDefinition> s_byLevel = SocketOptions.All.ToLookup(static option => option.Level);

    public GetCall Get(int slot, FuzzKind kind)
    {
        (int level, int name) = Choose(kind);
        int room = dice.Percent(40) ? ReadRoom : dice.Length();
        int claim = dice.Percent(92) ? room : dice.Of(-1, int.MinValue, 0, 1, 300, 5000);
        return new GetCall(slot, level, name, room, claim);
    }

    public SetCall Set(int slot, FuzzKind kind)
    {
        (int level, int name) = Choose(kind);
        // Linux 6.18 counts these options in the length of a stream's packets without sending them: docs/linux-differences.md, "Destination options of streams before a routing header".
        bool breaksStream = (level, name) is (SocketLevel.IPPROTO_IPV6, SocketOptionName.IPV6_RTHDRDSTOPTS) && kind.Type == SocketType.Stream;
        byte[] value = Value(level, name);
        return new SetCall(slot, level, name, breaksStream ? [] : value);
    }

    private (int Level, int Name) Choose(FuzzKind kind)
    {
        int level = dice.Percent(85) ? LevelOf(kind) : dice.Percent(70) ? dice.Of(s_levels) : dice.Number();
        if (dice.Percent(90) && s_byLevel.Contains(level))
        {
            SocketOptionDefinition[] rows = [.. s_byLevel[level]];
            SocketOptionDefinition row = dice.Of(rows);
            // An option that only the kernel has ends the sequence where it succeeds: it comes less often.
            return (level, row.SupportedByStack || dice.Percent(15) ? row.Number : dice.Of(rows).Number);
        }
        return (level, Harmless(level, dice.Percent(70) ? dice.Below(130) : dice.Number()));
    }

    // tcp_ulp(7) would load a module of any name.
    private static int Harmless(int level, int name) => (level, name) is (SocketLevel.IPPROTO_TCP, 31) ? 29 : name;

    private int LevelOf(FuzzKind kind)
    {
        int protocol = kind.Type switch
        {
            _ when !kind.IsInternet => SocketLevel.SOL_SOCKET,
            SocketType.Stream => SocketLevel.IPPROTO_TCP,
            SocketType.Raw => SocketLevel.SOL_RAW,
            _ => kind.Protocol == 0 ? SocketLevel.IPPROTO_UDP : SocketLevel.IPPROTO_ICMPV6,
        };
        return kind.Family switch
        {
            AddressFamily.Inet => dice.Of(SocketLevel.SOL_SOCKET, SocketLevel.IPPROTO_IP, protocol),
            AddressFamily.Inet6 => dice.Of(SocketLevel.SOL_SOCKET, SocketLevel.IPPROTO_IPV6, protocol, SocketLevel.IPPROTO_IP, SocketLevel.IPPROTO_IPV6),
            AddressFamily.Packet => dice.Of(SocketLevel.SOL_SOCKET, 263),
            AddressFamily.Netlink => dice.Of(SocketLevel.SOL_SOCKET, 270),
            _ => SocketLevel.SOL_SOCKET,
        };
    }

    private byte[] Value(int level, int name)
    {
        SocketOptionDefinition? row = SocketOptions.Find(level, name);
        if (row?.Kind == SocketOptionKind.Text && dice.Percent(80)) return dice.Of<byte[]>([.. "lo"u8, 0], [.. "cubic"u8], [.. "reno"u8, 0, 7], [.. "bbr"u8], [.. "nope"u8, 0], [0], []);
        bool isProgram = level == SocketLevel.SOL_SOCKET && name is SocketOptionName.SO_ATTACH_BPF or SocketOptionName.SO_ATTACH_REUSEPORT_EBPF;
        int size = row is { ValueSize: > 0 } && dice.Percent(60) ? row.ValueSize : dice.Length();
        byte[] value = dice.Bytes(size);
        // A number that is some descriptor of this process would mean another one on each system.
        if (isProgram && value.Length >= 4) value[3] |= 0x80;
        return value;
    }
}
