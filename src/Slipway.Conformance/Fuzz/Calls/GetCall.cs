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
        if ((Level, Name) is (SocketLevel.IPPROTO_IPV6, SocketOptionName.IPV6_2292PKTOPTIONS)) HideMadeLabels(value.AsSpan(0, Math.Clamp(length, 0, Room)));
        string bytes = OwnValues.Contains(Level, Name) ? "hidden" : Convert.ToHexStringLower(value.AsSpan(0, Math.Min(value.Length, MostShown)));
        return FuzzOutcome.Success(string.Create(CultureInfo.InvariantCulture, $"{length} bytes: {bytes}"));
    }

    /// <summary>A flow label that was made is each system's own number; that there is one, and the traffic class before it, is compared.</summary>
    private static void HideMadeLabels(Span<byte> messages)
    {
        const int LevelOffset = 8, TypeOffset = 12, LabelOffset = ControlMessageWriter.HeaderLength + 1, End = ControlMessageWriter.HeaderLength + sizeof(int);
        while (messages.Length >= End)
        {
            if (BitConverter.ToInt32(messages[LevelOffset..]) == SocketLevel.IPPROTO_IPV6 && BitConverter.ToInt32(messages[TypeOffset..]) == SocketOptionName.IPV6_FLOWINFO)
            {
                Span<byte> label = messages[LabelOffset..End];
                if ((label[0] & 0xF) != 0 || label[1] != 0 || label[2] != 0) (label[0], label[1], label[2]) = ((byte)(label[0] | 0xF), 0xFF, 0xFF);
            }
            int space = (int)BitConverter.ToInt64(messages) + 7 & ~7;
            if (space < ControlMessageWriter.HeaderLength || space > messages.Length) return;
            messages = messages[space..];
        }
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"getsockopt(s{Slot}, {FuzzNames.Option(Level, Name)}, room {Room}, length {Claim})");
}
