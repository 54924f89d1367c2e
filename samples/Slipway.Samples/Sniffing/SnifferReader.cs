using System.Globalization;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Samples;

/// <summary>Reads packets from a packet socket and prints them.</summary>
internal sealed class SnifferReader(HostProcess process, Socket socket, PcapngWriter? capture)
{
    /// <summary>The longest packet that any device sends, and its header.</summary>
    private const int Room = 65536 + 18;

    private const int ControlRoom = 128, VlanNumberMask = 0xFFF;

    private readonly byte[] _buffer = new byte[Room];
    private readonly byte[] _address = new byte[LinkLayerAddress.StructureLength];
    private readonly byte[] _control = new byte[ControlRoom];
    private readonly Dictionary<int, string> _names = process.Sockets.GetInterfaces().ToDictionary(static device => device.Index, static device => device.Name);
    private readonly Dictionary<int, int> _captured = [];

    public int Printed { get; private set; }

    /// <summary>Waits for a packet and prints it.</summary>
    /// <returns>False if a signal came instead.</returns>
    public bool TryPrintNext()
    {
        var message = new ReceiveMessage { Buffer = _buffer, Address = _address, Control = _control };
        CallResult result = socket.System.RecvMsg(socket.Descriptor, ref message, MessageFlags.MSG_TRUNC);
        if (result.Error == Errno.EINTR) return false;
        if (!result.Succeeded) throw new SocketCallException(result.Error, "recvmsg");
        LinkLayerAddress.TryRead(message.Address[..message.AddressLength], out LinkLayerAddress from);
        (DateTimeOffset time, PacketAuxiliaryData auxiliary) = ReadControl(message.Control[..message.ControlLength]);
        ReadOnlySpan<byte> packet = _buffer.AsSpan(0, Math.Min(result.Value, Room));
        Print(packet, from, time, auxiliary);
        Capture(packet, from, time, auxiliary);
        Printed++;
        return true;
    }

    private static (DateTimeOffset Time, PacketAuxiliaryData Auxiliary) ReadControl(ReadOnlySpan<byte> control)
    {
        DateTimeOffset time = DateTimeOffset.UnixEpoch;
        PacketAuxiliaryData auxiliary = default;
        var reader = new ControlMessageReader(control);
        while (reader.MoveNext())
        {
            if (reader.Is(SocketLevel.SOL_SOCKET, SocketOptionName.SO_TIMESTAMPNS)) time = reader.Timestamp;
            else if (reader.Is(SocketLevel.SOL_PACKET, SocketOptionName.PACKET_AUXDATA)) PacketAuxiliaryData.TryRead(reader.Data, out auxiliary);
        }
        return (time, auxiliary);
    }

    private void Print(ReadOnlySpan<byte> packet, LinkLayerAddress from, DateTimeOffset time, PacketAuxiliaryData auxiliary)
    {
        string direction = from.PacketType switch
        {
            LinkPacketType.Outgoing => "Out",
            LinkPacketType.Host => "In",
            LinkPacketType.Broadcast => "B",
            LinkPacketType.Multicast => "M",
            _ => "P",
        };
        // Sums that a device would have made are not there yet.
        string text = FramePrinter.Print(LinkTypeOf(from), packet, verifyChecksums: (auxiliary.Status & PacketStatus.ChecksumNotReady) == 0);
        string vlan = (auxiliary.Status & PacketStatus.VlanValid) != 0 ? string.Create(CultureInfo.InvariantCulture, $"vlan {auxiliary.VlanTag & VlanNumberMask}, ") : "";
        process.Out.Write(string.Create(CultureInfo.InvariantCulture, $"{time:HH:mm:ss.ffffff} {NameOf(from.InterfaceIndex)} {direction} {vlan}{text}\n"));
    }

    private void Capture(ReadOnlySpan<byte> packet, LinkLayerAddress from, DateTimeOffset time, PacketAuxiliaryData auxiliary)
    {
        if (capture is null) return;
        if (!_captured.TryGetValue(from.InterfaceIndex, out int number))
            _captured[from.InterfaceIndex] = number = capture.AddInterface(NameOf(from.InterfaceIndex), LinkTypeOf(from));
        capture.WritePacket(number, (time - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick, packet, Math.Max(auxiliary.Length, packet.Length));
    }

    private static LinkType LinkTypeOf(LinkLayerAddress from) => from.HardwareType == HardwareType.ARPHRD_NONE ? LinkType.RawIp : LinkType.Ethernet;

    private string NameOf(int index) => _names.TryGetValue(index, out string? name) ? name : string.Create(CultureInfo.InvariantCulture, $"if{index}");
}
