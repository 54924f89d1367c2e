using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>
/// The socket calls of one process on a virtual host: Linux's behaviour over a stack of our own. Each call enters the host's loop, works to completion and leaves; a call that
/// must wait does so outside, by the process's <see cref="Blocker"/>.
/// </summary>
/// <remarks>Descriptors 0, 1 and 2 are open from the start and refer to a device like /dev/null, so a new process's first socket is 3. Safe for use from several threads.</remarks>
public sealed partial class StackSocketSystem : SocketSystem
{
    private readonly StackLoop _loop;
    private readonly StackHost _host;
    private readonly ProcessContext _context;
    private readonly DescriptorTable _table = new();
    private readonly Caller _caller;
    private BlockedCall? _freeCalls;

    /// <summary>Makes the system of a new process, which has the three standard descriptors open.</summary>
    /// <param name="host">The host that the process runs on.</param>
    /// <param name="context">The process.</param>
    /// <param name="output">Where descriptor 1 writes to; null drops it.</param>
    /// <param name="error">Where descriptor 2 writes to; null drops it.</param>
    public StackSocketSystem(StackHost host, ProcessContext context, Stream? output = null, Stream? error = null)
        : this(host, context)
    {
        _table.Set(0, new NullFile(null), false);
        _table.Set(1, new NullFile(output), false);
        _table.Set(2, new NullFile(error), false);
    }

    private StackSocketSystem(StackHost host, ProcessContext context)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(context);
        _host = host;
        _loop = host.Loop;
        _context = context;
        _caller = new Caller(context, _table, new LocalView(host.Unix.Tree.Root));
    }

    /// <summary>The host that the process runs on.</summary>
    public StackHost Host => _host;

    /// <summary>The process.</summary>
    public ProcessContext Context => _context;

    /// <summary>fork(2): the system of a child, with a copy of the table, in the same working directory. Both refer to the same open sockets.</summary>
    public StackSocketSystem Fork(ProcessContext child)
    {
        var system = new StackSocketSystem(_host, child);
        using (_loop.Enter())
        {
            _table.CopyTo(system._table);
            _caller.View.CopyTo(system._caller.View);
        }
        return system;
    }

    /// <summary>exec(2): closes the descriptors that have FD_CLOEXEC, and unmaps all memory.</summary>
    public void CloseOnExec()
    {
        using (_loop.Enter())
        {
            _table.Close(onlyCloseOnExec: true);
            UnmapAll();
        }
    }

    /// <summary>exit(2): closes all descriptors, and unmaps all memory.</summary>
    public void CloseAll()
    {
        using (_loop.Enter())
        {
            _table.Close(onlyCloseOnExec: false);
            UnmapAll();
        }
    }

    private Errno Find(int descriptor, out OpenSocket socket)
    {
        if (_table.TryGet(descriptor, out OpenFile? file) && file is OpenSocket found)
        {
            socket = found;
            return Errno.None;
        }
        socket = null!;
        return file is null ? Errno.EBADF : Errno.ENOTSOCK;
    }

    private BlockedCall BeginWait(OpenFile file, PollEvents events, long timeout)
    {
        BlockedCall call = RentCall();
        call.Begin(DeadlineAfter(timeout));
        call.Watch(file, events);
        return call;
    }

    private BlockedCall RentCall()
    {
        BlockedCall call = _freeCalls ?? new BlockedCall(_loop, _context.Blocker);
        _freeCalls = call.NextFree;
        call.NextFree = null;
        return call;
    }

    /// <summary>Blocks. A process that is killed meanwhile unwinds from here, and must leave nothing behind that keeps its sockets open.</summary>
    private void Wait(BlockedCall call, string name)
    {
        call.Name = name;
        try
        {
            _context.Blocker.Block(call);
        }
        catch
        {
            using (_loop.Enter()) EndWait(call);
            throw;
        }
    }

    private void EndWait(BlockedCall call)
    {
        call.End();
        call.NextFree = _freeCalls;
        _freeCalls = call;
    }

    private long DeadlineAfter(long timeout)
    {
        if (timeout == OpenSocket.Forever) return long.MaxValue;
        long now = _loop.Now;
        return timeout > long.MaxValue - 1 - now ? long.MaxValue : now + timeout;
    }

    /// <summary>A woken call found again that it must wait: whether it goes on waiting, or else with which error it ends.</summary>
    /// <param name="call">The call.</param>
    /// <param name="mayRestart">Whether SA_RESTART lets it go on; not with a timeout (signal(7)).</param>
    /// <param name="expired">The error at the end of the time.</param>
    /// <param name="error">The error with which it ends.</param>
    private static bool KeepWaiting(BlockedCall call, bool mayRestart, Errno expired, out Errno error)
    {
        error = call.Reason switch
        {
            WakeReason.TimedOut => expired,
            WakeReason.Interrupted => Errno.EINTR,
            WakeReason.InterruptedRestart when !mayRestart => Errno.EINTR,
            _ => Errno.None,
        };
        if (error != Errno.None) return false;
        call.Again();
        return true;
    }
}
