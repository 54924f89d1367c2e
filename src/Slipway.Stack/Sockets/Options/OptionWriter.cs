using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>Sets an option from bytes.</summary>
internal delegate Errno OptionWriter<in TSocket>(TSocket socket, Caller caller, ReadOnlySpan<byte> value) where TSocket : OpenSocket;
