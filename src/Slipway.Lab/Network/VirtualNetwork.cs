using Slipway.Stack;

namespace Slipway.Lab;

/// <summary>
/// Hosts, routers, switches and links in this process, and programs that run on them. By default time is simulated: it stands still while a program computes and jumps
/// to the next event when all wait, so a simulated hour takes milliseconds, and a run with the same seed does the same, packet for packet.
/// </summary>
/// <remarks>
/// <code>
/// using var net = new VirtualNetwork(seed: 7);
/// Host client = net.AddHost("client", "10.0.0.1/24"), server = net.AddHost("server", "10.0.0.2/24");
/// net.Connect(client, server, new LinkModel { Delay = TimeSpan.FromMilliseconds(300), Loss = 0.01 });
/// server.Start("echo", static process => …);
/// client.Start("talk", static async process => …);
/// net.Run();
/// </code>
/// A network belongs to one thread at a time: the one that builds it, runs it and disposes of it. Programs run on threads of their own, but never two at once, and only within Run.
/// </remarks>
public sealed partial class VirtualNetwork : IDisposable
{
    private readonly VirtualNetworkOptions _options;
    private readonly List<NetworkNode> _nodes = [];
    private readonly List<LabProcess> _processes = [];
    private int _lastProcessId = 1000;

    /// <summary>Makes an empty network.</summary>
    /// <param name="seed">Decides all that chance decides: losses, ports, sequence numbers, the time of day at the start.</param>
    /// <param name="options">How it lives; null for simulated time and the defaults.</param>
    public VirtualNetwork(ulong seed = 1, VirtualNetworkOptions? options = null)
    {
        Seed = seed;
        _options = options ?? new VirtualNetworkOptions();
        Random = _options.Random ?? new SeededRandom(seed);
        VirtualClock? clock = _options.RealTime is null ? new VirtualClock(_options.Origin ?? OriginOf(seed)) : null;
        Loop = new StackLoop(clock ?? (StackClock)new TimeProviderClock(_options.RealTime!));
        Scheduler = new LabScheduler(Loop, clock) { StallLimit = _options.StallLimit, Linger = StackClock.ToNanoseconds(_options.Linger) };
        Time = new LabTime(Scheduler, process: null);
        Capture = new NetworkCapture(_options.Capture);
    }

    /// <summary>The seed.</summary>
    public ulong Seed { get; }

    /// <summary>The loop that owns all hosts and links. Whoever reads or changes them between runs enters it.</summary>
    public StackLoop Loop { get; }

    /// <summary>The network's clock, for .NET code. Callbacks of its timers run on the thread that runs the network; a process has its own, <see cref="Sockets.HostProcess.Time"/>.</summary>
    public TimeProvider Time { get; }

    /// <summary>Time since the network was made.</summary>
    public TimeSpan Now => StackClock.ToTimeSpan(Loop.Clock.Now);

    /// <summary>The packets of the network.</summary>
    public NetworkCapture Capture { get; }

    /// <summary>The hosts and routers, in the order in which they were added.</summary>
    public IEnumerable<Host> Hosts => _nodes.OfType<Host>();

    /// <summary>All processes, ended ones too, in the order in which they were started.</summary>
    public IReadOnlyList<LabProcess> Processes => _processes;

    internal LabScheduler Scheduler { get; }

    internal RandomSource Random { get; }

    internal VirtualNetworkOptions Options => _options;

    /// <summary>The host or router of that name.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public Host this[string name] => Find(name) as Host ?? throw new KeyNotFoundException($"The network has no host '{name}'.");

    /// <summary>Ends every process, running its <c>finally</c> blocks, and then all threads.</summary>
    public void Dispose()
    {
        if (Scheduler.IsClosed) return;
        foreach (LabProcess process in _processes) process.End(128 + (int)Sockets.Signal.SIGKILL, Sockets.Signal.SIGKILL);
        Scheduler.Dispose();
        DisposeParts();
    }

    internal int NextProcessId() => ++_lastProcessId;

    internal void Started(LabProcess process)
    {
        _processes.Add(process);
        Scheduler.LiveProcesses++;
    }

    internal NetworkNode? Find(string name)
    {
        foreach (NetworkNode node in _nodes)
            if (node.Name == name) return node;
        return null;
    }

    internal void Tell(in ProcessLine line) => _options.Output?.Invoke(line);

    /// <summary>A random second in the years 2001 to 2036.</summary>
    private static DateTimeOffset OriginOf(ulong seed)
    {
        var first = new DateTimeOffset(2001, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var last = new DateTimeOffset(2037, 1, 1, 0, 0, 0, TimeSpan.Zero);
        return first.AddSeconds(new SeededRandom(seed).Derive("origin").NextInt64((long)(last - first).TotalSeconds));
    }

    private T Add<T>(T node) where T : NetworkNode
    {
        _nodes.Add(node);
        return node;
    }
}
