namespace Slipway.Stack;

/// <summary>How one direction of a link treats packets. Without any property set it is a plain wire: no delay, no limit, no fault.</summary>
/// <remarks>
/// A packet waits until those before it are sent (<see cref="Rate"/>), is lost or damaged or doubled by chance, and arrives after the delay. Packets stay in order unless
/// <see cref="Reordering"/> lets some fall behind.
/// </remarks>
public sealed record LinkModel
{
    private static readonly TimeSpan LongestSpan = TimeSpan.FromDays(1);

    /// <summary>A plain wire.</summary>
    public static LinkModel Plain { get; } = new();

    /// <summary>
    /// Longest IP packet, in bytes, that gets through; a longer one is lost without a word, as in a path MTU black hole. Null: the device's own MTU is the only limit.
    /// </summary>
    public int? Mtu
    {
        get;
        init => field = value is null or >= LinkDevice.MinMtu and <= LinkDevice.MaxMtu ? value : throw Bad(nameof(Mtu), value, "68 to 65536");
    }

    /// <summary>Time from the last bit sent to the last bit received.</summary>
    public TimeSpan Delay
    {
        get;
        init => field = Span(nameof(Delay), value);
    }

    /// <summary>The delay varies evenly by up to this, both ways, but is never negative and never lets packets change places.</summary>
    public TimeSpan Jitter
    {
        get;
        init => field = Span(nameof(Jitter), value);
    }

    /// <summary>Bits a second, counting the bytes of the frame (with the Ethernet header, without preamble, check sequence and gap). Null: no limit.</summary>
    public long? Rate
    {
        get;
        init => field = value is null or (> 0 and <= 1_000_000_000_000) ? value : throw Bad(nameof(Rate), value, "1 to 10^12 bits a second");
    }

    /// <summary>With a rate: packets that may wait or be in sending; one more is dropped at the tail. As the kernel's txqueuelen, 1000.</summary>
    public int QueuePackets
    {
        get;
        init => field = value > 0 ? value : throw Bad(nameof(QueuePackets), value, "1 or more");
    } = 1000;

    /// <summary>With a rate: bytes that may wait or be in sending, at least one packet always.</summary>
    public long QueueBytes
    {
        get;
        init => field = value > 0 ? value : throw Bad(nameof(QueueBytes), value, "1 or more");
    } = long.MaxValue;

    /// <summary>Probability that a packet is lost, each for itself.</summary>
    public double Loss
    {
        get;
        init => field = Probability(nameof(Loss), value);
    }

    /// <summary>Losses in bursts, beside <see cref="Loss"/>.</summary>
    public BurstLoss? BurstLoss { get; init; }

    /// <summary>Probability that a packet arrives twice.</summary>
    public double Duplication
    {
        get;
        init => field = Probability(nameof(Duplication), value);
    }

    /// <summary>Probability that a packet falls behind: it arrives <see cref="ReorderingDelay"/> later, and others overtake it.</summary>
    public double Reordering
    {
        get;
        init => field = Probability(nameof(Reordering), value);
    }

    /// <summary>How much later a packet that falls behind arrives.</summary>
    public TimeSpan ReorderingDelay
    {
        get;
        init => field = Span(nameof(ReorderingDelay), value);
    } = TimeSpan.FromMilliseconds(1);

    /// <summary>Probability that one bit of the IP packet arrives changed, unnoticed by the link's own check.</summary>
    public double Corruption
    {
        get;
        init => field = Probability(nameof(Corruption), value);
    }

    /// <summary>Whether packets pass at once and unchanged, so that they may stay whole chains of segments.</summary>
    public bool IsPlain => Delay == TimeSpan.Zero && Jitter == TimeSpan.Zero && Rate is null && Mtu is null && !HasChance;

    /// <summary>Whether chance decides anything.</summary>
    internal bool HasChance => Loss > 0 || BurstLoss is not null || Duplication > 0 || Reordering > 0 || Corruption > 0;

    private static TimeSpan Span(string name, TimeSpan value)
        => value >= TimeSpan.Zero && value <= LongestSpan ? value : throw Bad(name, value, "0 to one day");

    internal static double Probability(string name, double value) => value is >= 0 and <= 1 ? value : throw Bad(name, value, "0 to 1");

    private static ArgumentOutOfRangeException Bad(string name, object? value, string allowed) => new(name, value, $"{name} takes {allowed}.");
}
