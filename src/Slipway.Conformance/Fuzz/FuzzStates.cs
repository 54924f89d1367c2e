using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>The states that sequences begin in: fresh, bound, listening, connecting, connected, refused, peer gone, shut down, closed.</summary>
internal static class FuzzStates
{
    private const int Port = 0, Backlog = 1;

    private static readonly byte[] s_loopback = [127, 0, 0, 1];
    private static readonly byte[] s_loopback6 = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];

    private static readonly byte[][] s_addresses = [s_loopback, s_loopback, [127, 1, 2, 3], [0, 0, 0, 0], [255, 255, 255, 255], [10, 1, 2, 3], [224, 0, 0, 1], [240, 0, 0, 1], [127, 255, 255, 255], [0, 0, 0, 1]];

    private static readonly byte[][] s_addresses6 =
    [
        s_loopback6, s_loopback6, new byte[16],
        [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 127, 0, 0, 1], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 255, 255, 255, 255],
        [0xFE, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], [0xFE, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1], [0xFE, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 77],
        [0xFF, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], [0xFF, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1], [0xFD, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
        [0x20, 1, 0xD, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
    ];

    public static OpenCall Open(int slot, FuzzKind kind) => new(slot, kind.Family, kind.Type | SocketType.NonBlocking, kind.Protocol);

    /// <summary>The calls that bring sockets 0, 1 and 2 into a state.</summary>
    public static IEnumerable<FuzzCall> Make(FuzzDice dice, FuzzKind kind)
    {
        if (dice.Percent(8)) return [];
        if (kind.Family == AddressFamily.Unix && dice.Percent(40)) return [new PairCall(0, 1, kind.Family, kind.Type | SocketType.NonBlocking, 0), .. AfterConnect(dice)];
        if (dice.Percent(15)) return [Open(0, kind)];
        List<FuzzCall> calls = [Open(0, kind), new BindCall(0, Own(kind, Port))];
        if (dice.Percent(15)) return calls;
        calls.Add(Open(1, kind));
        if (kind.HasConnections) AddConnection(dice, calls);
        else
        {
            calls.Add(new BindCall(1, Own(kind, Port + 1)));
            calls.Add(new ConnectCall(1, new FuzzAddress(FuzzAddressKind.NameOf, 0, [])));
            if (dice.Percent(50)) calls.Add(new ConnectCall(0, new FuzzAddress(FuzzAddressKind.NameOf, 1, [])));
            calls.AddRange(AfterConnect(dice));
        }
        return calls;
    }

    /// <summary>An address of the kind's own on this host.</summary>
    public static FuzzAddress Own(FuzzKind kind, int index) => kind.Family switch
    {
        AddressFamily.Inet => new FuzzAddress(FuzzAddressKind.Inet, index, s_loopback),
        AddressFamily.Inet6 => new FuzzAddress(FuzzAddressKind.Inet6, index, s_loopback6),
        AddressFamily.Unix => new FuzzAddress(FuzzAddressKind.Abstract, index, []),
        // A packet socket hears the loopback device, a netlink socket has the number that the kernel gives it.
        AddressFamily.Packet => new FuzzAddress(FuzzAddressKind.Raw, 0, [17, 0, 8, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
        _ => new FuzzAddress(FuzzAddressKind.Raw, 0, [16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
    };

    /// <summary>Any address: right, of a wrong family or length, or of nothing but bytes.</summary>
    public static FuzzAddress AnyAddress(FuzzDice dice, FuzzKind kind)
    {
        FuzzAddress address = dice.Below(10) switch
        {
            < 3 => new FuzzAddress(FuzzAddressKind.NameOf, dice.Below(3), []),
            < 7 => OfFamily(dice, kind.Family),
            7 => OfFamily(dice, dice.Of(AddressFamily.Inet, AddressFamily.Inet6, AddressFamily.Unix)),
            8 => new FuzzAddress(FuzzAddressKind.Raw, 0, new byte[dice.Of(0, 1, 2, 8, 16, 28)]), // AF_UNSPEC
            _ => Any(dice),
        };
        if (dice.Percent(12)) address = address with { Length = dice.Of(0, 1, 2, 3, 4, 7, 8, 15, 16, 17, 20, 24, 27, 28, 29, 109, 110, 111, 127, 128, 129, 200) };
        if (dice.Percent(6)) address = address with { Family = dice.Of(0, 1, 2, 10, 16, 17, 9, 255, 65535) };
        return Tame(address);
    }

    private static void AddConnection(FuzzDice dice, List<FuzzCall> calls)
    {
        calls.Add(new ListenCall(0, dice.Of(0, Backlog, 8)));
        if (dice.Percent(15)) return;
        calls.Add(new ConnectCall(1, new FuzzAddress(FuzzAddressKind.NameOf, 0, [])));
        if (dice.Percent(20)) return;
        calls.Add(new AcceptCall(0, 2, 0, 0, SocketType.NonBlocking));
        calls.AddRange(AfterConnect(dice));
    }

    private static IEnumerable<FuzzCall> AfterConnect(FuzzDice dice)
    {
        var data = new SendCall(1, 1, 100, 0x40, MessageFlags.MSG_DONTWAIT, null, [], 0);
        return dice.Below(8) switch
        {
            0 => [data],
            1 => [data, new CloseCall(1)],
            2 => [new CloseCall(1)],
            3 => [new CloseCall(0)],
            4 => [new ShutdownCall(1, dice.Below(3))],
            5 => [new CloseCall(2)],
            _ => [],
        };
    }

    private static FuzzAddress OfFamily(FuzzDice dice, AddressFamily family) => family switch
    {
        AddressFamily.Inet => new FuzzAddress(FuzzAddressKind.Inet, dice.Of(-1, 0, 1, 2, 3), dice.Of(s_addresses)),
        AddressFamily.Inet6 => new FuzzAddress(FuzzAddressKind.Inet6, dice.Of(-1, 0, 1, 2, 3), dice.Of(s_addresses6)),
        AddressFamily.Unix => new FuzzAddress(dice.Of(FuzzAddressKind.Path, FuzzAddressKind.Abstract), dice.Below(4), []),
        _ => new FuzzAddress(FuzzAddressKind.Raw, 0, dice.Bytes(dice.Of(8, 12, 20)), Family: (int)family),
    };

    private static FuzzAddress Any(FuzzDice dice) => new(FuzzAddressKind.Raw, 0, dice.Bytes(dice.Length()));

    /// <summary>Random bytes may not name a file outside of the run's directory: as a local address they are an abstract name.</summary>
    private static FuzzAddress Tame(FuzzAddress address)
    {
        if (address.Kind is FuzzAddressKind.Abstract or FuzzAddressKind.Path) return address.Kind == FuzzAddressKind.Path && address.Length > 2 ? address with { Length = -1 } : address;
        int family = address.Family >= 0 ? address.Family : address.Kind == FuzzAddressKind.Raw && address.Bytes.Length > 1 ? address.Bytes[0] | address.Bytes[1] << 8 : -1;
        if (family != (int)AddressFamily.Unix) return address;
        if (address.Kind != FuzzAddressKind.Raw) return address with { Family = -1 };
        byte[] bytes = [.. address.Bytes];
        if (bytes.Length > 2) bytes[2] = 0;
        return address with { Bytes = bytes };
    }
}
