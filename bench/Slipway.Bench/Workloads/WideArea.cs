using Slipway.Lab;
using Slipway.Linux;
using Slipway.Sockets;
using Slipway.Stack;

namespace Slipway.Bench;

/// <summary>
/// A transfer over 100 Mbit/s with a round trip of 50 ms: between two hosts of the stack in simulated time, and between two kernels in real time whose packets
/// pass the same link. What arrives after the slow start counts.
/// </summary>
internal static class WideArea
{
    private const ushort Port = 5001;
    private const int ReceiveLength = 262144;
    private const double BitsPerByte = 8, Mega = 1e6;

    private static readonly TimeSpan ConnectionTime = TimeSpan.FromMilliseconds(100);

    /// <summary>A row for a link that loses so much, both ways.</summary>
    public static BenchRow Row(string name, double loss) => new(name, measurement => Measure(measurement, name, loss));

    private static IEnumerable<BenchResult> Measure(Measurement measurement, string name, double loss)
    {
        BenchOptions options = measurement.Options;
        var model = new LinkModel { Rate = 100_000_000, Delay = TimeSpan.FromMilliseconds(25), Loss = loss };
        double allocated = 0;
        double? slipway = options.KernelOnly ? null : Median(options.Rounds, seed =>
        {
            measurement.ThrowIfCancelled();
            return Simulate(model, (ulong)seed + 1, options, out allocated);
        });
        double? kernel = !WideAreaKernels.IsPossible ? null : Median(options.Rounds, seed =>
        {
            measurement.ThrowIfCancelled();
            return BetweenKernels(model, (ulong)seed + 1, options);
        });
        if (slipway is not null || kernel is not null) yield return new BenchResult(name, "Mbit/s", slipway, kernel, allocated);
    }

    private static double Median(int rounds, Func<int, double> measure) => Measurement.Median([.. Enumerable.Range(0, rounds).Select(measure)]);

    private static double Simulate(LinkModel model, ulong seed, BenchOptions options, out double allocatedPerWrite)
    {
        using var network = new VirtualNetwork(seed, new VirtualNetworkOptions { Capture = CaptureMode.Off });
        Host client = network.AddHost("client", "10.0.0.1/24"), server = network.AddHost("server", "10.0.0.2/24");
        network.Connect(client, server, model);
        var transfer = new Transfer(new InetAddress("10.0.0.2", Port), congestion: null, options);
        server.Start("sink", transfer.Receive);
        client.Start("source", transfer.Send, new StartOptions { StartTime = ConnectionTime });
        long before = GC.GetTotalAllocatedBytes(precise: true);
        network.Run();
        allocatedPerWrite = (double)(GC.GetTotalAllocatedBytes(precise: true) - before) / transfer.Writes;
        return transfer.BytesPerSecond * BitsPerByte / Mega;
    }

    private static double BetweenKernels(LinkModel model, ulong seed, BenchOptions options)
    {
        using var kernels = new WideAreaKernels(model, seed);
        using var client = new LinuxProcess(new LinuxProcessOptions { Sockets = kernels.Client });
        using var server = new LinuxProcess(new LinuxProcessOptions { Sockets = kernels.Server });
        var transfer = new Transfer(new InetAddress(WideAreaKernels.ServerAddress, Port), KernelHosts.Congestion, options);
        ProcessThread sink = server.StartThread("sink", () => transfer.Receive(server));
        sink.WaitUntilBlocked();
        ProcessThread source = client.StartThread("source", () => transfer.Send(client));
        sink.Join();
        source.Join();
        return transfer.BytesPerSecond * BitsPerByte / Mega;
    }

    /// <summary>The two programs, the same on both systems.</summary>
    private sealed class Transfer(InetAddress address, string? congestion, BenchOptions options)
    {
        /// <summary>What arrived, after the settling.</summary>
        public double BytesPerSecond { get; private set; }

        /// <summary>Writes of the source.</summary>
        public long Writes { get; private set; }

        public void Receive(HostProcess process)
        {
            var hosts = new StreamHosts(process.Sockets, process.Sockets, address) { ServerCongestion = congestion };
            (int descriptor, _) = hosts.Listen(Port);
            using var listener = new Socket(process.Sockets, descriptor);
            using Socket socket = listener.Accept();
            byte[] buffer = new byte[ReceiveLength];
            socket.Receive(buffer);
            long start = process.Time.GetTimestamp(), bytes = 0;
            TimeSpan settled = TimeSpan.Zero, elapsed;
            do
            {
                int count = socket.Receive(buffer);
                if (count == 0) throw new InvalidOperationException("the stream has ended");
                elapsed = process.Time.GetElapsedTime(start);
                if (settled > TimeSpan.Zero) bytes += count;
                else if (elapsed >= options.WideAreaSettling) settled = elapsed;
            }
            while (settled == TimeSpan.Zero || elapsed < settled + options.WideAreaTime);
            BytesPerSecond = bytes / (elapsed - settled).TotalSeconds;
        }

        // It ends when the sink has closed with data unread: by EPIPE or ECONNRESET.
        public void Send(HostProcess process)
        {
            using Socket socket = process.Sockets.Open(address.Family, SocketType.Stream | SocketType.CloseOnExec);
            if (congestion is not null) socket.SetOption(SocketLevel.IPPROTO_TCP, SocketOptionName.TCP_CONGESTION, System.Text.Encoding.ASCII.GetBytes(congestion));
            socket.Connect(address);
            byte[] data = new byte[TcpBulk.WriteLength];
            while (process.Sockets.SendTo(socket.Descriptor, data, MessageFlags.MSG_NOSIGNAL, default).Succeeded) Writes++;
        }
    }
}
