using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>A wait of the calling thread with another signal mask. Its end takes the old mask back.</summary>
internal readonly ref struct MaskedWait
{
    private readonly LinuxThread _thread;
    private readonly bool _adopted;
    private readonly SignalMask _before;
    private readonly SignalSet _held;

    public MaskedWait(LinuxThread thread, bool adopted, SignalMask before, SignalMask open, SignalSet held, bool handled)
        => (_thread, _adopted, _before, Open, _held, Handled) = (thread, adopted, before, open, held, handled);

    /// <summary>The thread's own mask for the call that waits: it lets the signals through that end a blocked call, which are held until then.</summary>
    public SignalMask Open { get; }

    /// <summary>A handler has run for a signal that was pending: the call ends with EINTR.</summary>
    public bool Handled { get; }

    public void Dispose()
    {
        _thread.EndMaskedWait(_before, _held);
        if (_adopted) _thread.Dispose();
    }
}
