using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>socket(2) of any family, type and protocol.</summary>
internal sealed record OpenCall(int Slot, AddressFamily Family, SocketType Type, int Protocol) : FuzzCall(Slot)
{
    public override string Kind => $"socket({Family}, {Type & (SocketType)0xF}, {Protocol})";

    public override FuzzOutcome Make(FuzzWorld world)
    {
        CallResult result = world.System.Socket(Family, Type, Protocol);
        if (result.Succeeded) world.Put(Slot, result.Value);
        return result.Error;
    }

    public override string ToString() => $"s{Slot} = socket({Family}, {Type}, {Protocol})";
}
