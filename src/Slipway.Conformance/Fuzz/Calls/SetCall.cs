namespace Slipway.Conformance;

/// <summary>setsockopt(2).</summary>
internal sealed record SetCall(int Slot, int Level, int Name, byte[] Value) : FuzzCall(Slot)
{
    public override string Kind => $"setsockopt {FuzzNames.Option(Level, Name)}";

    public override FuzzOutcome Make(FuzzWorld world) => world.System.SetSockOpt(world[Slot], Level, Name, Value);

    public override string ToString() => $"setsockopt(s{Slot}, {FuzzNames.Option(Level, Name)}, [{Convert.ToHexStringLower(Value)}])";
}
