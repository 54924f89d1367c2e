using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>A host's process with arguments, files and output of its own: in it a sample program runs as it would from a command line.</summary>
/// <param name="host">The process that it really is.</param>
/// <param name="name">argv[0].</param>
/// <param name="arguments">The arguments.</param>
public sealed class ScenarioProcess(HostProcess host, string name, params string[] arguments) : HostProcess
{
    /// <summary>What the program has printed.</summary>
    public string Output => Out.ToString()!;

    /// <summary>What the program has complained about.</summary>
    public string Complaints => Error.ToString()!;

    /// <summary>The files that the program's host has.</summary>
    public ScenarioFiles HostFiles { get; init; } = ScenarioFiles.Usual();

    /// <summary>Whether <see cref="Sleep"/> only notes how long it should last, so that a program's patience costs nothing.</summary>
    public bool CountsSleeps { get; init; }

    /// <summary>What the program would have slept.</summary>
    public List<TimeSpan> Sleeps { get; } = [];

    /// <summary>Called after each sleep that was only noted.</summary>
    public Action? Slept { get; set; }

    /// <inheritdoc/>
    public override SocketSystem Sockets => host.Sockets;

    /// <inheritdoc/>
    public override HostFiles Files => HostFiles;

    /// <inheritdoc/>
    public override string HostName => "me";

    /// <inheritdoc/>
    public override string ProgramName => name;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Arguments => arguments;

    /// <inheritdoc/>
    public override IDictionary<string, string> Environment => host.Environment;

    /// <inheritdoc/>
    public override TextWriter Out { get; } = new StringWriter();

    /// <inheritdoc/>
    public override TextWriter Error { get; } = new StringWriter();

    /// <inheritdoc/>
    public override TimeProvider Time => host.Time;

    /// <inheritdoc/>
    public override int Id => host.Id;

    /// <inheritdoc/>
    public override int ParentId => host.ParentId;

    /// <inheritdoc/>
    public override int ProcessGroup => host.ProcessGroup;

    /// <inheritdoc/>
    public override SignalControl Signals => host.Signals;

    /// <inheritdoc/>
    public override CancellationToken Stopping => host.Stopping;

    /// <inheritdoc/>
    public override uint NextRandom() => host.NextRandom();

    /// <inheritdoc/>
    public override Errno SetProcessGroup(int group) => host.SetProcessGroup(group);

    /// <inheritdoc/>
    public override TimeSpan Sleep(TimeSpan duration)
    {
        if (!CountsSleeps) return host.Sleep(duration);
        Sleeps.Add(duration);
        Slept?.Invoke();
        return TimeSpan.Zero;
    }

    /// <inheritdoc/>
    public override int Alarm(int seconds) => host.Alarm(seconds);

    /// <inheritdoc/>
    public override ProcessThread StartThread(string name, Action body) => host.StartThread(name, body);

    /// <inheritdoc/>
    public override ChildProcess StartChild(string name, Action<HostProcess> body) => host.StartChild(name, body);
}
