using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>dup(2).</summary>
internal sealed record DuplicateCall(int Slot, int Other) : FuzzCall(Slot)
{
    public override string Kind => "dup";

    public override FuzzOutcome Make(FuzzWorld world)
    {
        CallResult result = world.System.Duplicate(world[Slot]);
        if (result.Succeeded) world.Put(Other, result.Value);
        return result.Error;
    }

    public override string ToString() => $"s{Other} = dup(s{Slot})";
}
