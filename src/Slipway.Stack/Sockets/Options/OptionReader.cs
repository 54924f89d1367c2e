using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>Reads an option's value into room that is at most as long as the caller's; returns its length.</summary>
internal delegate CallResult OptionReader(InetSocket socket, Span<byte> value);
