using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>Makes sequences of calls: some sockets in some states, then anything.</summary>
/// <param name="kinds">The kinds of sockets that both systems open.</param>
internal sealed class FuzzGenerator(IReadOnlyList<FuzzKind> kinds)
{
    private const int LeastCalls = 12, MostCalls = 40;

    /// <summary>The sequence of a seed.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="changesInterfaces">Whether its calls may change the interface: then it needs hosts of its own.</param>
    public IReadOnlyList<FuzzCall> Make(ulong seed, bool changesInterfaces)
    {
        const int ChangeChance = 25;
        var dice = new FuzzDice(seed);
        var sockets = new FuzzKind[FuzzWorld.Slots];
        FuzzKind main = dice.Of(kinds);
        Array.Fill(sockets, main);
        List<FuzzCall> calls = [.. FuzzStates.Make(dice, main)];
        if (dice.Percent(40))
        {
            FuzzKind second = dice.Of(kinds);
            sockets[4] = sockets[5] = second;
            calls.Add(FuzzStates.Open(4, second));
        }
        var options = new OptionDice(dice);
        var data = new DataDice(dice);
        var control = new ControlDice(dice);
        var interfaces = new InterfaceDice(dice);
        for (int count = dice.Below(MostCalls - LeastCalls) + LeastCalls; count > 0; count--)
        {
            // The first sockets are those that something happened to; others are closed.
            int slot = dice.Percent(70) ? dice.Below(3) : dice.Below(FuzzWorld.Slots);
            if (changesInterfaces && dice.Percent(ChangeChance))
            {
                calls.AddRange(interfaces.Change(slot, sockets[slot]));
                continue;
            }
            FuzzCall call = Next(dice, sockets, slot, options, data, control);
            calls.Add(call);
            // What a refused value has left behind is read at once.
            if (call is SetCall set) calls.Add(new GetCall(set.Slot, set.Level, set.Name, OptionDice.ReadRoom, OptionDice.ReadRoom));
        }
        return calls;
    }

    /// <summary>Reads all that can be read of a socket's state.</summary>
    public static IEnumerable<FuzzCall> ReadState(int slot)
    {
        foreach (SocketOptionDefinition option in SocketOptions.All)
            if (option.CanGet && option.Number != SocketOptionName.SO_ERROR) yield return new GetCall(slot, option.Level, option.Number, OptionDice.ReadRoom, OptionDice.ReadRoom);
        yield return new NameCall(slot, Peer: false, 128, 128);
        yield return new NameCall(slot, Peer: true, 128, 128);
        yield return new FcntlCall(slot, FileControl.F_GETFL, 0);
        yield return new FcntlCall(slot, FileControl.F_GETSIG, 0);
        yield return new IoctlCall(slot, IoControl.FIONREAD, new byte[4]);
        yield return new PollCall(slot, (PollEvents)0x7FFF);
        yield return new GetCall(slot, SocketLevel.SOL_SOCKET, SocketOptionName.SO_ERROR, 4, 4);
    }

    private FuzzCall Next(FuzzDice dice, FuzzKind[] sockets, int slot, OptionDice options, DataDice data, ControlDice control)
    {
        FuzzKind kind = sockets[slot];
        switch (dice.Below(100))
        {
            case < 24:
                return options.Set(slot, kind);
            case < 36:
                return options.Get(slot, kind);
            case < 42:
                return control.Ioctl(slot, kind);
            case < 47:
                return control.Fcntl(slot);
            case < 52:
                return new BindCall(slot, FuzzStates.AnyAddress(dice, kind));
            case < 58:
                return new ConnectCall(slot, FuzzStates.AnyAddress(dice, kind));
            case < 61:
                return new ListenCall(slot, dice.Of(0, 1, 5, 128, -1, int.MaxValue, int.MinValue));
            case < 65:
                int other = dice.Of(3, 6, 7);
                sockets[other] = kind;
                int room = dice.Of(0, 0, 16, 28, 110, 128);
                return new AcceptCall(slot, other, room, dice.Percent(90) ? room : dice.Of(-1, 2, 0, 200), dice.Of(SocketType.None, SocketType.None, SocketType.NonBlocking, SocketType.CloseOnExec, (SocketType)dice.Number()));
            case < 76:
                return data.Send(slot, kind);
            case < 86:
                return data.Receive(slot);
            case < 89:
                return new ShutdownCall(slot, dice.Of(0, 1, 2, 0, 1, 2, 3, -1, int.MaxValue, int.MinValue));
            case < 92:
                return new PollCall(slot, (PollEvents)(short)dice.Of(1, 4, 5, 2, 0, 0x2000, 0x7FFF, -1, dice.Number()));
            case < 95:
                int space = dice.Of(0, 2, 4, 16, 28, 110, 128);
                return new NameCall(slot, dice.Percent(50), space, dice.Percent(85) ? space : dice.Of(-1, int.MinValue, 0, 3, 300));
            case < 97:
                return Open(dice, sockets);
            case < 98:
                sockets[7] = kind;
                return new DuplicateCall(slot, 7);
            default:
                return new CloseCall(slot);
        }
    }

    private FuzzCall Open(FuzzDice dice, FuzzKind[] sockets)
    {
        int slot = dice.Of(3, 4, 5, 6);
        FuzzKind kind = dice.Of(kinds);
        sockets[slot] = kind;
        SocketType flags = dice.Of(SocketType.None, SocketType.NonBlocking, SocketType.CloseOnExec, SocketType.NonBlocking | SocketType.CloseOnExec);
        if (dice.Percent(60)) return new OpenCall(slot, kind.Family, kind.Type | flags, kind.Protocol);
        // Of numbers that name nothing the kernel would look for modules.
        AddressFamily family = dice.Of(AddressFamily.Unspecified, AddressFamily.Unix, AddressFamily.Inet, AddressFamily.Inet6, (AddressFamily)46, (AddressFamily)(-1), (AddressFamily)int.MaxValue);
        var type = (SocketType)dice.Of(0, 1, 2, 5, 6, 9, 11, 15, 16, 0x800, 0x80002, 0x1000, -1);
        int protocol = dice.Of(0, 0, 1, 2, 6, 17, 58, 256, -1, int.MaxValue);
        if (dice.Percent(50)) return new OpenCall(slot, family, type, protocol);
        sockets[5] = sockets[6] = new FuzzKind("pair", AddressFamily.Unix, SocketType.Stream, 0);
        return new PairCall(5, 6, family, type | flags, protocol);
    }
}
