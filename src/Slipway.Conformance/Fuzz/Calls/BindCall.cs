namespace Slipway.Conformance;

/// <summary>bind(2).</summary>
internal sealed record BindCall(int Slot, FuzzAddress Address) : FuzzCall(Slot)
{
    public override string Kind => "bind";

    public override FuzzOutcome Make(FuzzWorld world) => world.System.Bind(world[Slot], Address.Resolve(world));

    public override string ToString() => $"bind(s{Slot}, {Address})";
}
