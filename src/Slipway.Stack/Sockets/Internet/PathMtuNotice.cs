using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>What IPV6_RECVPATHMTU has to tell: a packet to there was too big, and this is the path's MTU (RFC 3542 §11.3).</summary>
internal sealed record PathMtuNotice(IpAddress Destination, int Mtu);
