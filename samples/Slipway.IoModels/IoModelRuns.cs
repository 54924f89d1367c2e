using System.Runtime.InteropServices;
using Slipway.Lab;
using Slipway.Linux;
using Slipway.Sockets;

namespace Slipway.IoModels;

/// <summary>The five I/O models over the same workload: a datagram comes every so often, and the program has other work to do.</summary>
public static class IoModelRuns
{
    private static readonly TimeSpan s_labUnit = TimeSpan.FromMilliseconds(1);

    /// <summary>On the kernel. The process must have been started for signals (<see cref="SignalReadyProgram"/>); without, the signal-driven model is left out.</summary>
    /// <param name="options">The workload.</param>
    /// <param name="cancellationToken">Ends it between two models.</param>
    public static IEnumerable<IoModelResult> OnKernel(IoModelOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        foreach (IoModel model in IoModel.Kernel)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (model.Name == "signal-driven" && !LinuxSignals.AreBlocked) continue;
            IoModelResult? result = null;
            // A round that does not count, so that its code has been compiled.
            _ = LinuxSystem.Run(process => result = RunOnKernel(process, model, options with { Datagrams = 3, Interval = TimeSpan.FromMilliseconds(1) }));
            _ = LinuxSystem.Run(process => result = RunOnKernel(process, model, options));
            yield return result!;
        }
    }

    /// <summary>On the stack, in the lab: simulated time, in which a unit of work takes a millisecond and calls take none.</summary>
    /// <param name="options">The workload.</param>
    public static IEnumerable<IoModelResult> InLab(IoModelOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        foreach (IoModel model in IoModel.Portable)
        {
            using var net = new VirtualNetwork(seed: 1);
            Host host = net.AddHost("host");
            IoModelResult? result = null;
            host.Start(model.Name, process =>
            {
                using Socket socket = Bound(process);
                using Socket sender = Bound(process);
                using var wanted = new Turn(process);
                ProcessThread sending = process.StartThread("sender", () => SendAll(process, sender, socket.LocalAddress, options, wanted.Wait));
                var workload = new IoWorkload(process, socket, options, () => process.Sleep(s_labUnit), wanted.Pass);
                wanted.Pass();
                model.Run(workload);
                sending.Join();
                result = Result("slipway", model, workload, null);
            });
            net.Run();
            yield return result!;
        }
    }

    private static IoModelResult RunOnKernel(HostProcess process, IoModel model, IoModelOptions options)
    {
        using Socket socket = Bound(process);
        using Socket sender = Bound(process);
        using var wanted = new Turn(process);
        ProcessThread sending = process.StartThread("sender", () => SendAll(process, sender, socket.LocalAddress, options, wanted.Wait));
        var workload = new IoWorkload(process, socket, options, Burn, wanted.Pass);
        ThreadUsage before = ThreadUsage.Now;
        wanted.Pass();
        model.Run(workload);
        ThreadUsage used = ThreadUsage.Now - before;
        sending.Join();
        return Result("linux", model, workload, used);
    }

    private static IoModelResult Result(string system, IoModel model, IoWorkload workload, ThreadUsage? used)
        => new(system, model.Name, workload.Blocked, workload.Calls, used?.Waits, used?.Processor, workload.WorkUnits, workload.MedianLatency);

    private static Socket Bound(HostProcess process)
    {
        Socket socket = process.Sockets.Open(AddressFamily.Inet, SocketType.Datagram | SocketType.CloseOnExec);
        socket.Bind(InetAddress.LoopbackIPv4());
        return socket;
    }

    /// <summary>Each datagram has the time at which it was sent.</summary>
    private static void SendAll(HostProcess process, Socket socket, InetAddress to, IoModelOptions options, Action waitUntilWanted)
    {
        Span<byte> datagram = stackalloc byte[sizeof(long)];
        for (int i = 0; i < options.Datagrams; i++)
        {
            waitUntilWanted();
            // A signal for the process may end the sleep of this thread: the rest is slept too.
            for (TimeSpan left = options.Interval; left > TimeSpan.Zero;) left = process.Sleep(left);
            long now = process.Time.GetTimestamp();
            MemoryMarshal.Write(datagram, in now);
            socket.SendTo(datagram, to);
        }
    }

    // Some hundred microseconds of a processor that nothing can leave out.
    private static void Burn()
    {
        uint value = 1;
        for (int i = 0; i < 200_000; i++) value = value * 1664525 + 1013904223;
        GC.KeepAlive(value);
    }
}
