using Slipway.Sockets;
using Slipway.Stack;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>A client that sends to a server which reads all, over one link, in simulated time: a bottleneck with its delay and queue, and a look at the sender whenever it is wanted.</summary>
internal sealed class BbrFlow
{
    public const double Rate = 100e6;
    public const int Payload = 1448;

    private const ushort Port = 7000;
    private static readonly byte[] Data = new byte[1 << 16];

    private readonly VirtualClock _clock = new();
    private readonly StackLoop _loop;
    private readonly StackSocketSystem _client, _server;
    private readonly int _sending;
    private readonly int _receiving;
    private readonly byte[] _buffer = new byte[1 << 18];

    public BbrFlow(double loss = 0, int queuePackets = 2000, string algorithm = "bbr", double rate = Rate)
    {
        _loop = new StackLoop(_clock);
        var random = new SeededRandom(11);
        StackHost near, far;
        using (_loop.Enter())
        {
            near = new StackHost(_loop, "near", random.Derive("near"));
            far = new StackHost(_loop, "far", random.Derive("far"));
            var nearDevice = new PointToPointDevice(_loop, "ptp0", 1500);
            var farDevice = new PointToPointDevice(_loop, "ptp0", 1500);
            var delay = TimeSpan.FromMilliseconds(25);
            var forth = new LinkModel { Delay = delay, Rate = (long)rate, QueuePackets = queuePackets, Loss = loss };
            Link = new VirtualLink(nearDevice, farDevice, forth, random.Derive("link")) { Back = new LinkModel { Delay = delay } };
            near.AddInterface(nearDevice).AddAddress(IpPrefix.Parse("10.0.0.1/24"));
            far.AddInterface(farDevice).AddAddress(IpPrefix.Parse("10.0.0.2/24"));
        }
        Near = near;
        _client = new StackSocketSystem(near, new TestProcess(_loop, _clock));
        _server = new StackSocketSystem(far, new TestProcess(_loop, _clock, id: 200));
        int listener = Open(_server);
        var listening = new Socket(_server, listener);
        listening.Bind(new InetAddress("10.0.0.2", Port));
        listening.Listen(1);
        _sending = Open(_client);
        Choose(algorithm);
        Span<byte> address = stackalloc byte[InetAddress.IPv6StructureLength];
        int length = new InetAddress("10.0.0.2", Port).Write(address), none = 0;
        _client.Connect(_sending, address[..length]).ShouldBe(Errno.EINPROGRESS);
        CallResult accepted = Errno.EAGAIN;
        while (!accepted.Succeeded)
        {
            Turn(_loop.NextDeadline!.Value);
            accepted = _server.Accept(listener, default, ref none, SocketType.NonBlocking);
        }
        _receiving = accepted.Value;
        Connection = near.Tcp.Connections.ToList().OfType<TcpConnection>().Single();
        StartedAt = _clock.Now;
    }

    public StackHost Near { get; }

    public VirtualLink Link { get; }

    public TcpConnection Connection { get; }

    public TcpSender Sender => Connection.Sender;

    public Bbr Bbr => (Bbr)Sender.Congestion;

    public long StartedAt { get; }

    public double Seconds => (_clock.Now - StartedAt) / 1e9;

    /// <summary>Bytes that the server's program has read.</summary>
    public long Received { get; private set; }

    /// <summary>What the program still has to write; by default it never ends.</summary>
    public long ToWrite { get; set; } = long.MaxValue;

    /// <summary>Packets of full size that the path holds without a queue.</summary>
    public static double Product => Rate * 0.05 / 8 / 1500;

    public void Choose(string algorithm) => new Socket(_client, _sending).SetOption(SocketLevel.IPPROTO_TCP, SocketOptionName.TCP_CONGESTION, System.Text.Encoding.ASCII.GetBytes(algorithm));

    /// <summary>Goes on until then; <paramref name="look"/> sees the sender after each step, and ends the run by true.</summary>
    public BbrFlow RunUntil(double seconds, Func<bool>? look = null)
    {
        long end = StartedAt + (long)(seconds * 1e9);
        while (true)
        {
            Write();
            Read();
            if (look is not null && look()) return this;
            long next = _loop.NextDeadline ?? long.MaxValue;
            if (next > end) break;
            Turn(next);
        }
        Turn(end);
        return this;
    }

    /// <summary>Payload bits a second that arrive until then.</summary>
    public double ThroughputUntil(double seconds)
    {
        long before = Received;
        double from = Seconds;
        RunUntil(seconds);
        return (Received - before) * 8 / (seconds - from);
    }

    // As a program that waits until the socket is writable.
    private void Write()
    {
        if (!Sender.IsWritable) return;
        while (ToWrite > 0)
        {
            CallResult result = _client.SendTo(_sending, Data.AsSpan(0, (int)Math.Min(ToWrite, Data.Length)), MessageFlags.MSG_DONTWAIT, default);
            if (result.Error == Errno.EAGAIN) return;
            result.Error.ShouldBe(Errno.None);
            ToWrite -= result.Value;
        }
    }

    private void Read()
    {
        int none = 0;
        while (true)
        {
            CallResult result = _server.RecvFrom(_receiving, _buffer, MessageFlags.MSG_DONTWAIT, default, ref none);
            if (result.Error == Errno.EAGAIN) return;
            result.Error.ShouldBe(Errno.None);
            Received += result.Value;
        }
    }

    private void Turn(long next)
    {
        _clock.AdvanceTo(Math.Max(next, _clock.Now));
        _loop.RunDue();
    }

    private static int Open(StackSocketSystem system)
    {
        CallResult opened = system.Socket(AddressFamily.Inet, SocketType.Stream | SocketType.NonBlocking, 0);
        opened.Error.ShouldBe(Errno.None);
        return opened.Value;
    }
}
