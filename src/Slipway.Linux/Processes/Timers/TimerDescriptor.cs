using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>A timer of the kernel's monotonic clock that can be read, polled and waited for like a file (timerfd_create(2)): no signal is needed.</summary>
public sealed unsafe class TimerDescriptor : IDisposable
{
    private const int Monotonic = 1; // CLOCK_MONOTONIC

    /// <summary>Makes a timer that does not run yet.</summary>
    /// <param name="nonBlocking">Whether reads of a timer that has not run out fail with EAGAIN instead of waiting.</param>
    /// <exception cref="LinuxCallException">EMFILE, ENFILE, ENOMEM.</exception>
    public TimerDescriptor(bool nonBlocking = false)
    {
        OpenFlags flags = OpenFlags.O_CLOEXEC | (nonBlocking ? OpenFlags.O_NONBLOCK : 0);
        nint number = Libc.SystemCall(SystemCalls.TimerDescriptor, Monotonic, (nint)flags, 0, 0, 0, 0);
        Descriptor = number >= 0 ? FileDescriptor.Adopt((int)number) : throw new LinuxCallException(Libc.LastError, "timerfd_create()");
    }

    /// <summary>The descriptor: readable when the timer has run out.</summary>
    public FileDescriptor Descriptor { get; }

    /// <summary>How it stands.</summary>
    public TimerSetting Setting
    {
        get
        {
            Errno error = TimerSetting.Get(SystemCalls.TimerDescriptorGet, Descriptor.Number, out TimerSetting now);
            return error == Errno.None ? now : throw new LinuxCallException(error, "timerfd_gettime()");
        }
    }

    /// <summary>Sets it.</summary>
    /// <returns>How it stood before.</returns>
    public TimerSetting Set(TimerSetting setting)
    {
        Errno error = TimerSetting.Set(SystemCalls.TimerDescriptorSet, Descriptor.Number, 0, setting, out TimerSetting before);
        return error == Errno.None ? before : throw new LinuxCallException(error, "timerfd_settime()");
    }

    /// <summary>Waits until it has run out.</summary>
    /// <returns>How often since the last read.</returns>
    /// <exception cref="LinuxCallException">EAGAIN: not yet, and it is non-blocking; EINTR.</exception>
    public long Read()
    {
        long times = 0;
        _ = Descriptor.Read(new Span<byte>(&times, sizeof(long)));
        return times;
    }

    /// <summary>Closes it.</summary>
    public void Dispose() => Descriptor.Dispose();
}
