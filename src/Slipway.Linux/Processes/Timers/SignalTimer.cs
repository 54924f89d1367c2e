using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>A timer of the kernel's monotonic clock that sends a signal with a value when it runs out (timer_create(2)). A process may have many.</summary>
/// <remarks>While its signal waits to be taken no second is queued; how often it ran out meanwhile is <see cref="SignalInfo.Overrun"/>. It ends with the process, by exec too.</remarks>
public sealed unsafe class SignalTimer : IDisposable
{
    private const int Monotonic = 1; // CLOCK_MONOTONIC

    private readonly int _id;
    private bool _deleted;

    /// <summary>Makes a timer that does not run yet.</summary>
    /// <param name="signal">What it sends.</param>
    /// <param name="value">What <see cref="SignalInfo.Value"/> is to be.</param>
    /// <exception cref="LinuxCallException">EINVAL: no such signal; EAGAIN: the limit of queued signals.</exception>
    public SignalTimer(Signal signal, int value = 0)
    {
        // struct sigevent has 64 bytes: sigev_value at 0, sigev_signo at 8, sigev_notify at 12, of which 0 is SIGEV_SIGNAL.
        byte* request = stackalloc byte[64];
        new Span<byte>(request, 64).Clear();
        *(int*)request = value;
        *(int*)(request + 8) = (int)signal;
        int id;
        if (Libc.SystemCall(SystemCalls.TimerCreate, Monotonic, (nint)request, (nint)(&id), 0, 0, 0) < 0) throw new LinuxCallException(Libc.LastError, $"timer_create({signal})");
        _id = id;
    }

    /// <summary>How it stands.</summary>
    public TimerSetting Setting
    {
        get
        {
            ObjectDisposedException.ThrowIf(_deleted, this);
            Errno error = TimerSetting.Get(SystemCalls.TimerGet, _id, out TimerSetting now);
            return error == Errno.None ? now : throw new LinuxCallException(error, "timer_gettime()");
        }
    }

    /// <summary>Sets it.</summary>
    /// <returns>How it stood before.</returns>
    public TimerSetting Set(TimerSetting setting)
    {
        ObjectDisposedException.ThrowIf(_deleted, this);
        Errno error = TimerSetting.Set(SystemCalls.TimerSet, _id, 0, setting, out TimerSetting before);
        return error == Errno.None ? before : throw new LinuxCallException(error, "timer_settime()");
    }

    /// <summary>Deletes it. A signal that it has sent already stays.</summary>
    public void Dispose()
    {
        if (!Interlocked.Exchange(ref _deleted, true)) _ = Libc.SystemCall(SystemCalls.TimerDelete, _id, 0, 0, 0, 0, 0);
    }
}
