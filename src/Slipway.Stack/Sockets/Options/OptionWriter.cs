using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>Sets an option from bytes.</summary>
internal delegate Errno OptionWriter(InetSocket socket, ProcessContext caller, ReadOnlySpan<byte> value);
