using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Stack;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>
/// A connection from 10.0.0.1 to 10.0.0.2 whose data go one way, over a link of exact delay without a limit of rate, so that times are those of the protocol alone. The test decides which data
/// segments get lost, marked or late, and reads when each was sent. Segments are counted from 0 by their place in the stream.
/// </summary>
internal sealed class TransferLab
{
    private const ushort Port = 7_000;

    private readonly PointToPointDevice _nearDevice;
    private readonly StackSocketSystem _client, _server;
    private readonly byte[] _buffer = new byte[1 << 16];
    private readonly Dictionary<int, int> _losses = [];
    private readonly HashSet<int> _marked = [], _late = [];
    private readonly LinkModel _model;
    private readonly TimeSpan _lateness;
    private readonly int _listener;
    private int _near = -1, _far = -1;
    private uint _first;
    private long _toSend;

    public TransferLab(double roundTripMilliseconds = 100, TimeSpan lateness = default, Action<Sysctl>? configure = null, LinkModel? forth = null, Action<Socket>? receiver = null, int sendBuffer = 1 << 22)
    {
        Loop = new StackLoop(Clock);
        var random = new SeededRandom(1);
        _lateness = lateness;
        _model = new LinkModel { Delay = TimeSpan.FromMilliseconds(roundTripMilliseconds / 2) };
        using (Loop.Enter())
        {
            Near = new StackHost(Loop, "near", random.Derive("near"));
            Far = new StackHost(Loop, "far", random.Derive("far"));
            configure?.Invoke(Near.Sysctl);
            configure?.Invoke(Far.Sysctl);
            _nearDevice = new PointToPointDevice(Loop, "ptp0");
            var far = new PointToPointDevice(Loop, "ptp0");
            Link = new VirtualLink(_nearDevice, far, forth ?? _model, random.Derive("link")) { Back = _model };
            Near.AddInterface(new ScriptedDevice(this, _nearDevice)).AddAddress(IpPrefix.Parse("10.0.0.1/24"));
            Far.AddInterface(far).AddAddress(IpPrefix.Parse("10.0.0.2/24"));
        }
        _client = new StackSocketSystem(Near, new TestProcess(Loop, Clock));
        _server = new StackSocketSystem(Far, new TestProcess(Loop, Clock, id: 200));
        _listener = Open(_server);
        var listener = new Socket(_server, _listener);
        receiver?.Invoke(listener);
        listener.Bind(new InetAddress("10.0.0.2", Port));
        listener.Listen();
        _near = Open(_client);
        var client = new Socket(_client, _near);
        if (sendBuffer > 0) client.SetOption(SocketOptions.SendBuffer, sendBuffer);
        try
        {
            client.Connect(new InetAddress("10.0.0.2", Port));
        }
        catch (SocketCallException e) when (e.Errno == Errno.EINPROGRESS)
        {
        }
        Connection = (TcpConnection)Near.Tcp.Connections.ToList().Single();
    }

    public VirtualClock Clock { get; } = new();

    public StackLoop Loop { get; }

    public StackHost Near { get; }

    public StackHost Far { get; }

    public VirtualLink Link { get; }

    /// <summary>The sender's end.</summary>
    public TcpConnection Connection { get; }

    public TcpSender Sender => Connection.Sender;

    /// <summary>Data segments in the order of sending: when, in milliseconds since the SYN, and which.</summary>
    public List<(double At, int Number)> Sent { get; } = [];

    /// <summary>Those whose header says that the congestion window was reduced (CWR).</summary>
    public List<int> Reduced { get; } = [];

    public long Received { get; private set; }

    public double Milliseconds => Clock.Now / 1e6;

    /// <summary>Bytes of a full segment.</summary>
    public int Size => Connection.TimestampsOk || Connection.State == TcpState.SynSent && Near.Sysctl.Tcp.Timestamps.IsOn ? 1448 : 1460;

    public long Count(TcpExtCounter counter) => Near.Counters[counter];

    /// <summary>When the segment was sent, each time.</summary>
    public double[] TimesOf(int number) => [.. Sent.Where(sent => sent.Number == number).Select(static sent => sent.At)];

