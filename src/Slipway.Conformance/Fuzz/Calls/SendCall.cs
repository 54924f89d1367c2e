using System.Globalization;
using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>write(2), sendto(2) or sendmsg(2).</summary>
/// <param name="Slot">The socket.</param>
/// <param name="Form">0 write, 1 sendto, 2 sendmsg.</param>
/// <param name="Length">Bytes of data.</param>
/// <param name="First">The first byte, which is the type of an ICMP message; the others count from it, but the second is 0.</param>
/// <param name="Flags">Flags, MSG_DONTWAIT among them.</param>
/// <param name="Address">The destination, or null.</param>
/// <param name="Control">Control messages.</param>
/// <param name="Cut">Bytes taken from the end of the control messages.</param>
internal sealed record SendCall(int Slot, int Form, int Length, byte First, MessageFlags Flags, FuzzAddress? Address, FuzzControl[] Control, int Cut) : FuzzCall(Slot)
{
    public override string Kind => Form switch { 0 => "write", 1 => "sendto", _ => "sendmsg" };

    public override FuzzOutcome Make(FuzzWorld world)
    {
        byte[] data = new byte[Length];
        for (int i = 0; i < data.Length; i++) data[i] = (byte)(i == 1 ? 0 : First + i);
        byte[] address = Address?.Resolve(world) ?? [];
        CallResult result = Form switch
        {
            0 => world.System.Write(world[Slot], data),
            1 => world.System.SendTo(world[Slot], data, Flags, address),
            _ => SendMessage(world, data, address),
        };
        return result.Succeeded ? FuzzOutcome.Success(result.ToString()) : result.Error;
    }

    private CallResult SendMessage(FuzzWorld world, byte[] data, byte[] address)
    {
        byte[] control = [.. Control.SelectMany(message => message.Resolve(world))];
        control = control[..Math.Max(control.Length - Cut, 0)];
        return world.System.SendMsg(world[Slot], new SendMessage { Buffer = data, Address = address, Control = control }, Flags);
    }

    public override string ToString()
    {
        string call = string.Create(CultureInfo.InvariantCulture, $"{Kind}(s{Slot}, {Length} bytes from 0x{First:x2}");
        if (Form > 0) call += $", {FuzzNames.Flags(Flags)}";
        if (Form > 0 && Address is not null) call += $", {Address}";
        if (Form > 1 && Control.Length > 0) call += $", {string.Join(' ', (object[])Control)}{(Cut > 0 ? string.Create(CultureInfo.InvariantCulture, $" less {Cut} bytes") : "")}";
        return call + ")";
    }
}
