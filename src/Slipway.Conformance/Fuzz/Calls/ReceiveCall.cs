using System.Globalization;
using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>read(2), recvfrom(2) or recvmsg(2).</summary>
/// <param name="Slot">The socket.</param>
/// <param name="Form">0 read, 1 recvfrom, 2 recvmsg.</param>
/// <param name="Room">Room for data.</param>
/// <param name="Flags">Flags, MSG_DONTWAIT among them.</param>
/// <param name="AddressRoom">Room for the address.</param>
/// <param name="Claim">What recvfrom is told of that room.</param>
/// <param name="ControlRoom">Room for control messages.</param>
internal sealed record ReceiveCall(int Slot, int Form, int Room, MessageFlags Flags, int AddressRoom, int Claim, int ControlRoom) : FuzzCall(Slot)
{
    private const int MostShown = 48;

    public override string Kind => Form switch { 0 => "read", 1 => "recvfrom", _ => "recvmsg" };

    public override FuzzOutcome Make(FuzzWorld world)
    {
        byte[] data = new byte[Room];
        byte[] address = new byte[AddressRoom];
        int length = Claim;
        switch (Form)
        {
            case 0:
                return Tell(world, world.System.Read(world[Slot], data), data, "");
            case 1:
                CallResult result = world.System.RecvFrom(world[Slot], data, Flags, address, ref length);
                return Tell(world, result, data, string.Create(CultureInfo.InvariantCulture, $", from {length} bytes: {world.Show(address, length)}"));
            default:
                var message = new ReceiveMessage { Buffer = data, Address = address, Control = new byte[ControlRoom] };
                CallResult received = world.System.RecvMsg(world[Slot], ref message, Flags);
                if (!received.Succeeded) return received.Error;
                string control = FuzzControl.Show(world.System, message.Control[..Math.Min(message.ControlLength, ControlRoom)]);
                return Tell(world, received, data, string.Create(CultureInfo.InvariantCulture,
                    $", from {message.AddressLength} bytes: {world.Show(address, message.AddressLength)}, flags 0x{(int)message.Flags:x}, control {message.ControlLength}: {control}"));
        }
    }

    private FuzzOutcome Tell(FuzzWorld world, CallResult result, byte[] data, string rest)
    {
        if (!result.Succeeded) return result.Error;
        Span<byte> shown = data.AsSpan(0, Math.Min(Math.Min(result.Value, Room), MostShown));
        // Checksum and identifier of an ICMP message follow from a port that each system chooses.
        if (world.ReceivesHeaders(Slot))
        {
            // Identification and checksum of the header, and no more than that.
            if (shown.Length > 4) shown[4..Math.Min(shown.Length, 6)].Clear();
            if (shown.Length > 10) shown[10..Math.Min(shown.Length, 12)].Clear();
        }
        else if (world.ProtocolOf(Slot) is (int)IpProtocol.Icmp or (int)IpProtocol.IcmpV6 && shown.Length > 2) shown[2..Math.Min(shown.Length, 6)].Clear();
        return FuzzOutcome.Success($"{result} [{Convert.ToHexStringLower(shown)}]{rest}");
    }

    public override string ToString()
    {
        string call = string.Create(CultureInfo.InvariantCulture, $"{Kind}(s{Slot}, room {Room}");
        if (Form > 0) call += string.Create(CultureInfo.InvariantCulture, $", {FuzzNames.Flags(Flags)}, address room {AddressRoom}");
        if (Form == 1) call += string.Create(CultureInfo.InvariantCulture, $", length {Claim}");
        if (Form > 1) call += string.Create(CultureInfo.InvariantCulture, $", control room {ControlRoom}");
        return call + ")";
    }
}
