using System.Buffers.Binary;
using System.Diagnostics;
using Slipway.Lab;
using Slipway.Linux;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Conformance;

/// <summary>The wire of the machine: two namespaces with a TUN device each, and threads here that carry the packets over, later.</summary>
internal sealed class KernelTimeline : TimelineHosts, IDisposable
{
    private static readonly IpAddress Router = IpAddress.Parse(RouterAddress);

    private readonly Lock _gate = new();
    private readonly PriorityQueue<Parcel, (TimeSpan Due, long Number)> _onTheWay = new();
    private readonly AutoResetEvent _more = new(initialState: false);
    private readonly List<Thread> _threads = [];
    private readonly TunDevice _near, _far;
    private readonly SequenceDiagram _diagram = new("near", "far");
    private readonly long _started = Stopwatch.GetTimestamp();
    private TimeSpan _delay;
    private WireState _state;
    private byte _code;
    private long _numbers;
    private volatile bool _isClosed;

    public KernelTimeline(LinuxHost near, LinuxHost far, HostProcess nearProcess, HostProcess farProcess)
    {
        Near = nearProcess;
        Far = farProcess;
        _near = Open(near, NearAddress, FarAddress);
        _far = Open(far, FarAddress, NearAddress);
        RoundTrip = TimeSpan.FromMilliseconds(100);
        Start(() => Read(_near, isForth: true));
        Start(() => Read(_far, isForth: false));
        Start(Deliver);
    }

    public override HostProcess Near { get; }

    public override HostProcess Far { get; }

    public override TimeSpan Slack => TimeSpan.FromMilliseconds(75);

    protected override TimeSpan Clock => Stopwatch.GetElapsedTime(_started);

    protected override IReadOnlyList<SequenceEvent> Packets
    {
        get
        {
            lock (_gate) return [.. _diagram.Events];
        }
    }

    public override void SetWire(WireState state, int code = 1)
    {
        lock (_gate) (_state, _code) = (state, (byte)code);
    }

    public void Dispose()
    {
        _isClosed = true;
        _near.Dispose();
        _far.Dispose();
        _more.Set();
        foreach (Thread thread in _threads) thread.Join();
        _more.Dispose();
    }

    protected override void SetDelay(TimeSpan oneWay)
    {
        lock (_gate) _delay = oneWay;
    }

    private static TunDevice Open(LinuxHost host, string address, string peer)
    {
        TunDevice device = TunDevice.Open(new TunOptions { Name = "wire", Namespace = host.Namespace });
        device.AddKernelAddress(IpPrefix.Parse(address + "/32"), IpAddress.Parse(peer));
        device.SetUp();
        host.Namespace.AddRoute(IpPrefix.Parse("0.0.0.0/0"), gateway: null, device.Name);
        return device;
    }

    private void Start(ThreadStart body)
    {
        var thread = new Thread(body) { IsBackground = true };
        _threads.Add(thread);
        thread.Start();
    }

    private void Read(TunDevice device, bool isForth)
    {
        byte[] buffer = new byte[65536];
        for (int length; (length = device.Read(buffer, out _)) > 0;)
            if (buffer[0] >> 4 == 4) Take(buffer.AsSpan(0, length), isForth);
    }

    private void Take(ReadOnlySpan<byte> packet, bool isForth)
    {
        lock (_gate)
        {
            TimeSpan now = Clock;
            _diagram.NoteSent(isForth, now, LinkType.RawIp, packet);
            if (_state == WireState.Open) Enqueue(new Parcel(packet.ToArray(), isForth), now + _delay);
            else if (_state == WireState.Unreachable && isForth) Enqueue(new Parcel(Refusal(packet), IsForth: false), now + 2 * _delay);
        }
    }

    private void Enqueue(Parcel parcel, TimeSpan due)
    {
        _onTheWay.Enqueue(parcel, (due, ++_numbers));
        _more.Set();
    }

    private void Deliver()
    {
        while (!_isClosed)
        {
            TimeSpan wait = TimeSpan.FromMilliseconds(100);
            lock (_gate)
            {
                while (_onTheWay.TryPeek(out Parcel parcel, out (TimeSpan Due, long Number) when))
                {
                    wait = when.Due - Clock;
                    if (wait > TimeSpan.Zero) break;
                    _onTheWay.Dequeue();
                    _diagram.NoteArrived(parcel.IsForth, Clock, parcel.Packet);
                    _ = (parcel.IsForth ? _far : _near).Write(parcel.Packet, default);
                    wait = TimeSpan.FromMilliseconds(100);
                }
            }
            _more.WaitOne(TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)));
        }
    }

    /// <summary>Destination unreachable from the router (RFC 792): the packet's header and eight bytes are quoted.</summary>
    private byte[] Refusal(ReadOnlySpan<byte> packet)
    {
        const int Head = 8;
        int quoted = Math.Min(packet.Length, (packet[0] & 0xF) * 4 + Head);
        var ip = new Ipv4Header(Router, IpAddress.Parse(NearAddress), IpProtocolNumber.Icmpv4) { PayloadLength = Head + quoted };
        byte[] whole = new byte[ip.Length + ip.PayloadLength];
        ip.Write(whole);
        Span<byte> message = whole.AsSpan(ip.Length);
        (message[0], message[1]) = (3, _code);
        packet[..quoted].CopyTo(message[Head..]);
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], InternetChecksum.Compute(message));
        return whole;
    }

    private readonly record struct Parcel(byte[] Packet, bool IsForth);
}
