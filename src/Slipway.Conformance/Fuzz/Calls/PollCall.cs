using System.Globalization;
using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>poll(2) of all sockets at once, without waiting.</summary>
internal sealed record PollCall(int Slot, PollEvents Events) : FuzzCall(Slot)
{
    public override string Kind => "poll";

    public override FuzzOutcome Make(FuzzWorld world)
    {
        var entries = new PollEntry[FuzzWorld.Slots];
        for (int slot = 0; slot < entries.Length; slot++) entries[slot] = new PollEntry(world[slot], Events);
        CallResult result = world.System.Poll(entries, 0);
        return result.Succeeded ? FuzzOutcome.Success($"{result}: {string.Join(' ', entries.Select(static entry => ((int)entry.Returned).ToString("x", CultureInfo.InvariantCulture)))}") : result.Error;
    }

    public override string ToString() => $"poll(all, 0x{(int)Events:x})";
}
