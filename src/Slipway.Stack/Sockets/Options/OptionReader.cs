using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>Reads an option's value into room that is at most as long as the caller's; returns its length.</summary>
internal delegate CallResult OptionReader<in TSocket>(TSocket socket, Span<byte> value) where TSocket : OpenSocket;
