using System.Buffers.Binary;
using System.Globalization;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>
/// A host of ours (10.0.0.1) whose only neighbour (10.0.0.2) is the test: scripts of segments in and out with exact times, as packetdrill has them. What the host sends and the script
/// does not expect fails it at the next step.
/// </summary>
internal sealed partial class SegmentScript : IPacketSink
{
    private readonly PointToPointDevice _far;
    private readonly Queue<(long Time, byte[] Packet)> _sent = [];
    private bool _hasOwnClock;
    private uint _ownClock;

    public SegmentScript(int mtu = 1500, uint peerNumber = 1_000_000, uint? ownNumber = null, params (string Name, string Value)[] settings)
    {
        Loop = new StackLoop(Clock);
        var random = new SeededRandom(11);
        PeerNumber = peerNumber;
        using (Loop.Enter())
        {
            Host = new StackHost(Loop, "host", random.Derive("host"));
            var near = new PointToPointDevice(Loop, "ptp0", mtu);
            _far = new PointToPointDevice(Loop, "peer", 65535) { Receiver = new Sink() };
            Link = new VirtualLink(near, _far, LinkModel.Plain, random.Derive("link"));
            Interface = Host.AddInterface(new CaptureDevice(near, this));
            Interface.AddAddress(IpPrefix.Parse("10.0.0.1/24")).ShouldBe(Errno.None);
            foreach ((string name, string value) in settings) Host.Sysctl.Set(name, value).ShouldBe(Errno.None, name);
            Host.Tcp.Secrets.FixedInitialSequence = ownNumber;
        }
        Process = new TestProcess(Loop, Clock);
        System = new StackSocketSystem(Host, Process);
    }

    public static IpAddress Own { get; } = IpAddress.Parse("10.0.0.1");

    public static IpAddress Peer { get; } = IpAddress.Parse("10.0.0.2");

    public VirtualClock Clock { get; } = new();

    public StackLoop Loop { get; }

    public StackHost Host { get; }

    public NetworkInterface Interface { get; }

    public VirtualLink Link { get; }

    public TestProcess Process { get; }

    public StackSocketSystem System { get; }

    public ushort OwnPort { get; set; } = 80;

    public ushort PeerPort { get; set; } = 40000;

    /// <summary>The initial sequence number of the peer, from which its numbers count.</summary>
    public uint PeerNumber { get; set; }

    /// <summary>That of the host: known from its first SYN.</summary>
    public uint OwnNumber { get; private set; }

    /// <summary>The TOS byte of what the peer sends: the last two bits are those of ECN.</summary>
    public byte PeerTos { get; set; }

    public byte PeerHopLimit { get; set; } = 64;

    /// <summary>Nobody listens to what the host sends: for floods.</summary>
    public bool IsDeaf { get; set; }

    /// <summary>The IPv4 header of the segment that was looked at last.</summary>
    public Ipv4Header LastHeader { get; private set; }

    /// <summary>Milliseconds since the beginning.</summary>
    public double Now => Clock.Now / 1e6;

    public TcpExt Ext => new(Host);

    /// <summary>A socket that listens at port 80.</summary>
    public Socket Listen(int backlog = 128, Action<Socket>? configure = null)
    {
        Socket socket = Open();
        socket.SetOption(SocketLevel.SOL_SOCKET, SocketOptionName.SO_REUSEADDR, 1);
        configure?.Invoke(socket);
        socket.Bind(InetAddress.AnyIPv4(80));
        socket.Listen(backlog);
        return socket;
    }

    public Socket Open()
    {
        var socket = new Socket(System, System.Socket(AddressFamily.Inet, SocketType.Stream, 0).Value) { NonBlocking = true };
        return socket;
    }

    /// <summary>A connection that the peer opened by a handshake with these options, accepted.</summary>
    public Socket Accepted(string options = "mss 1460,nop,nop,sackOK,nop,wscale 7", int window = 65535, Action<Socket>? configure = null)
    {
        Socket listener = Listen(configure: configure);
        In($"S 0:0 win 65535 <{options}>");
        Take().Flags.ShouldBe(TcpFlags.Syn | TcpFlags.Ack);
        In($". 1:1 ack 1 win {window}");
        Socket socket = listener.Accept();
        socket.NonBlocking = true;
        listener.Dispose();
        return socket;
    }

