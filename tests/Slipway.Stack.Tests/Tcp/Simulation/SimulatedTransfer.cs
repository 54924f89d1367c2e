using Slipway.Sockets;
using Slipway.Stack;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>A connection between two hosts over a link, from the first SYN until nothing of it is left, as a plan has it.</summary>
internal sealed class SimulatedTransfer
{
    private const ushort ClientPort = 40_000, ServerPort = 7_000;

    /// <summary>Loop turns and simulated time beyond which a run does not come to its end any more.</summary>
    private const int MostTurns = 200_000;

    /// <summary>What tcp_retries2 of 15 stands for: no connection ends for want of answers before.</summary>
    private const double LeastTimeout = 924.6;

    private static readonly long LongestRun = StackClock.ToNanoseconds(TimeSpan.FromHours(1));

    private readonly SimulationPlan _plan;
    private readonly VirtualClock _clock = new();
    private readonly StackLoop _loop;
    private readonly StackHost _near, _far;
    private readonly PointToPointDevice _nearDevice, _farDevice;
    private readonly StackSocketSystem _client, _server;
    private readonly SimulatedEnd _clientEnd, _serverEnd;
    private readonly IpAddress _nearAddress, _farAddress;
    private readonly long _startedAt;
    private int _listener = -1;
    private bool _isConnected;
    private bool _mtuIsDue;
    private Silence _nearSilence, _farSilence;
    private int _turns;

    /// <param name="plan">What happens.</param>
    /// <param name="traces">Whether what passes the client's device is written down; it cuts long packets before the link does.</param>
    public SimulatedTransfer(SimulationPlan plan, bool traces = false)
    {
        _plan = plan;
        _loop = new StackLoop(_clock);
        var random = new SeededRandom(plan.Seed);
        _nearAddress = IpAddress.Parse(plan.IsIPv6 ? "fd00::1" : "10.0.0.1");
        _farAddress = IpAddress.Parse(plan.IsIPv6 ? "fd00::2" : "10.0.0.2");
        using (_loop.Enter())
        {
            _near = new StackHost(_loop, "near", random.Derive("near"));
            _far = new StackHost(_loop, "far", random.Derive("far"));
            _nearDevice = new PointToPointDevice(_loop, "ptp0", plan.Mtu);
            _farDevice = new PointToPointDevice(_loop, "ptp0", plan.Mtu);
            Link = new VirtualLink(_nearDevice, _farDevice, plan.Forth, random.Derive("link")) { Back = plan.Back };
            int length = plan.IsIPv6 ? 64 : 24;
            if (plan.WrapsAt >= 0) _clock.AdvanceTo(TimeOfWrap());
            if (traces) Trace = new SegmentTrace(_clock);
            _near.AddInterface(Trace is null ? _nearDevice : new CaptureDevice(_nearDevice, Trace)).AddAddress(IpPrefix.Parse($"{_nearAddress}/{length}"));
            _far.AddInterface(_farDevice).AddAddress(IpPrefix.Parse($"{_farAddress}/{length}"));
            plan.Near.Apply(_near);
            plan.Far.Apply(_far);
        }
        _client = new StackSocketSystem(_near, new TestProcess(_loop, _clock));
        _server = new StackSocketSystem(_far, new TestProcess(_loop, _clock, id: 200));
        _clientEnd = new SimulatedEnd(_client, _clock, plan.Request, plan.Reply);
        _serverEnd = new SimulatedEnd(_server, _clock, plan.Reply, plan.Request);
        _startedAt = _clock.Now;
    }

    public VirtualLink Link { get; }

    public SegmentTrace? Trace { get; }

    /// <summary>From the SYN until both programs had the other's end of stream.</summary>
    public TimeSpan Duration { get; private set; }

    public long Retransmitted => _near.Counters[TcpCounter.RetransSegs] + _far.Counters[TcpCounter.RetransSegs];

    public StackHost Near => _near;

    public StackHost Far => _far;

