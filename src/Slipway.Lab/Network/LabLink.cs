using Slipway.Stack;

namespace Slipway.Lab;

/// <summary>A link between two nodes. Its model and state may change while packets flow; what is on its way keeps its fate.</summary>
public sealed class LabLink
{
    private readonly VirtualLink _link;
    private bool _isUp = true;

    internal LabLink(LabInterface a, LabInterface b, VirtualLink link)
    {
        A = a;
        B = b;
        _link = link;
        a.Link = b.Link = this;
    }

    /// <summary>The end at the first node.</summary>
    public LabInterface A { get; }

    /// <summary>The end at the second node.</summary>
    public LabInterface B { get; }

    /// <summary>Both ends: <c>client.eth0-server.eth0</c>.</summary>
    public string Name => NameOf(A, B);

    /// <summary>How packets are treated, both ways alike. Reading it gives the way from A to B.</summary>
    public LinkModel Model
    {
        get => Forth;
        set => (Forth, Back) = (value, value);
    }

    /// <summary>How packets from A to B are treated.</summary>
    public LinkModel Forth
    {
        get => _link.Forth;
        set
        {
            using (_link.A.Loop.Enter()) _link.Forth = value;
        }
    }

    /// <summary>How packets from B to A are treated.</summary>
    public LinkModel Back
    {
        get => _link.Back;
        set
        {
            using (_link.A.Loop.Enter()) _link.Back = value;
        }
    }

    /// <summary>Whether the link carries packets. A cut loses what is on its way, and both ends lose their carrier.</summary>
    public bool IsUp
    {
        get => _isUp;
        set
        {
            _isUp = value;
            using (_link.A.Loop.Enter()) _link.SetUp(value);
        }
    }

    /// <summary>What became of packets from A to B.</summary>
    public PathCounters ForthCounters => _link.ForthCounters;

    /// <summary>What became of packets from B to A.</summary>
    public PathCounters BackCounters => _link.BackCounters;

    /// <summary>The time-sequence diagram that is being drawn of it; null until <see cref="Draw"/>.</summary>
    public SequenceDiagram? Diagram { get; private set; }

    /// <summary>Draws its packets as a time-sequence diagram from now on. One that was begun before goes on, too.</summary>
    /// <param name="from">The network's time that is the diagram's zero; what is sent before is left out.</param>
    /// <exception cref="InvalidOperationException">The network was made without capture.</exception>
    public SequenceDiagram Draw(TimeSpan from = default) => Diagram = A.Node.Network.Capture.Draw(this, from);

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    internal static string NameOf(LabInterface a, LabInterface b) => $"{a.FullName}-{b.FullName}";

    /// <summary>The interface at the other end.</summary>
    internal LabInterface Other(LabInterface end) => end == A ? B : A;
}