    /// <summary>A connection that the host opened to port 8080 of the peer.</summary>
    public Socket Connected(string options = "mss 1460,nop,nop,sackOK,nop,wscale 7", int window = 65535, Action<Socket>? configure = null)
    {
        Socket socket = Connect(configure);
        Take().Flags.ShouldBe(TcpFlags.Syn);
        In($"S. 0:0 ack 1 win {window} <{options}>");
        Out(". 1:1 ack 1");
        return socket;
    }

    /// <summary>Begins to open a connection.</summary>
    public Socket Connect(Action<Socket>? configure = null)
    {
        PeerPort = 8080;
        Socket socket = Open();
        configure?.Invoke(socket);
        ErrnoOf(() => socket.Connect(new InetAddress("10.0.0.2", 8080))).ShouldBe(Errno.EINPROGRESS);
        return socket;
    }

    public static Errno ErrnoOf(Action action) => TwoHosts.ErrnoOf(action);

    /// <summary>The connection of this script's ports; null if there is none.</summary>
    public TcpConnection? Connection => Host.Tcp.Connections.Find(Own, OwnPort, Peer, PeerPort, Interface.Index) as TcpConnection;

    /// <summary>What stands for it in the table of connections.</summary>
    public TcpEndpoint? Endpoint => Host.Tcp.Connections.Find(Own, OwnPort, Peer, PeerPort, Interface.Index);

    public TcpState State => Endpoint switch
    {
        TcpConnection connection => connection.State,
        TcpTimeWait rest => rest.State,
        TcpRequest => TcpState.SynReceived,
        _ => TcpState.Closed,
    };

    /// <summary>The peer sends a segment. Nothing that the host sent before may be unexpected.</summary>
    public void In(string line)
    {
        Nothing();
        Inject(ScriptSegment.Parse(line));
    }

    /// <summary>The host must have sent these segments at this very moment, and nothing else.</summary>
    public void Out(params string[] lines)
    {
        foreach (string line in lines)
        {
            _sent.Count.ShouldBeGreaterThan(0, $"at {Now} ms nothing was sent, but expected was: {line}");
            ExpectOne(line);
        }
        Nothing();
    }

    /// <summary>The host must have sent nothing that was not expected yet.</summary>
    public void Nothing()
    {
        string[] left = [.. _sent.Select(Describe)];
        left.ShouldBeEmpty($"unexpected at {Now} ms");
    }

    /// <summary>Lets time pass; what is sent on the way must be expected at the time when it is sent.</summary>
    public void After(TimeSpan span)
    {
        Nothing();
        RunUntil(Clock.Now + StackClock.ToNanoseconds(span));
    }

    /// <summary>Lets time pass, whatever was sent.</summary>
    public void Pass(double milliseconds) => RunUntil(Clock.Now + (long)(milliseconds * StackClock.Millisecond));

    public void After(double milliseconds) => After(TimeSpan.FromTicks((long)Math.Round(milliseconds * TimeSpan.TicksPerMillisecond)));

    /// <summary>Lets time pass until something is sent; that must be after so many milliseconds, within a nanosecond of the timers' grain.</summary>
    public void OutAfter(double milliseconds, params string[] lines)
    {
        After(milliseconds);
        Out(lines);
    }

    /// <summary>Runs on until something is sent.</summary>
    /// <returns>Milliseconds from now until then.</returns>
    public double Await()
    {
        Nothing();
        long start = Clock.Now;
        while (_sent.Count == 0)
        {
            long next = Loop.NextDeadline ?? throw new ShouldAssertException($"At {Now} ms, in {State}: nothing will ever be sent.");
            Clock.AdvanceTo(Math.Max(next, Clock.Now));
            Loop.RunDue();
        }
        return (Clock.Now - start) / 1e6;
    }

