using System.Globalization;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Samples;

/// <summary>
/// sniff [-i INTERFACE] [-c COUNT] [-w CAPTURE] [-f PROGRAM | -F FILE]: prints what goes over a host's interfaces, a line a packet, until it has seen COUNT, or until SIGINT. CAPTURE gets the
/// packets, to be opened with Wireshark. PROGRAM and FILE hold a filter in the syntax of classic BPF, or as tcpdump -dd prints one. The exit code is 2 if it could not begin.
/// </summary>
/// <remarks>The packets come by a ring in memory that is shared with the kernel, or with the virtual host: none costs a call.</remarks>
public static class Sniffer
{
    // A slot holds the longest packet that any device sends, with its headers: 17 pages.
    private const uint SlotSize = 17 * 4096, Slots = 32;

    public static void Main(HostProcess process) => Run(process, null);

    /// <summary>The program, with a capture that gets the packets too.</summary>
    /// <param name="process">The process.</param>
    /// <param name="capture">Where to write the packets besides; null for nowhere. Who made it closes it.</param>
    public static void Run(HostProcess process, PcapngWriter? capture)
    {
        if (!SnifferWords.TryRead(process, out SnifferWords? words))
        {
            process.Error.Write($"usage: {process.ProgramName} [-i interface] [-c count] [-w capture] [-f program | -F file]\n");
            process.ExitCode = 2;
            return;
        }
        try
        {
            using Stream? file = words.CapturePath is { } path ? process.Files.Create(path) ?? throw new IOException($"cannot write {path}") : null;
            using PcapngWriter? writer = file is null ? null : new PcapngWriter(file);
            Watch(process, words, writer ?? capture);
        }
        catch (Exception failure) when (failure is SocketCallException or FilterSyntaxException or IOException)
        {
            string message = failure is SocketCallException call ? call.Errno.Describe() : failure.Message;
            process.Error.Write($"{process.ProgramName}: {message}\n");
            process.ExitCode = 2;
        }
    }

    private static void Watch(HostProcess process, SnifferWords words, PcapngWriter? capture)
    {
        using Socket socket = Open(process, words);
        using PacketReceiveRing ring = socket.OpenReceiveRing(PacketRingRequest.Of(PacketRingVersion.V2, Slots, SlotSize, SlotSize));
        socket.Bind(new LinkLayerAddress(words.InterfaceIndex, EthernetProtocol.ETH_P_ALL));
        bool isStopped = false;
        process.Signals.Handle(Signal.SIGINT, _ => isStopped = true);
        var printer = new SnifferPrinter(process, capture);
        while (printer.Printed < words.Count && !isStopped)
        {
            if (ring.TryRead(out PacketFrame frame)) printer.Print(frame);
            else ring.Wait();
        }
        PacketStatistics statistics = socket.TakePacketStatistics();
        process.Error.Write(string.Create(CultureInfo.InvariantCulture, $"{printer.Printed} packets printed, {statistics.Packets} seen, {statistics.Drops} lost\n"));
    }

    /// <summary>Opened with protocol 0 it sees nothing before it is bound, so that the filter is there before the first packet.</summary>
    private static Socket Open(HostProcess process, SnifferWords words)
    {
        Socket socket = process.Sockets.Open(AddressFamily.Packet, SocketType.Raw);
        try
        {
            if (words.Filter is { } filter) socket.AttachFilter(ClassicFilter.Assemble(filter));
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
