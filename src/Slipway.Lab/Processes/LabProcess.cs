using System.Diagnostics.CodeAnalysis;
using Slipway.Sockets;
using Slipway.Stack;

namespace Slipway.Lab;

/// <summary>
/// A program that runs on a host of a <see cref="VirtualNetwork"/>: a pid, a group, a descriptor table, signals, an environment, output that is kept. Its threads run in the order that
/// the lab decides, one at a time among all processes of the network.
/// </summary>
/// <remarks>
/// What the program does runs inside of a Run method of the network. From outside, between runs, its output, state and result can be read.
/// Users and stopping: a process runs as root unless <see cref="StartOptions.UserId"/> says otherwise. SIGTERM and SIGINT without a handler end it at once, except if it has
/// read <see cref="Stopping"/>: then that token is cancelled, a blocked call returns EINTR, and the process ends itself; the second signal ends it in any case.
/// </remarks>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "The token source has no timer and no wait handle; the process ends with its network.")]
public sealed partial class LabProcess : HostProcess
{
    private readonly List<VirtualThread> _threads = [];
    private readonly LabProcess? _parent;
    private readonly string[] _arguments;
    private readonly Dictionary<string, string> _environment;
    private readonly ProcessWriter _out, _error;
    private readonly LabSignalControl _signals;
    private VirtualThread? _main;
    private RandomSource? _random;
    private int _group;

    internal LabProcess(Host host, string name, int id, LabProcess? parent, StartOptions options)
    {
        Host = host;
        Name = name;
        Id = id;
        _parent = parent;
        _group = parent?.ProcessGroup ?? id;
        UserId = options.UserId;
        GroupId = options.GroupId ?? options.UserId;
        SignalQueueLimit = options.SignalQueueLimit;
        DescriptorLimit = options.DescriptorLimit;
        _arguments = [.. options.Arguments];
        _environment = new Dictionary<string, string>(options.Environment, StringComparer.Ordinal);
        SignalTable = parent is null ? new SignalTable() : new SignalTable(parent.SignalTable);
        _signals = new LabSignalControl(this);
        Work = new ProcessWork(this);
        SynchronizationContext = new LabSynchronizationContext(this);
        Scheduler = new LabTaskScheduler(this);
        Time = new LabTime(Network.Scheduler, this);
        Context = new LabProcessContext(this);
        _alarm = new StackTimer<LabProcess>(Network.Loop, static process => process.AlarmExpired(), this);
        _out = new ProcessWriter(this, isError: false);
        _error = new ProcessWriter(this, isError: true);
        Sockets = parent is null ? host.OpenSystem(this) : Host.ForkSystem(parent.Sockets, Context);
    }

    /// <summary>The host that it runs on.</summary>
    public Host Host { get; }

    /// <summary>The network of the host.</summary>
    public VirtualNetwork Network => Host.Network;

    /// <summary>The name that it was started by.</summary>
    public string Name { get; }

    /// <summary>Host and name, as reports give it: <c>server/echo</c>.</summary>
    public string FullName => $"{Host.Name}/{Name}";

    /// <summary>The user that it runs as; 0 is root.</summary>
    public int UserId { get; private set; }

    /// <summary>The group that it runs as.</summary>
    public int GroupId { get; }

    /// <summary>Runs tasks on this process's virtual thread, for <see cref="TaskFactory"/>: Task.Run would use the machine's thread pool, which the lab cannot order.</summary>
    public TaskScheduler Scheduler { get; }

    /// <inheritdoc/>
    /// <remarks>A stream of its own from the network's seed: what one process draws does not change what another gets.</remarks>
    public override uint NextRandom() => (_random ??= Network.Random.Derive($"process/{FullName}/{Id}")).NextUInt32();

    /// <summary>All that the process has written to standard output so far.</summary>
    public string Output => _out.Text;

    /// <summary>All that the process has written to standard error so far.</summary>
    public string ErrorOutput => _error.Text;

    /// <inheritdoc/>
    public override SocketSystem Sockets { get; }

    /// <inheritdoc/>
    public override HostFiles Files => Host.Files;

    /// <inheritdoc/>
    public override string HostName => Host.Name;

    /// <inheritdoc/>
    public override string ProgramName => Name;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Arguments => _arguments;

    /// <inheritdoc/>
    public override IDictionary<string, string> Environment => _environment;

    /// <inheritdoc/>
    public override TextWriter Out => _out;

    /// <inheritdoc/>
    public override TextWriter Error => _error;

    /// <inheritdoc/>
    public override TimeProvider Time { get; }

    /// <inheritdoc/>
    public override int Id { get; }

    /// <inheritdoc/>
    /// <remarks>0 for a process that the lab started. A child whose parent has ended becomes a child of the lab.</remarks>
    public override int ParentId => _parent is { HasEnded: false } parent ? parent.Id : 0;

    /// <inheritdoc/>
    public override int ProcessGroup => Volatile.Read(ref _group);

    /// <inheritdoc/>
    public override SignalControl Signals => _signals;

    /// <summary>RLIMIT_NOFILE: new descriptors are below this number.</summary>
    public int DescriptorLimit { get; private set; }

    /// <summary>RLIMIT_SIGPENDING.</summary>
    internal int SignalQueueLimit { get; }

    internal LabProcessContext Context { get; }

    internal ProcessWork Work { get; }

    internal SignalTable SignalTable { get; }

    internal LabSynchronizationContext SynchronizationContext { get; }

    private LabScheduler LabScheduler => Network.Scheduler;

    /// <inheritdoc/>
    /// <returns>ESRCH never; EINVAL for a negative group; EPERM for a group that no process of the host is in.</returns>
    public override Errno SetProcessGroup(int group)
    {
        if (group < 0) return Errno.EINVAL;
        using (Network.Loop.Enter())
        {
            if (group != 0 && group != Id && !Host.Processes.Exists(-group)) return Errno.EPERM;
            Volatile.Write(ref _group, group == 0 ? Id : group);
            return Errno.None;
        }
    }

    /// <summary>Host, name and pid.</summary>
    public override string ToString() => $"{FullName} (pid {Id})";

    /// <summary>Queues the main thread, now or at a time of the network. Owner of the loop.</summary>
    internal void Begin(Action<LabProcess> body, TimeSpan startTime)
    {
        _main = CreateThread("main", () => RunMain(body), isHelper: false);
        long start = StackClock.ToNanoseconds(startTime);
        if (start <= Network.Loop.Now) _main.Resume();
        else _main.SleepTimer.Arm(start);
    }

    /// <summary>Runs an async program on the main thread.</summary>
    internal void RunAsync(Func<HostProcess, Task> program)
    {
        Task<Task> begun = new(() => program(this), CancellationToken.None, TaskCreationOptions.DenyChildAttach);
        begun.RunSynchronously(Scheduler);
        Task task = begun.GetAwaiter().GetResult();
        if (!task.IsCompleted) Work.RunUntil(task);
        task.GetAwaiter().GetResult();
    }

    private void RunMain(Action<LabProcess> body)
    {
        CheckSignals(_main!);
        try
        {
            body(this);
        }
        catch (OperationCanceledException) when (_stopSignal != Signal.None)
        {
            End(128 + (int)_stopSignal, _stopSignal);
            return;
        }
        CheckSignals(_main!);
        End(ExitCode, Signal.None);
    }
}
