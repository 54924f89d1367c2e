using Slipway.Wire;

namespace Slipway.Linux;

/// <summary>One end of a veth pair.</summary>
/// <param name="Name">The interface's name, at most 15 bytes.</param>
/// <param name="Mac">Its hardware address; null lets the kernel choose.</param>
public readonly record struct VethEnd(string Name, MacAddress? Mac = null);
