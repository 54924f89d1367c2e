using System.Runtime.InteropServices;

namespace Slipway.Linux;

/// <summary>What signals mean to a daemon: SIGHUP asks it to read its settings again, SIGTERM and SIGINT to end in order. Works in any process.</summary>
public sealed class DaemonSignals : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly PosixSignalRegistration[] _registrations;

    /// <summary>Takes the three signals from now on.</summary>
    /// <param name="reload">Runs for each SIGHUP, one run at a time, on a thread of the runtime. SIGHUPs that come while it runs are one more run.</param>
    public DaemonSignals(Action reload)
    {
        ArgumentNullException.ThrowIfNull(reload);
        int wanted = 0;
        void Reload(PosixSignalContext context)
        {
            context.Cancel = true;
            if (Interlocked.Increment(ref wanted) > 1) return; // whoever runs now looks again
            for (int done = 1; done > 0;)
            {
                done = Volatile.Read(ref wanted);
                reload();
                done = Interlocked.Add(ref wanted, -done);
            }
        }
        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            _stopping.Cancel();
        }
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, Reload),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop),
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop),
        ];
    }

    /// <summary>Cancelled by the first SIGTERM or SIGINT.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>Waits until the daemon is to end.</summary>
    public void WaitForStop() => _stopping.Token.WaitHandle.WaitOne();

    /// <summary>Gives the signals their default action back.</summary>
    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations) registration.Dispose();
        _stopping.Dispose();
    }
}
