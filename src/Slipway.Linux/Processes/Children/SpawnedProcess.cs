using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>A child of this process that <see cref="ProcessCommand.Start"/> started.</summary>
/// <remarks>
/// <para>Whoever started it decides when it is waited for; until then an ended child is a zombie, as Linux has it. A handle that is disposed or lost before that leaves none:
/// the child runs on, and is reaped when it ends. Methods may be called from any thread at once.</para>
/// <para>It stands on a descriptor of pidfd_open(2), so it never means another process that got the same id. Waits for any child (<see cref="Children.Wait"/>) can take its
/// end away from it: then its own waits fail with ECHILD. So does the kernel itself where SIGCHLD is ignored.</para>
/// </remarks>
public sealed class SpawnedProcess : ChildProcess, IDisposable
{
    private readonly ChildRecord _record;

    internal SpawnedProcess(ChildRecord record) => _record = record;

    /// <summary>Gives the child up where nobody has disposed of the handle.</summary>
    ~SpawnedProcess() => _record.Abandon();

    /// <inheritdoc/>
    public override int Id => _record.Id;

    /// <summary>Waits until it has ended, whatever signals come meanwhile. Every call gives the same.</summary>
    /// <returns>How it ended.</returns>
    /// <exception cref="LinuxCallException">ECHILD: its end was taken by another wait, or SIGCHLD is ignored.</exception>
    public WaitStatus WaitForExit()
    {
        while (true)
        {
            Errno error = Wait(WaitOptions.None, out ChildChange change);
            if (error == Errno.None) return change.Status;
            if (error != Errno.EINTR) throw new LinuxCallException(error, $"waitid({Id})");
        }
    }

    /// <summary>Waits until it has ended without blocking a thread. Every call gives the same.</summary>
    /// <param name="cancellationToken">Ends the wait, not the child.</param>
    /// <returns>How it ended.</returns>
    /// <exception cref="LinuxCallException">ECHILD: its end was taken by another wait, or SIGCHLD is ignored.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async ValueTask<WaitStatus> WaitForExitAsync(CancellationToken cancellationToken = default)
    {
        WaitStatus status = await _record.WaitForEndAsync(cancellationToken);
        GC.KeepAlive(this);
        return status;
    }

    /// <summary>Whether it has ended; where it has, it is reaped.</summary>
    /// <param name="status">How it ended.</param>
    /// <exception cref="LinuxCallException">ECHILD: its end was taken by another wait, or SIGCHLD is ignored.</exception>
    public bool TryWaitForExit(out WaitStatus status)
    {
        Errno error = Wait(WaitOptions.WNOHANG, out ChildChange change);
        if (error is not (Errno.None or Errno.EINTR)) throw new LinuxCallException(error, $"waitid({Id})");
        status = change.Status;
        return change.ProcessId != 0;
    }

    /// <summary>waitid(2) for this child in all its forms: stops and continuations, without blocking, or only looking.</summary>
    /// <param name="options">Which changes, and how.</param>
    /// <param name="change">What happened; process id 0 if <see cref="WaitOptions.WNOHANG"/> found nothing.</param>
    /// <returns>As <see cref="Children.Wait"/> says; but an end that this handle has seen is told again.</returns>
    public Errno Wait(WaitOptions options, out ChildChange change)
    {
        Errno error = _record.Wait(options, out change);
        GC.KeepAlive(this);
        return error;
    }

    /// <inheritdoc/>
    /// <exception cref="LinuxCallException">As <see cref="WaitForExit"/> says.</exception>
    public override int Wait() => WaitForExit().ShellCode;

    /// <summary>Sends it a signal (pidfd_send_signal(2)); <see cref="Signal.None"/> only asks. A zombie takes any.</summary>
    /// <returns>ESRCH: it is reaped; EPERM: it has become another user's; EINVAL: no such signal.</returns>
    public Errno Kill(Signal signal = Signal.SIGTERM)
    {
        Errno error = _record.Send(signal);
        GC.KeepAlive(this);
        return error;
    }

    /// <summary>Gives the child up: it runs on, and is reaped when it ends.</summary>
    public void Dispose()
    {
        _record.Abandon();
        GC.SuppressFinalize(this);
    }
}
