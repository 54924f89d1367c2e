using System.Globalization;
using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>getsockopt(2).</summary>
internal sealed record GetCall(int Slot, int Level, int Name, int Room, int Claim) : FuzzCall(Slot)
{
    private const byte Untouched = 0xA5;
    private const int MostShown = 264, LocalNameOffset = 2;

    public override string Kind => $"getsockopt {FuzzNames.Option(Level, Name)}";

    public override FuzzOutcome Make(FuzzWorld world)
    {
        byte[] value = new byte[Room];
        value.AsSpan().Fill(Untouched);
        int length = Claim;
        Errno error = world.System.GetSockOpt(world[Slot], Level, Name, value, ref length);
        if (error != Errno.None) return error;
        if ((Level, Name) is (SocketLevel.SOL_SOCKET, SocketOptionName.SO_PEERPIDFD) && length == sizeof(int) && Room >= sizeof(int)) world.System.Close(BitConverter.ToInt32(value));
        if ((Level, Name) is (SocketLevel.SOL_SOCKET, SocketOptionName.SO_PEERNAME))
        {
            // A name holds a number that each system chooses.
            int told = Math.Clamp(length, 0, Room);
            // Cut, the name that the system chose for a local socket is not known as such.
            if (told is > LocalNameOffset and <= FuzzWorld.AutobindLength && value[0] == (int)AddressFamily.Unix && value[LocalNameOffset] == 0) value.AsSpan(LocalNameOffset + 1, told - LocalNameOffset - 1).Fill((byte)'?');
            return FuzzOutcome.Success(string.Create(CultureInfo.InvariantCulture, $"{length} bytes: {world.Show(value, told)}, then {Convert.ToHexStringLower(value.AsSpan(told))}"));
        }
        string bytes = OwnValues.Contains(Level, Name) ? "hidden" : Convert.ToHexStringLower(value.AsSpan(0, Math.Min(value.Length, MostShown)));
        return FuzzOutcome.Success(string.Create(CultureInfo.InvariantCulture, $"{length} bytes: {bytes}"));
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"getsockopt(s{Slot}, {FuzzNames.Option(Level, Name)}, room {Room}, length {Claim})");
}
