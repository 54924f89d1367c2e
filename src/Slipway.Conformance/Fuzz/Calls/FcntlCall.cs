using System.Globalization;
using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>fcntl(2) with a number.</summary>
internal sealed record FcntlCall(int Slot, int Command, int Argument) : FuzzCall(Slot)
{
    public override string Kind => $"fcntl {Command}";

    public override FuzzOutcome Make(FuzzWorld world)
    {
        CallResult result = world.System.Fcntl(world[Slot], Command, Argument);
        if (!result.Succeeded) return result.Error;
        if (Command is FileControl.F_DUPFD or FileControl.F_DUPFD_CLOEXEC) return world.System.Close(result.Value);
        world.KeepFromWaiting(Slot);
        return FuzzOutcome.Success(result.ToString());
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"fcntl(s{Slot}, {Command}, {Argument})");
}
