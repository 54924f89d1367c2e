using System.Globalization;

namespace Slipway.Conformance;

/// <summary>listen(2).</summary>
internal sealed record ListenCall(int Slot, int Backlog) : FuzzCall(Slot)
{
    public override string Kind => "listen";

    public override FuzzOutcome Make(FuzzWorld world) => world.System.Listen(world[Slot], Backlog);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"listen(s{Slot}, {Backlog})");
}
