using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>That a request of an <see cref="IoRing"/> is finished.</summary>
/// <param name="Tag">What the request was given to be known by.</param>
/// <param name="Result">What the call would have returned.</param>
public readonly record struct IoRingCompletion(long Tag, CallResult Result);