    /// <summary>The segments that were sent at a moment, in order.</summary>
    public int[] SentAt(double at) => [.. Sent.Where(sent => sent.At == at).Select(static sent => sent.Number)];

    /// <summary>The segment gets lost so many times.</summary>
    public TransferLab Lose(int number, int times = 1)
    {
        _losses[number] = times;
        return this;
    }

    /// <summary>A router marks the segment (RFC 3168).</summary>
    public TransferLab Mark(int number)
    {
        _marked.Add(number);
        return this;
    }

    /// <summary>The segment is overtaken by those behind it, once.</summary>
    public TransferLab Delay(int number)
    {
        _late.Add(number);
        return this;
    }

    /// <summary>The program writes so many full segments.</summary>
    public TransferLab Write(int segments)
    {
        _toSend += (long)segments * Size;
        return this;
    }

    /// <summary>Lets all happen until a moment.</summary>
    public TransferLab RunTo(double milliseconds)
    {
        long end = (long)(milliseconds * 1e6);
        Act();
        while (Loop.NextDeadline is { } next && next <= end)
        {
            Clock.AdvanceTo(Math.Max(next, Clock.Now));
            Loop.RunDue();
            Act();
        }
        Clock.AdvanceTo(end);
        return this;
    }

    private void Act()
    {
        int none = 0;
        if (_far < 0 && _server.Accept(_listener, default, ref none, SocketType.NonBlocking) is { Succeeded: true, Value: var accepted }) _far = accepted;
        while (_toSend > 0 && _client.SendTo(_near, _buffer.AsSpan(0, (int)Math.Min(_toSend, _buffer.Length / Size * Size)), MessageFlags.MSG_DONTWAIT, default) is { Succeeded: true, Value: var sent }) _toSend -= sent;
        while (_far >= 0 && _server.RecvFrom(_far, _buffer, MessageFlags.MSG_DONTWAIT, default, ref none) is { Succeeded: true, Value: > 0 and var received }) Received += received;
    }

    private static int Open(StackSocketSystem system)
    {
        CallResult opened = system.Socket(AddressFamily.Inet, SocketType.Stream | SocketType.NonBlocking, 0);
        opened.Error.ShouldBe(Errno.None);
        return opened.Value;
    }

    private void Treat(PacketBuffer packet)
    {
        packet.EnsureWritable();
        Span<byte> bytes = packet.Span;
        TcpView.TryParse(bytes[Ipv4Header.MinimumLength..], out TcpView view, out _).ShouldBeTrue();
        if ((view.Flags & TcpFlags.Syn) != 0) _first = view.Sequence + 1;
        if (view.Payload.IsEmpty)
        {
            _nearDevice.Transmit(packet);
            return;
        }
        int segment = (int)((view.Sequence - _first) / (uint)Size);
        Sent.Add((Milliseconds, segment));
        if ((view.Flags & TcpFlags.Cwr) != 0) Reduced.Add(segment);
        if (_marked.Remove(segment)) MarkHeader(bytes);
        int left = _losses.GetValueOrDefault(segment);
        if (left > 0)
        {
            _losses[segment] = left - 1;
            packet.Release();
            return;
        }
        if (_late.Remove(segment)) Link.Forth = _model with { Reordering = 1, ReorderingDelay = _lateness };
        _nearDevice.Transmit(packet);
        if (_lateness > TimeSpan.Zero) Link.Forth = _model;
    }

    private static void MarkHeader(Span<byte> bytes)
    {
        (bytes[1] & 3).ShouldBe(2, "a sender that speaks ECN says so");
        bytes[1] |= 3;
        bytes[10..12].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(bytes[10..], InternetChecksum.Compute(bytes[..Ipv4Header.MinimumLength]));
    }

    /// <summary>Shows every segment to the lab, as it leaves.</summary>
    private sealed class ScriptedDevice(TransferLab lab, LinkDevice inner) : DeviceDecorator(inner)
    {
        public override DeviceFeatures Features => Inner.Features & ~(DeviceFeatures.Segmentation | DeviceFeatures.DatagramSegmentation);

        public override void Transmit(PacketBuffer packet) => lab.Treat(packet);
    }
}
