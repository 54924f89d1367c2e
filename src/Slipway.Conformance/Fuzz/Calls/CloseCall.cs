namespace Slipway.Conformance;

/// <summary>close(2).</summary>
internal sealed record CloseCall(int Slot) : FuzzCall(Slot)
{
    public override string Kind => "close";

    public override FuzzOutcome Make(FuzzWorld world) => world.Release(Slot);

    public override string ToString() => $"close(s{Slot})";
}
