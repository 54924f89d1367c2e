using System.Globalization;
using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>fcntl(2) with a structure.</summary>
internal sealed record FcntlStructureCall(int Slot, int Command, byte[] Argument) : FuzzCall(Slot)
{
    public override string Kind => $"fcntl {Command}";

    public override FuzzOutcome Make(FuzzWorld world)
    {
        byte[] argument = [.. Argument];
        CallResult result = world.System.Fcntl(world[Slot], Command, argument.AsSpan());
        return result.Succeeded ? FuzzOutcome.Success($"{result}: {Convert.ToHexStringLower(argument)}") : result.Error;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"fcntl(s{Slot}, {Command}, [{Convert.ToHexStringLower(Argument)}])");
}
