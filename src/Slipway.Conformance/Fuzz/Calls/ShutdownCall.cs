using System.Globalization;
using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>shutdown(2).</summary>
internal sealed record ShutdownCall(int Slot, int How) : FuzzCall(Slot)
{
    public override string Kind => "shutdown";

    public override FuzzOutcome Make(FuzzWorld world) => world.System.Shutdown(world[Slot], (ShutdownHow)How);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"shutdown(s{Slot}, {How})");
}
