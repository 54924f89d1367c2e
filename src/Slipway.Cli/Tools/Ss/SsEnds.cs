namespace Slipway.Cli;

/// <summary>What a filter looks at of a socket that is not of the internet.</summary>
/// <param name="Local">Its name; null for none.</param>
/// <param name="LocalPort">Its number.</param>
/// <param name="Peer">The name of its peer; null for none.</param>
/// <param name="PeerPort">The number of its peer.</param>
internal readonly record struct SsEnds(string? Local, uint LocalPort, string? Peer, uint PeerPort);
