using System.Runtime.InteropServices;

namespace Slipway.Cli;

/// <summary>
/// While it lasts, SIGINT and SIGTERM cancel <see cref="Token"/> instead of ending the process, so that a command can clean up. A second signal ends the process as ever.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly PosixSignalRegistration _interrupt, _terminate;

    /// <summary>Begins to listen.</summary>
    /// <param name="outer">Cancels as well.</param>
    public Interruption(CancellationToken outer)
    {
        _source = CancellationTokenSource.CreateLinkedTokenSource(outer);
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Take);
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Take);
    }

    /// <summary>Cancelled by a signal or from outside.</summary>
    public CancellationToken Token => _source.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
        _source.Dispose();
    }

    private void Take(PosixSignalContext context)
    {
        context.Cancel = !_source.IsCancellationRequested;
        if (context.Cancel) _source.Cancel();
    }
}
