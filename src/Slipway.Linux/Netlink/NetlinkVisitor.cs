namespace Slipway.Linux;

/// <summary>What a visitor of a dump does with one message: its type and what follows the header.</summary>
internal delegate void NetlinkVisitor<in TState>(int type, ReadOnlySpan<byte> body, TState state);
