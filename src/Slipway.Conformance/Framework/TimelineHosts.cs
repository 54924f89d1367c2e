using System.Globalization;
using Slipway.Lab;
using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>
/// Two hosts on a wire that delays each packet, notes it, and can fail: for rows that state when something happens. In simulated time all times are exact; on the machine they have a slack.
/// </summary>
public abstract class TimelineHosts
{
    /// <summary>The addresses of both hosts, and of the router on the wire.</summary>
    public const string NearAddress = "10.9.0.1", FarAddress = "10.9.1.1", RouterAddress = "10.9.0.254";

    private TimeSpan _roundTrip;
    private TimeSpan _zero;
    private int _first, _last = int.MaxValue;

    /// <summary>The host whose view the rows take, mostly the client's.</summary>
    public abstract HostProcess Near { get; }

    /// <summary>The other host.</summary>
    public abstract HostProcess Far { get; }

    /// <summary>How much later than stated something may happen.</summary>
    public abstract TimeSpan Slack { get; }

    /// <summary>Time from a packet's sending to the arrival of its answer, R in the rows. Packets that are on their way keep theirs.</summary>
    public TimeSpan RoundTrip
    {
        get => _roundTrip;
        set
        {
            _roundTrip = value;
            SetDelay(value / 2);
        }
    }

    /// <summary>Milliseconds since <see cref="Begin"/>.</summary>
    public double Now => (Clock - _zero).TotalMilliseconds;

    /// <summary>The wire's own clock, that of the diagram's events.</summary>
    protected abstract TimeSpan Clock { get; }

    /// <summary>What passed on the wire until now.</summary>
    protected abstract IReadOnlyList<SequenceEvent> Packets { get; }

    /// <summary>Changes what becomes of packets that reach the wire from now on.</summary>
    /// <param name="state">The state.</param>
    /// <param name="code">The code of the ICMP message (RFC 792) for <see cref="WireState.Unreachable"/>; 1 is host unreachable.</param>
    public abstract void SetWire(WireState state, int code = 1);

    /// <summary>Sets a sysctl of the near host.</summary>
    public void SetNear(string path, string value) => Expect.True(Near.Files.WriteText("/proc/sys/net/" + path, value));

    /// <summary>Time zero: what was sent before does not count.</summary>
    public void Begin() => (_zero, _first, _last) = (Clock, Packets.Count, int.MaxValue);

    /// <summary>What is sent from now on does not count, until the next beginning.</summary>
    public void Freeze() => _last = Packets.Count;

    /// <summary>Sleeps until so many milliseconds after time zero.</summary>
    /// <param name="milliseconds">When.</param>
    /// <param name="on">Whose thread sleeps; the near host's without it.</param>
    public void SleepUntil(double milliseconds, HostProcess? on = null)
    {
        TimeSpan left = _zero + TimeSpan.FromMilliseconds(milliseconds) - Clock;
        if (left > TimeSpan.Zero) (on ?? Near).Sleep(left);
    }

    /// <summary>A connection from the near host to the far one. Time zero is when all is quiet again.</summary>
    /// <param name="near">Done to the near socket before it connects.</param>
    /// <param name="far">Done to the listener before it is bound.</param>
    public StreamPair Connect(Action<Socket>? near = null, Action<Socket>? far = null)
    {
        using Socket listener = Far.Tcp();
        far?.Invoke(listener);
        listener.Bind(new InetAddress(FarAddress, 0));
        listener.Listen();
        Socket client = Near.Tcp();
        near?.Invoke(client);
        client.Connect(listener.LocalAddress);
        Socket server = listener.Accept();
        Near.Sleep(RoundTrip + TimeSpan.FromMilliseconds(300));
        Begin();
        return new StreamPair(client, server);
    }

    /// <summary>It is now so many milliseconds after time zero.</summary>
    public void ExpectNow(double milliseconds) => ExpectTime(milliseconds, Now, "now");

    /// <summary>A time is what was stated, or not much later; on the machine, whose timers are coarse, also a little earlier.</summary>
    public void ExpectTime(double expected, double actual, string what)
    {
        bool isExact = Slack == TimeSpan.Zero;
        double coarse = isExact ? 0 : 5 + Math.Abs(expected) / 20;
        if (isExact ? Math.Abs(actual - expected) > 1e-6 : actual < expected - coarse || actual > expected + Slack.TotalMilliseconds + coarse)
            throw new ExpectationException(string.Create(CultureInfo.InvariantCulture, $"{what}: {actual} ms, expected {expected} ms\n{Trace()}"));
    }

    /// <summary>The segments that one host has sent since time zero.</summary>
    public IReadOnlyList<TimelineSegment> SentBy(HostProcess host) => [.. Segments().Where(segment => segment.IsFromNear == (host == Near))];

    /// <summary>The segments with data that one host has sent since time zero.</summary>
    public IReadOnlyList<TimelineSegment> DataSentBy(HostProcess host) => [.. SentBy(host).Where(static segment => segment.Tcp.Length > 0)];

    /// <summary>The host has sent exactly these data segments, by their times and lengths.</summary>
    public void ExpectData(HostProcess from, params (double At, int Length)[] expected) => ExpectSegments(DataSentBy(from), expected);

    /// <summary>The host has sent exactly these segments, with data and without.</summary>
    public void ExpectSegments(HostProcess from, params (double At, int Length)[] expected) => ExpectSegments(SentBy(from), expected);

    /// <summary>All that passed since time zero, a line a packet: for messages, and where a row gives a whole trace.</summary>
    public string Trace() => string.Join('\n', Counted().Select(packet
        => string.Create(CultureInfo.InvariantCulture, $"{(packet.Sent - _zero).TotalMilliseconds:0.###} {(packet.IsForth ? "near" : "far")} {packet.Text}")));

    /// <summary>Changes the delay.</summary>
    protected abstract void SetDelay(TimeSpan oneWay);

    private IEnumerable<SequenceEvent> Counted() => Packets.Take(_last).Skip(_first);

    private IEnumerable<TimelineSegment> Segments()
    {
        foreach (SequenceEvent packet in Counted())
            if (packet.Segment is { } tcp)
                yield return new TimelineSegment(packet.IsForth, (packet.Sent - _zero).TotalMilliseconds, tcp);
    }

    private void ExpectSegments(IReadOnlyList<TimelineSegment> sent, (double At, int Length)[] expected)
    {
        bool same = sent.Count == expected.Length && sent.Zip(expected).All(static pair => pair.First.Tcp.Length == pair.Second.Length);
        if (!same) throw new ExpectationException($"{sent.Count} segments, expected {string.Join(", ", expected.Select(static e => $"{e.Length} bytes at {e.At}"))}\n{Trace()}");
        for (int i = 0; i < expected.Length; i++) ExpectTime(expected[i].At, sent[i].At, $"segment {i + 1}");
    }
}
