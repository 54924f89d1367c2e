namespace Slipway.Wire;

/// <summary>What the printers of upper protocols need of the IP header.</summary>
/// <param name="Source">Source address.</param>
/// <param name="Destination">Destination address.</param>
/// <param name="Verify">Whether checksums count.</param>
/// <param name="IsPart">Whether only a part of the payload is there: a fragment, or a packet cut by the capture.</param>
internal readonly record struct AddressPair(IpAddress Source, IpAddress Destination, bool Verify, bool IsPart)
{
    /// <summary>Whether checksums are to be checked and can be.</summary>
    internal bool CanVerify => Verify && !IsPart;
}
