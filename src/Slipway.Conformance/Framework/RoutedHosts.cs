using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>Two hosts with a router between them, the same on the kernel and in the lab.</summary>
/// <param name="Near">10.0.1.1/24, fd01::1/64; default route over the router.</param>
/// <param name="Router">10.0.1.254 and 10.0.2.254, fd01::fe and fd02::fe; forwards both families.</param>
/// <param name="Far">10.0.2.1/24, fd02::1/64; default route over the router. The link to it has MTU 1280, the near one 1500.</param>
public sealed record RoutedHosts(HostProcess Near, HostProcess Router, HostProcess Far);
