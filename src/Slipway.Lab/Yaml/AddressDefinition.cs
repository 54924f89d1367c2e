using Slipway.Wire;

namespace Slipway.Lab;

/// <summary>An address, with the interface if the file names it.</summary>
internal sealed record AddressDefinition(LabNode Place, IpPrefix Prefix, string? Interface);
