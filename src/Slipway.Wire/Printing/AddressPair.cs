namespace Slipway.Wire;

/// <summary>What the printers of upper protocols need of the IP header.</summary>
/// <param name="Source">Source address.</param>
/// <param name="Destination">Destination address.</param>
/// <param name="Verify">Whether checksums can be checked: the packet is whole and its checksums count.</param>
internal readonly record struct AddressPair(IpAddress Source, IpAddress Destination, bool Verify);