    /// <summary>Runs it to its end, and looks at what is left.</summary>
    /// <exception cref="SimulationException">It went wrong.</exception>
    public void Run()
    {
        Start();
        while (!IsOver && !HasTimedOut) Step();
        Duration = TimeSpan.FromTicks((_clock.Now - _startedAt) / 100);
        Close(_client, _clientEnd.Descriptor);
        Close(_server, _serverEnd.Descriptor);
        Close(_server, _listener);
        while (_loop.NextDeadline is { } next) Turn(next);
        CheckWhatIsLeft();
    }

    private bool IsOver => _clientEnd.IsDone && _serverEnd.IsDone;

    /// <summary>One end gave up. That is right where Linux would: the link let nothing through for long enough. What is left is checked all the same.</summary>
    private bool HasTimedOut
    {
        get
        {
            if (!_clientEnd.HasTimedOut && !_serverEnd.HasTimedOut) return false;
            bool isOfTheLink = _clientEnd.HasTimedOut
                ? _nearSilence.IsOfTheLink(Link.ForthCounters, Link.BackCounters)
                : _farSilence.IsOfTheLink(Link.BackCounters, Link.ForthCounters);
            double seconds = (_clock.Now - _startedAt) / 1e9;
            if (!isOfTheLink || seconds < LeastTimeout) throw new SimulationException($"ETIMEDOUT after {seconds} s: {Progress}");
            return true;
        }
    }

    private void Start()
    {
        _listener = Open(_server, _plan.Far, new InetAddress(_farAddress.ToString(), ServerPort));
        Check(_server.Listen(_listener, 8), "listen");
        _clientEnd.Descriptor = Open(_client, _plan.Near, new InetAddress(_nearAddress.ToString(), ClientPort));
        _mtuIsDue = _plan.MtuChangesAt is not null;
    }

    /// <summary>The programs do what they can; then the clock goes to what happens next.</summary>
    private void Step()
    {
        Connect();
        Accept();
        if (_isConnected) _clientEnd.Act();
        _serverEnd.Act();
        if (IsOver || HasTimedOut) return;
        long next = Math.Min(_loop.NextDeadline ?? long.MaxValue, Math.Min(_clientEnd.WakeAt, _serverEnd.WakeAt));
        long mtuAt = _mtuIsDue ? _startedAt + StackClock.ToNanoseconds(_plan.MtuChangesAt!.Value) : long.MaxValue;
        if (mtuAt <= next)
        {
            _mtuIsDue = false;
            _clock.AdvanceTo(Math.Max(mtuAt, _clock.Now));
            using (_loop.Enter()) _nearDevice.Mtu = Math.Max(_plan.Mtu * 2 / 3, 500);
            return;
        }
        if (next == long.MaxValue) throw new SimulationException($"nothing will happen any more: {Progress}");
        Turn(next);
    }

    private void Turn(long next)
    {
        if (++_turns > MostTurns) throw new SimulationException($"no end after {_turns} turns: {Progress}");
        if (next - _startedAt > LongestRun) throw new SimulationException($"no end after {LongestRun / StackClock.Second} s: {Progress}");
        _clock.AdvanceTo(Math.Max(next, _clock.Now));
        _loop.RunDue();
        _nearSilence.Observe(Link.ForthCounters, Link.BackCounters);
        _farSilence.Observe(Link.BackCounters, Link.ForthCounters);
    }

    private string Progress
        => $"request {_serverEnd.Received} of {_clientEnd.Sent} of {_plan.Request.Length}, reply {_clientEnd.Received} of {_serverEnd.Sent} of {_plan.Reply.Length}; {DescribeConnections(_near)}; {DescribeConnections(_far)}";

    private static string DescribeConnections(StackHost host)
        => string.Join(", ", host.Tcp.Connections.ToList().Select(static endpoint => endpoint is TcpConnection connection
            ? $"{connection.State} {connection.Sender.State} out {connection.Sender.PacketsOut} window {connection.Sender.Window.Window} peer's {connection.Sender.SndWnd} own {connection.Receiver.ReceiveWindow} timer {connection.Sender.Timer} timeouts {connection.Sender.Timeouts} mss {connection.Sender.Mss}"
            : endpoint.GetType().Name));

