using System.Globalization;
using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>ioctl(2).</summary>
internal sealed record IoctlCall(int Slot, uint Request, byte[] Argument) : FuzzCall(Slot)
{
    public override string Kind => $"ioctl 0x{Request:x}";

    /// <inheritdoc/>
    public override bool ChangesHost => InterfaceDice.Changes(Request);

    public override FuzzOutcome Make(FuzzWorld world)
    {
        byte[] argument = [.. Argument];
        CallResult result = world.System.Ioctl(world[Slot], Request, argument);
        world.KeepFromWaiting(Slot);
        if (!result.Succeeded) return result.Error;
        if (Request == IoControl.SIOCUNIXFILE)
        {
            world.System.Close(result.Value);
            return FuzzOutcome.Success("a descriptor");
        }
        string bytes = Request is IoControl.SIOCGSTAMP or IoControl.SIOCGSTAMPNS ? "a time" : Convert.ToHexStringLower(argument);
        return FuzzOutcome.Success(string.Create(CultureInfo.InvariantCulture, $"{result.Value}: {bytes}"));
    }

    public override string ToString() => $"ioctl(s{Slot}, 0x{Request:x}, [{Convert.ToHexStringLower(Argument)}])";
}