    /// <summary>The oldest segment that was sent and not looked at yet.</summary>
    public ScriptSegment Take()
    {
        _sent.Count.ShouldBeGreaterThan(0, $"at {Now} ms nothing was sent");
        return Read(_sent.Dequeue().Packet, out _);
    }

    /// <summary>All that was sent and not looked at yet.</summary>
    public List<ScriptSegment> TakeAll()
    {
        var all = new List<ScriptSegment>();
        while (_sent.Count > 0) all.Add(Take());
        return all;
    }

    /// <summary>Writes so many bytes of the stream's pattern, from <paramref name="from"/> on.</summary>
    public static void Write(Socket socket, uint from, int count, MessageFlags flags = MessageFlags.None)
        => socket.Send(ScriptSegment.Pattern(from, from + (uint)count), flags).ShouldBe(count);

    /// <summary>Reads what is there, which must be the stream's pattern from <paramref name="from"/> to <paramref name="to"/>.</summary>
    public static void Read(Socket socket, uint from, uint to)
    {
        byte[] buffer = new byte[to - from];
        int done = 0;
        while (done < buffer.Length) done += socket.Receive(buffer.AsSpan(done));
        buffer.ShouldBe(ScriptSegment.Pattern(from, to));
    }

    /// <summary>The network reports an error about the segment of the host that begins at a number.</summary>
    public void Icmp(byte type, byte code, uint sequence, ushort info = 0)
    {
        Nothing();
        byte[] quoted = new byte[28];
        new Ipv4Header(Own, Peer, IpProtocolNumber.Tcp) { PayloadLength = 20, Ttl = 60, DontFragment = true }.Write(quoted);
        BinaryPrimitives.WriteUInt16BigEndian(quoted.AsSpan(20), OwnPort);
        BinaryPrimitives.WriteUInt16BigEndian(quoted.AsSpan(22), PeerPort);
        BinaryPrimitives.WriteUInt32BigEndian(quoted.AsSpan(24), OwnNumber + sequence);
        byte[] message = [type, code, 0, 0, 0, 0, 0, 0, .. quoted];
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(6), info);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), InternetChecksum.Compute(message));
        SendPacket(IpProtocolNumber.Icmpv4, message);
    }

    /// <summary>The peer sends a segment, whatever was sent before.</summary>
    public void Inject(ScriptSegment segment, IpAddress? source = null)
    {
        byte[] options = segment.Options is null ? [] : EncodeOptions(segment.Options);
        int length = 20 + options.Length + segment.Payload.Length;
        byte[] bytes = new byte[length];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, PeerPort);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), OwnPort);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4), PeerNumber + segment.Sequence);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(8), (segment.Flags & TcpFlags.Ack) != 0 ? OwnNumber + segment.Acknowledgment : 0);
        bytes[12] = (byte)((20 + options.Length) / 4 << 4);
        bytes[13] = (byte)segment.Flags;
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(14), (ushort)(segment.Window ?? 65535));
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(18), (ushort)(segment.Urgent ?? 0));
        options.CopyTo(bytes.AsSpan(20));
        segment.Payload.CopyTo(bytes.AsSpan(20 + options.Length));
        if (segment.Options?.Contains("md5", StringComparison.Ordinal) == true) Sign(bytes, source ?? Peer, segment.Options);
        Checksum(bytes, source ?? Peer, Own);
        SendPacket(IpProtocolNumber.Tcp, bytes, source);
    }

    public static void Checksum(Span<byte> segment, IpAddress source, IpAddress destination)
    {
        segment[16..18].Clear();
        ushort sum = PartialSum.PseudoHeader(source, destination, IpProtocolNumber.Tcp, segment.Length).Add(segment).Checksum;
        BinaryPrimitives.WriteUInt16BigEndian(segment[16..], sum);
    }

    /// <summary>The peer sends an IPv4 packet.</summary>
    public void SendPacket(IpProtocolNumber protocol, ReadOnlySpan<byte> payload, IpAddress? source = null, IpAddress? destination = null, byte[]? options = null)
    {
        using LoopScope scope = Loop.Enter();
        PacketBuffer packet = Loop.Packets.RentCopy(payload);
        var header = new Ipv4Header(source ?? Peer, destination ?? Own, protocol) { PayloadLength = payload.Length, Ttl = PeerHopLimit, Tos = PeerTos, DontFragment = true, Options = options };
        header.Write(packet.Prepend(header.Length));
        _far.Transmit(packet);
    }

    void IPacketSink.Write(LinkDevice device, PacketDirection direction, long unixNanoseconds, ReadOnlySpan<byte> bytes)
    {
        if (direction == PacketDirection.Outbound && !IsDeaf) _sent.Enqueue((Clock.Now, bytes.ToArray()));
    }

    private void RunUntil(long end)
    {
        while (Loop.NextDeadline is { } next && next <= end)
        {
            Clock.AdvanceTo(Math.Max(next, Clock.Now));
            Loop.RunDue();
        }
        Clock.AdvanceTo(end);
        Loop.RunDue();
    }

    private void ExpectOne(string line)
    {
        (long time, byte[] packet) = _sent.Dequeue();
        ScriptSegment expected = ScriptSegment.Parse(line);
        ScriptSegment actual = Read(packet, out string text);
        string context = $"at {time / 1e6} ms (now {Now} ms): {text}";
        Header(actual).ShouldBe(Header(expected), context);
        if (expected.Window is { } window) actual.Window.ShouldBe(window, context);
        if ((expected.Flags & TcpFlags.Urg) != 0) actual.Urgent.ShouldBe(expected.Urgent, context);
        if (expected.Options is { } options) Normal(actual.Options).ShouldBe(Normal(options), context);
        else if ((actual.Flags & TcpFlags.Syn) == 0) Normal(actual.Options).Where(static o => !o.StartsWith("TS ", StringComparison.Ordinal)).ShouldBeEmpty(context);
        actual.Payload.ShouldBe(expected.Payload, context);
        (time / 1e6).ShouldBe(Now, 0.000_001, context);
    }

    private static string Header(ScriptSegment segment)
        => string.Create(CultureInfo.InvariantCulture, $"{ScriptSegment.Name(segment.Flags)} {(int)segment.Sequence}:{(int)segment.End} ack {(int)segment.Acknowledgment}");

    private static string[] Normal(string? options)
        => [.. (options ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(static o => o is not ("nop" or "eol"))];

    private string Describe((long Time, byte[] Packet) sent)
    {
        Read(sent.Packet, out string text);
        return $"{sent.Time / 1e6} ms: {text}";
    }

    private ScriptSegment Read(byte[] packet, out string text)
    {
        int ip = (packet[0] & 15) * 4;
        packet[9].ShouldBe((byte)IpProtocolNumber.Tcp);
        Ipv4View.TryParse(packet, out Ipv4View header, out _).ShouldBeTrue();
        LastHeader = header.ToHeader();
        ReadOnlySpan<byte> bytes = packet.AsSpan(ip);
        TcpView.TryParse(bytes, out TcpView view, out _).ShouldBeTrue();
        view.HasValidChecksum(LastHeader.Source, Peer).ShouldBeTrue();
        if ((view.Flags & TcpFlags.Syn) != 0)
        {
            OwnNumber = view.Sequence;
            OwnPort = view.SourcePort;
        }
        byte[] payload = view.Payload.ToArray();
        // A reset of what belongs to no connection has the number 0 itself.
        uint sequence = (view.Flags & TcpFlags.Rst) != 0 && view.Sequence == 0 ? 0 : view.Sequence - OwnNumber;
        var segment = new ScriptSegment
        {
            Flags = view.Flags,
            Sequence = sequence,
            End = sequence + (uint)payload.Length,
            Acknowledgment = (view.Flags & TcpFlags.Ack) != 0 ? view.Acknowledgment - PeerNumber : 0,
            Window = view.Window,
            Urgent = view.UrgentPointer,
            Options = DecodeOptions(view.Options, (view.Flags & TcpFlags.Syn) != 0),
            Payload = payload,
        };
        if (view.Options.IndexOf((ReadOnlySpan<byte>)[1, 1, 19, 18]) == 0) segment = segment with { Options = $"{Signer(bytes)},{segment.Options}".TrimEnd(',') };
        text = $"{Header(segment)} win {segment.Window} urg {segment.Urgent} <{segment.Options}>";
        return segment;
    }

    private string DecodeOptions(ReadOnlySpan<byte> bytes, bool isSyn)
    {
        TcpOptions options = TcpOptions.Parse(bytes, isSyn);
        var list = new List<string>();
        if (options.MaximumSegmentSize is { } mss) list.Add($"mss {mss}");
        if (options.SackPermitted) list.Add("sackOK");
        if (options.Timestamps is { } stamps)
        {
            // The host's clock counts from its first timestamp, which has a random offset.
            if (!_hasOwnClock) _ownClock = stamps.Value - (uint)(Clock.Now / StackClock.Millisecond);
            _hasOwnClock = true;
            list.Add(string.Create(CultureInfo.InvariantCulture, $"TS val {stamps.Value - _ownClock} ecr {stamps.EchoReply}"));
        }
        if (options.WindowScale is { } scale) list.Add($"wscale {scale}");
        if (options.FastOpen is { } cookie)
        {
            byte[] bytesOfCookie = new byte[cookie.Length];
            cookie.Write(bytesOfCookie);
            list.Add($"FO {Convert.ToHexString(bytesOfCookie)}".TrimEnd());
        }
        for (int i = 0; i < options.Sack.Count; i++)
        {
            SackBlock block = options.Sack[i];
            list.Add(string.Create(CultureInfo.InvariantCulture, $"sack {(int)(block.Left - PeerNumber)}:{(int)(block.Right - PeerNumber)}"));
        }
        return string.Join(',', list);
    }

    /// <summary>Timestamps of the peer are as written; its echoes are of the host's clock as shown.</summary>
    private byte[] EncodeOptions(string text)
    {
        var bytes = new List<byte>();
        var sack = new List<string>();
        foreach (string option in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            string[] words = option.Split(' ');
            switch (words[0])
            {
                case "nop": bytes.Add(1); break;
                case "eol": bytes.Add(0); break;
                case "mss": bytes.AddRange([2, 4, (byte)(Int(words[1]) >> 8), (byte)Int(words[1])]); break;
                case "wscale": bytes.AddRange([3, 3, (byte)Int(words[1])]); break;
                case "sackOK": bytes.AddRange([4, 2]); break;
                case "TS": bytes.AddRange([8, 10, .. Big((uint)Int(words[2])), .. Big(_hasOwnClock ? (uint)Int(words[4]) + _ownClock : 0)]); break;
                case "sack": sack.Add(words[1]); break;
                case "FO":
                    byte[] cookie = words.Length > 1 ? Convert.FromHexString(words[1]) : [];
                    bytes.AddRange([34, (byte)(2 + cookie.Length), .. cookie]);
                    break;
                case "md5": bytes.AddRange([19, 18, .. new byte[16]]); break;
                case "raw": bytes.AddRange(Convert.FromHexString(words[1])); break;
                default: throw new FormatException(option);
            }
        }
        if (sack.Count > 0)
        {
            bytes.AddRange([5, (byte)(2 + 8 * sack.Count)]);
            foreach (string block in sack)
            {
                string[] ends = block.Split(':');
                bytes.AddRange([.. Big(OwnNumber + (uint)Int(ends[0])), .. Big(OwnNumber + (uint)Int(ends[1]))]);
            }
        }
        while (bytes.Count % 4 != 0) bytes.Add(1);
        return [.. bytes];
    }

    private static long Int(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private static byte[] Big(uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    private sealed class Sink : ILinkReceiver
    {
        public void Receive(LinkDevice device, PacketBuffer packet) => packet.Release();
    }

    /// <summary>The TcpExt counters by name.</summary>
    internal readonly struct TcpExt(StackHost host)
    {
        public long this[TcpExtCounter counter] => host.Counters[counter];
    }
}
