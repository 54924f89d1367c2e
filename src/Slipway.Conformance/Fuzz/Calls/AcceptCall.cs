using System.Globalization;
using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>accept4(2).</summary>
internal sealed record AcceptCall(int Slot, int Other, int Room, int Claim, SocketType Flags) : FuzzCall(Slot)
{
    public override string Kind => "accept4";

    public override FuzzOutcome Make(FuzzWorld world)
    {
        byte[] address = new byte[Room];
        int length = Claim;
        CallResult result = world.System.Accept(world[Slot], address, ref length, Flags);
        if (!result.Succeeded) return result.Error;
        world.Put(Other, result.Value);
        return FuzzOutcome.Success(string.Create(CultureInfo.InvariantCulture, $"from {length} bytes: {world.Show(address, length)}"));
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"s{Other} = accept4(s{Slot}, room {Room}, length {Claim}, 0x{(int)Flags:x})");
}
