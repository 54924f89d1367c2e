namespace Slipway.Stack;

/// <summary>Losses that come in bursts: the two-state model of Gilbert and Elliott. Before each packet the state may change.</summary>
public sealed record BurstLoss
{
    /// <summary>Describes the bursts.</summary>
    /// <param name="enter">Probability that a burst begins before a packet.</param>
    /// <param name="leave">Probability that a burst ends before a packet; its mean length is 1/leave packets.</param>
    /// <param name="lossInBurst">Probability that a packet in a burst is lost.</param>
    /// <exception cref="ArgumentOutOfRangeException">A probability is not between 0 and 1.</exception>
    public BurstLoss(double enter, double leave, double lossInBurst = 1)
    {
        Enter = LinkModel.Probability(nameof(enter), enter);
        Leave = LinkModel.Probability(nameof(leave), leave);
        LossInBurst = LinkModel.Probability(nameof(lossInBurst), lossInBurst);
    }

    /// <summary>Probability that a burst begins before a packet.</summary>
    public double Enter { get; }

    /// <summary>Probability that a burst ends before a packet.</summary>
    public double Leave { get; }

    /// <summary>Probability that a packet in a burst is lost.</summary>
    public double LossInBurst { get; }
}
