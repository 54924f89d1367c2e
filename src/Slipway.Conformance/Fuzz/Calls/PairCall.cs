using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>socketpair(2).</summary>
internal sealed record PairCall(int Slot, int Other, AddressFamily Family, SocketType Type, int Protocol) : FuzzCall(Slot)
{
    public override string Kind => $"socketpair({Family}, {Type & (SocketType)0xF}, {Protocol})";

    public override FuzzOutcome Make(FuzzWorld world)
    {
        Errno error = world.System.SocketPair(Family, Type, Protocol, out int first, out int second);
        if (error != Errno.None) return error;
        world.Put(Slot, first);
        world.Put(Other, second);
        return error;
    }

    public override string ToString() => $"s{Slot}, s{Other} = socketpair({Family}, {Type}, {Protocol})";
}
