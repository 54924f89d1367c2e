using System.Globalization;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Samples;

/// <summary>Prints packets of a ring, where they lie.</summary>
internal sealed class SnifferPrinter(HostProcess process, PcapngWriter? capture)
{
    private const int VlanNumberMask = 0xFFF;

    private readonly Dictionary<int, string> _names = process.Sockets.GetInterfaces().ToDictionary(static device => device.Index, static device => device.Name);
    private readonly Dictionary<int, int> _captured = [];

    public int Printed { get; private set; }

    public void Print(PacketFrame packet)
    {
        LinkLayerAddress from = packet.From;
        string direction = from.PacketType switch
        {
            LinkPacketType.Outgoing => "Out",
            LinkPacketType.Host => "In",
            LinkPacketType.Broadcast => "B",
            LinkPacketType.Multicast => "M",
            _ => "P",
        };
        DateTimeOffset time = DateTimeOffset.UnixEpoch.AddTicks(packet.UnixNanoseconds / TimeSpan.NanosecondsPerTick);
        // Sums that a device would have made are not there yet.
        string text = FramePrinter.Print(LinkTypeOf(from), packet.Data, verifyChecksums: (packet.Status & PacketStatus.ChecksumNotReady) == 0);
        string vlan = (packet.Status & PacketStatus.VlanValid) != 0 ? string.Create(CultureInfo.InvariantCulture, $"vlan {packet.VlanTag & VlanNumberMask}, ") : "";
        process.Out.Write(string.Create(CultureInfo.InvariantCulture, $"{time:HH:mm:ss.ffffff} {NameOf(from.InterfaceIndex)} {direction} {vlan}{text}\n"));
        Capture(packet, from);
        Printed++;
    }

    private void Capture(PacketFrame packet, LinkLayerAddress from)
    {
        if (capture is null) return;
        if (!_captured.TryGetValue(from.InterfaceIndex, out int number))
            _captured[from.InterfaceIndex] = number = capture.AddInterface(NameOf(from.InterfaceIndex), LinkTypeOf(from));
        capture.WritePacket(number, packet.UnixNanoseconds, packet.Data, packet.OriginalLength);
    }

    private static LinkType LinkTypeOf(LinkLayerAddress from) => from.HardwareType == HardwareType.ARPHRD_NONE ? LinkType.RawIp : LinkType.Ethernet;

    private string NameOf(int index) => _names.TryGetValue(index, out string? name) ? name : string.Create(CultureInfo.InvariantCulture, $"if{index}");
}
