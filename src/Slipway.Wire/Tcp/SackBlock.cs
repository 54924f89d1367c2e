namespace Slipway.Wire;

/// <summary>A run of data that the receiver has (RFC 2018 §3).</summary>
/// <param name="Left">First sequence number of the run.</param>
/// <param name="Right">The sequence number just behind the run.</param>
public readonly record struct SackBlock(uint Left, uint Right);
