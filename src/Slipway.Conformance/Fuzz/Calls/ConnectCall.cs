using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>connect(2).</summary>
internal sealed record ConnectCall(int Slot, FuzzAddress Address) : FuzzCall(Slot)
{
    public override string Kind => "connect";

    public override FuzzOutcome Make(FuzzWorld world) => world.System.Connect(world[Slot], Address.Resolve(world));

    public override string ToString() => $"connect(s{Slot}, {Address})";
}
