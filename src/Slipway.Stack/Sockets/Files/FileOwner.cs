using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>Who is told by signal when I/O becomes possible: F_SETOWN, F_SETSIG and O_ASYNC of fcntl(2).</summary>
internal sealed class FileOwner
{
    private const int SiKernel = 128;

    private ProcessContext? _context;
    private int _userId;

    /// <summary>A process (positive), a group (negative), or 0.</summary>
    public int Target { get; private set; }

    /// <summary>Whether it was set as a group: F_GETOWN_EX says so even for 0.</summary>
    public int Type { get; private set; } = FileControl.F_OWNER_TID;

    /// <summary>What F_SETSIG set; 0 for SIGIO without details.</summary>
    public int Signal { get; set; }

    /// <summary>The descriptor by which O_ASYNC was switched on: si_fd.</summary>
    public int Descriptor { get; set; }

    /// <summary>What F_GETOWN reads: 0 once the process is gone.</summary>
    public int LiveTarget => Target != 0 && _context!.Exists(Target) ? Target : 0;

    public void Set(ProcessContext context, int target, int type)
    {
        _context = context;
        _userId = context.UserId;
        Target = target;
        Type = type;
    }

    /// <summary>Sends the signal for one event.</summary>
    /// <param name="code">POLL_IN 1, POLL_OUT 2, POLL_ERR 4, POLL_PRI 5, POLL_HUP 6 (sigaction(2)).</param>
    public void Notify(int code)
    {
        if (Target == 0 || _context is not { } context) return;
        if (Signal != 0)
        {
            var details = new SignalInfo((Signal)Signal, code, Descriptor, Band(code), 0);
            if (context.Deliver(Target, details, _userId)) return;
        }
        context.Deliver(Target, new SignalInfo(Sockets.Signal.SIGIO, SiKernel, 0, PollEvents.None, 0), _userId);
    }

    /// <summary>An urgent byte was announced: SIGURG, without O_ASYNC and whatever F_SETSIG says (send_sigurg).</summary>
    public void NotifyUrgent()
    {
        if (Target != 0 && _context is { } context) context.Deliver(Target, new SignalInfo(Sockets.Signal.SIGURG, SiKernel, 0, PollEvents.None, 0), _userId);
    }

    /// <summary>The poll events that go with a code (Linux band_table).</summary>
    private static PollEvents Band(int code) => code switch
    {
        1 => PollEvents.POLLIN | PollEvents.POLLRDNORM,
        2 => PollEvents.POLLOUT | PollEvents.POLLWRNORM | PollEvents.POLLWRBAND,
        4 => PollEvents.POLLERR,
        5 => PollEvents.POLLPRI | PollEvents.POLLRDBAND,
        _ => PollEvents.POLLHUP | PollEvents.POLLERR,
    };
}
