using System.Globalization;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Samples;

/// <summary>
/// sniff [-i INTERFACE] [-c COUNT] [-f PROGRAM | -F FILE]: prints what goes over a host's interfaces, a line a packet, until it has seen COUNT, or until SIGINT. PROGRAM and FILE hold a
/// filter in the syntax of classic BPF, or as tcpdump -dd prints one. The exit code is 2 if it could not begin.
/// </summary>
public static class Sniffer
{
    public static void Main(HostProcess process) => Run(process, null);

    /// <summary>The program, with a capture that gets the packets too.</summary>
    /// <param name="process">The process.</param>
    /// <param name="capture">Where to write the packets besides; null for nowhere. Who made it closes it.</param>
    public static void Run(HostProcess process, PcapngWriter? capture)
    {
        if (!SnifferWords.TryRead(process, out SnifferWords? words))
        {
            process.Error.Write($"usage: {process.ProgramName} [-i interface] [-c count] [-f program | -F file]\n");
            process.ExitCode = 2;
            return;
        }
        try
        {
            using Socket socket = Open(process, words);
            bool isStopped = false;
            process.Signals.Handle(Signal.SIGINT, _ => isStopped = true);
            var reader = new SnifferReader(process, socket, capture);
            for (int seen = 0; seen < words.Count && !isStopped; seen++)
            {
                if (!reader.TryPrintNext()) break;
            }
            PacketStatistics statistics = socket.TakePacketStatistics();
            process.Error.Write(string.Create(CultureInfo.InvariantCulture, $"{reader.Printed} packets printed, {statistics.Packets} seen, {statistics.Drops} lost\n"));
        }
        catch (Exception failure) when (failure is SocketCallException or FilterSyntaxException)
        {
            string message = failure is SocketCallException call ? call.Errno.Describe() : failure.Message;
            process.Error.Write($"{process.ProgramName}: {message}\n");
            process.ExitCode = 2;
        }
    }

    /// <summary>Opened with protocol 0 it sees nothing before it is bound, so that the filter is there before the first packet.</summary>
    private static Socket Open(HostProcess process, SnifferWords words)
    {
        Socket socket = process.Sockets.Open(AddressFamily.Packet, SocketType.Raw);
        try
        {
            if (words.Filter is { } filter) socket.AttachFilter(ClassicFilter.Assemble(filter));
            socket.SetOption(SocketOptions.PacketAuxiliaryData, true);
            socket.SetOption(SocketOptions.TimestampNanoseconds, true);
            socket.Bind(new LinkLayerAddress(words.InterfaceIndex, EthernetProtocol.ETH_P_ALL));
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