    private void Connect()
    {
        if (_isConnected) return;
        Span<byte> address = stackalloc byte[InetAddress.IPv6StructureLength];
        int length = new InetAddress(_farAddress.ToString(), ServerPort).Write(address);
        Errno error = _client.Connect(_clientEnd.Descriptor, address[..length]);
        if (error is Errno.EINPROGRESS or Errno.EALREADY) return;
        if (error is not (Errno.None or Errno.EISCONN)) throw new SimulationException($"connect: {error.Name()}");
        _isConnected = true;
    }

    private void Accept()
    {
        if (_serverEnd.Descriptor >= 0) return;
        int none = 0;
        CallResult accepted = _server.Accept(_listener, default, ref none, SocketType.NonBlocking);
        if (accepted.Error == Errno.EAGAIN) return;
        if (!accepted.Succeeded) throw new SimulationException($"accept: {accepted}");
        _serverEnd.Descriptor = accepted.Value;
    }

    private static int Open(StackSocketSystem system, SimulatedHost settings, InetAddress address)
    {
        CallResult opened = system.Socket(address.Family, SocketType.Stream | SocketType.NonBlocking, 0);
        Check(opened.Error, "socket");
        var socket = new Socket(system, opened.Value);
        settings.Apply(socket);
        socket.Bind(address);
        return socket.Detach();
    }

    private static void Close(StackSocketSystem system, int descriptor) => Check(system.Close(descriptor), "close");

    private static void Check(Errno error, string call)
    {
        if (error != Errno.None) throw new SimulationException($"{call}: {error.Name()}");
    }

    private void CheckWhatIsLeft()
    {
        foreach (StackHost host in (ReadOnlySpan<StackHost>)[_near, _far])
        {
            if (host.Tcp.Connections.Count > 0) throw new SimulationException($"{host.Name} still has {DescribeConnections(host)}");
            if (host.Tcp.TimeWaitCount != 0 || host.Tcp.OrphanCount != 0) throw new SimulationException($"{host.Name} counts {host.Tcp.TimeWaitCount} in TIME_WAIT, {host.Tcp.OrphanCount} orphans, and has none");
            if (host.Counters[TcpCounter.CurrEstab] != 0) throw new SimulationException($"{host.Name} counts {host.Counters[TcpCounter.CurrEstab]} established");
            // What was overtaken, came twice or was sent twice may find the connection gone.
            if (!_plan.Reorders && Retransmitted == 0 && host.Counters[TcpCounter.OutRsts] != 0) throw new SimulationException($"{host.Name} sent {host.Counters[TcpCounter.OutRsts]} resets");
        }
        if (_loop.Packets.Outstanding != 0) throw new SimulationException($"{_loop.Packets.Outstanding} packets leaked: {_loop.Packets.DescribeOutstanding()}");
        if (Link.InFlight != 0) throw new SimulationException($"{Link.InFlight} packets are still under way");
        if (!_plan.IsClean || _plan.HasSmallBuffer || _plan.MtuChangesAt is not null || Link.ForthCounters.Overflowed + Link.BackCounters.Overflowed > 0) return;
        long probes = _near.Counters[TcpExtCounter.TCPLossProbes] + _far.Counters[TcpExtCounter.TCPLossProbes];
        if (Retransmitted > probes) throw new SimulationException($"{Retransmitted} segments, of them {probes} probes, were sent again on a link that lost none; {Counts(_near)}; {Counts(_far)}");
    }

    private static string Counts(StackHost host)
        => host.Name + ": " + string.Join(" ", Enum.GetValues<TcpExtCounter>().Where(counter => host.Counters[counter] != 0).Select(counter => $"{counter} {host.Counters[counter]}"));

    /// <summary>The initial sequence number counts up with time: when is it so that the numbers wrap at the place that is wanted?</summary>
    private long TimeOfWrap()
    {
        TcpTuple ends = _plan.WrapsFar ? new(_farAddress, ServerPort, _nearAddress, ClientPort) : new(_nearAddress, ClientPort, _farAddress, ServerPort);
        uint first = (_plan.WrapsFar ? _far : _near).Tcp.Secrets.InitialSequence(ends, 0);
        return (long)(uint)(0u - first - (uint)_plan.WrapsAt) << 6;
    }
}
