namespace Slipway.Stack;

/// <summary>A cable between two devices of the same kind. Each direction has a model of its own. The ends may live in different loops.</summary>
public sealed class VirtualLink
{
    private readonly Direction _forth, _back;

    /// <summary>Joins two devices.</summary>
    /// <param name="a">One end.</param>
    /// <param name="b">The other end.</param>
    /// <param name="model">How packets are treated in both directions.</param>
    /// <param name="random">The link's own stream; each direction derives one from it.</param>
    /// <exception cref="ArgumentException">The ends are of different kinds, or the same device.</exception>
    /// <exception cref="InvalidOperationException">A device has a link already.</exception>
    public VirtualLink(VirtualDevice a, VirtualDevice b, LinkModel model, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        ArgumentNullException.ThrowIfNull(random);
        if (a == b) throw new ArgumentException($"The device {a.Name} cannot be joined with itself.", nameof(b));
        if (a.Kind != b.Kind) throw new ArgumentException($"{a.Name} is {a.Kind} and {b.Name} is {b.Kind}: a link joins two of a kind.", nameof(b));
        A = a;
        B = b;
        _forth = new Direction(a, b, random.Derive("forth"), model);
        _back = new Direction(b, a, random.Derive("back"), model);
        a.Join(this, _forth);
        b.Join(this, _back);
    }

    /// <summary>One end.</summary>
    public VirtualDevice A { get; }

    /// <summary>The other end.</summary>
    public VirtualDevice B { get; }

    /// <summary>How packets from A to B are treated. May change while packets flow; those under way keep their fate. Owner of A's loop.</summary>
    public LinkModel Forth
    {
        get => _forth.Model;
        set => _forth.Model = value;
    }

    /// <summary>How packets from B to A are treated. Owner of B's loop.</summary>
    public LinkModel Back
    {
        get => _back.Model;
        set => _back.Model = value;
    }

    /// <summary>What became of the packets from A to B. Owner of A's loop.</summary>
    public PathCounters ForthCounters => _forth.Counters;

    /// <summary>What became of the packets from B to A. Owner of B's loop.</summary>
    public PathCounters BackCounters => _back.Counters;

    /// <summary>Packets under way in both directions.</summary>
    public int InFlight => _forth.Count + _back.Count;

    /// <summary>Cuts or mends the cable: what is under way is lost, both devices lose or gain their carrier. Owner of one end's loop; the other's follows.</summary>
    public void SetUp(bool up)
    {
        Set(A, up);
        Set(B, up);
    }

    private static void Set(VirtualDevice device, bool up)
    {
        if (device.Loop.IsOwned) device.SetCarrier(up);
        else device.Loop.Inject(new CarrierChange(device, up));
    }

    private sealed class CarrierChange(VirtualDevice device, bool up) : LoopWork
    {
        protected internal override void Run() => device.SetCarrier(up);
    }

    private sealed class Direction : PacketPath
    {
        private readonly VirtualDevice _to;
        private readonly LoopBridge? _bridge;

        public Direction(VirtualDevice from, VirtualDevice to, RandomSource random, LinkModel model)
            : base(from.Loop, from.Kind == LinkKind.Ethernet ? LinkDevice.EthernetHeaderLength : 0, random, model)
        {
            _to = to;
            if (from.Loop != to.Loop) _bridge = new LoopBridge(from.Loop, to.Loop, to.Arrive);
        }

        protected override void Leave(PacketBuffer packet)
        {
            if (_bridge is null)
            {
                _to.Arrive(packet);
                return;
            }
            if (!_bridge.TrySend(packet)) Counters.Overflowed++;
        }
    }
}
