using System.Diagnostics;
using System.Globalization;
using Slipway.Sockets;

namespace Slipway.Bench;

/// <summary>
/// Very many connections that are open and silent: what an end of one costs in memory, timers included, and whether the last tenth of them opens as fast as the first.
/// Each has moved a byte both ways, so that whatever a connection keeps after data is counted.
/// </summary>
internal static class IdleConnections
{
    private const int Tenths = 10, WarmUp = 200, DescriptorsForOthers = 1000;

    /// <summary>The name that the rows begin with.</summary>
    public const string Name = "tcp.memory.idle";

    /// <summary>Measures on both systems, once each: the figures are sums over very many.</summary>
    public static IEnumerable<BenchResult> Measure(Measurement measurement)
    {
        int count = measurement.Options.IdleConnections;
        Figures? slipway = null, kernel = null;
        if (!measurement.Options.KernelOnly)
        {
            using StreamHosts hosts = VirtualHosts.Streams(VirtualLinkKind.Plain, DescriptorsFor(count));
            slipway = Open(hosts, count, ManagedMemory, measurement);
        }
        // As many as this process may have descriptors; each end is one.
        int most = Math.Min(count, (DescriptorLimit() - DescriptorsForOthers) / 2);
        if (KernelMemory() is not null && most > 0)
        {
            using StreamHosts hosts = KernelHosts.Streams();
            kernel = Open(hosts, most, static () => KernelMemory() ?? 0, measurement);
        }
        double allocated = slipway?.AllocatedPerConnection ?? kernel?.AllocatedPerConnection ?? 0;
        if (slipway is null && kernel is null) yield break;
        yield return new BenchResult(Name, "bytes an end", slipway?.BytesPerEnd, kernel?.BytesPerEnd, allocated);
        for (int tenth = 0; tenth < Tenths; tenth++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"{Name}.opened{tenth + 1}");
            yield return new BenchResult(name, "connections/s", slipway?.Rates[tenth], kernel?.Rates[tenth], allocated);
        }
    }

    private static Figures Open(StreamHosts hosts, int count, Func<long> memory, Measurement measurement)
    {
        int perTenth = Math.Max(1, count / Tenths);
        var ends = new List<(int Client, int Server)>(perTenth * Tenths + WarmUp);
        (int Descriptor, byte[] Address)[] listeners = [.. Enumerable.Range(0, Tenths).Select(_ => hosts.Listen())];
        byte[] data = new byte[1];
        for (int i = 0; i < Math.Min(WarmUp, count); i++) ends.Add(OpenOne(hosts, listeners[0], data));
        var rates = new double[Tenths];
        long before = memory(), allocatedBefore = GC.GetTotalAllocatedBytes(precise: true);
        for (int tenth = 0; tenth < Tenths; tenth++)
        {
            measurement.ThrowIfCancelled();
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < perTenth; i++) ends.Add(OpenOne(hosts, listeners[tenth], data));
            rates[tenth] = perTenth / Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
        long opened = (long)perTenth * Tenths;
        double allocated = (double)(GC.GetTotalAllocatedBytes(precise: true) - allocatedBefore) / opened;
        double bytes = (double)(memory() - before) / (2 * opened);
        Close(hosts, ends, listeners);
        return new Figures(bytes, allocated, rates);
    }

    private static (int Client, int Server) OpenOne(StreamHosts hosts, in (int Descriptor, byte[] Address) listener, byte[] data)
    {
        (int client, int server) = hosts.Connect(listener.Descriptor, listener.Address);
        Move(hosts.Client, client, hosts.Server, server, data);
        Move(hosts.Server, server, hosts.Client, client, data);
        return (client, server);
    }

    private static void Move(SocketSystem from, int source, SocketSystem to, int target, byte[] data)
    {
        StreamHosts.Require(from.SendTo(source, data, MessageFlags.MSG_NOSIGNAL, default), "send");
        int none = 0;
        StreamHosts.Require(to.RecvFrom(target, data, MessageFlags.None, default, ref none), "recv");
    }

    private static void Close(StreamHosts hosts, List<(int Client, int Server)> ends, (int Descriptor, byte[] Address)[] listeners)
    {
        foreach ((int client, int server) in ends)
        {
            hosts.Client.Close(client);
            hosts.Server.Close(server);
        }
        foreach ((int descriptor, _) in listeners) hosts.Server.Close(descriptor);
    }

    private static int DescriptorsFor(int count) => count + WarmUp + DescriptorsForOthers;

    private static long ManagedMemory()
    {
        for (int i = 0; i < 2; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    /// <summary>Bytes of all slabs of the kernel (slabinfo(5)); null for a caller who may not read them.</summary>
    private static long? KernelMemory()
    {
        const int PagesPerSlab = 5, Slabs = 14;
        try
        {
            long bytes = 0;
            foreach (string line in File.ReadLines("/proc/slabinfo").Skip(2))
            {
                string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (fields.Length > Slabs) bytes += Number(fields[PagesPerSlab]) * Number(fields[Slabs]) * Environment.SystemPageSize;
            }
            return bytes;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static int DescriptorLimit()
    {
        const int Soft = 3;
        string line = File.ReadLines("/proc/self/limits").First(static line => line.StartsWith("Max open files", StringComparison.Ordinal));
        string text = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[Soft];
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int limit) ? limit : int.MaxValue;
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private sealed record Figures(double BytesPerEnd, double AllocatedPerConnection, double[] Rates);
}
