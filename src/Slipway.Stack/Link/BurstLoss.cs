namespace Slipway.Stack;

/// <summary>Losses that come in bursts: the two-state model of Gilbert and Elliott. Before each packet the state may change.</summary>
/// <param name="Enter">Probability that a burst begins before a packet.</param>
/// <param name="Leave">Probability that a burst ends before a packet; its mean length is 1/Leave packets.</param>
/// <param name="LossInBurst">Probability that a packet in a burst is lost.</param>
public sealed record BurstLoss(double Enter, double Leave, double LossInBurst = 1);
