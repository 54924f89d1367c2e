using System.Collections;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>This operating-system process, or a part of it, as a program sees it.</summary>
/// <remarks>
/// Signals, process ids and the process group are those of the operating-system process: several <see cref="LinuxProcess"/> objects in it share them. Full signal
/// handling needs a process that was started with signals blocked (<see cref="IsolatedProcess"/>); see <see cref="LinuxSignals"/>.
/// </remarks>
public sealed partial class LinuxProcess : HostProcess, IDisposable
{
    private readonly LinuxProcessOptions _options;
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<PosixSignalRegistration> _stopSignals = [];

    /// <summary>A process with these options.</summary>
    public LinuxProcess(LinuxProcessOptions? options = null)
    {
        _options = options ?? new LinuxProcessOptions();
        foreach (DictionaryEntry variable in System.Environment.GetEnvironmentVariables())
            Environment[(string)variable.Key] = (string?)variable.Value ?? "";
        LinuxSignals.Start();
        if (!_options.StopsOnSignals) return;
        _stopSignals.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop));
        _stopSignals.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop));
    }

    /// <inheritdoc/>
    public override SocketSystem Sockets => _options.Sockets;

    /// <inheritdoc/>
    public override HostFiles Files => _options.Files;

    /// <inheritdoc/>
    public override string HostName => _options.HostName ?? System.Environment.MachineName;

    /// <inheritdoc/>
    public override string ProgramName => _options.ProgramName ?? System.Environment.ProcessPath ?? "slipway";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Arguments => _options.Arguments;

    /// <inheritdoc/>
    public override IDictionary<string, string> Environment { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <inheritdoc/>
    public override TextWriter Out => _options.Out ?? Console.Out;

    /// <inheritdoc/>
    public override TextWriter Error => _options.Error ?? Console.Error;

    /// <inheritdoc/>
    public override TimeProvider Time => TimeProvider.System;

    /// <inheritdoc/>
    public override int Id => System.Environment.ProcessId;

    /// <inheritdoc/>
    public override int ParentId => Libc.GetParentId();

    /// <inheritdoc/>
    public override int ProcessGroup => Libc.GetProcessGroup();

    /// <inheritdoc/>
    public override SignalControl Signals => LinuxSignals.Instance;

    /// <inheritdoc/>
    public override CancellationToken Stopping => _stopping.Token;

    /// <inheritdoc/>
    /// <remarks>From the kernel's cryptographic source.</remarks>
    public override uint NextRandom()
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        RandomNumberGenerator.Fill(bytes);
        return MemoryMarshal.Read<uint>(bytes);
    }

    /// <inheritdoc/>
    public override Errno SetProcessGroup(int group) => Libc.Status(Libc.SetProcessGroup(0, group));

    /// <inheritdoc/>
    public override unsafe TimeSpan Sleep(TimeSpan duration)
    {
        if (duration <= TimeSpan.Zero) return TimeSpan.Zero;
        TimeSpecification wanted, left = default;
        wanted.Seconds = duration.Ticks / TimeSpan.TicksPerSecond;
        wanted.Nanoseconds = duration.Ticks % TimeSpan.TicksPerSecond * 100;
        if (Libc.NanoSleep(&wanted, &left) == 0) return TimeSpan.Zero;
        return TimeSpan.FromTicks(left.Seconds * TimeSpan.TicksPerSecond + left.Nanoseconds / 100);
    }

    /// <inheritdoc/>
    /// <remarks>The process's own alarm(2). Where SIGALRM cannot be handled (see <see cref="LinuxSignals"/>) it ends the process, as its default says.</remarks>
    public override int Alarm(int seconds)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(seconds);
        return (int)Libc.Alarm((uint)seconds);
    }

    /// <inheritdoc/>
    public override ProcessThread StartThread(string name, Action body)
    {
        ArgumentNullException.ThrowIfNull(body);
        return LinuxThread.Start(name, body);
    }

    /// <inheritdoc/>
    public override ChildProcess StartChild(string name, Action<HostProcess> body)
        => throw new NotSupportedException("a function cannot run in a child of the machine's kernel: .NET cannot fork");

    /// <summary>Runs a program on the calling thread, which counts as the process's first while it lasts.</summary>
    /// <returns>The status that the program set, 0 unless it did.</returns>
    public int Run(Action<HostProcess> program)
    {
        ArgumentNullException.ThrowIfNull(program);
        using (LinuxThread.Adopt()) program(this);
        return ExitCode;
    }

    /// <summary>Runs an asynchronous program.</summary>
    /// <returns>The status that the program set, 0 unless it did.</returns>
    public async Task<int> RunAsync(Func<HostProcess, Task> program)
    {
        ArgumentNullException.ThrowIfNull(program);
        await program(this);
        return ExitCode;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _stopSignals) registration.Dispose();
        _stopping.Dispose();
    }

    private void Stop(PosixSignalContext context)
    {
        context.Cancel = true;
        if (!LinuxSignals.IsHandled(context.Signal == PosixSignal.SIGINT ? Signal.SIGINT : Signal.SIGTERM)) _stopping.Cancel();
    }
}
