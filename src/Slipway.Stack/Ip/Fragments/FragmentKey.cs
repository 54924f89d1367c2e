using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>What the fragments of one packet share (RFC 791 §3.2, RFC 8200 §4.5).</summary>
/// <param name="Source">Source address.</param>
/// <param name="Destination">Destination address.</param>
/// <param name="Identification">16 bits in IPv4, 32 in IPv6.</param>
/// <param name="Protocol">The upper protocol; 0 in IPv6, where it does not count.</param>
/// <param name="InterfaceIndex">The interface for link-local and multicast addresses, else 0.</param>
internal readonly record struct FragmentKey(IpAddress Source, IpAddress Destination, uint Identification, IpProtocolNumber Protocol, int InterfaceIndex)
{
    public override int GetHashCode()
    {
        ulong hash = (ulong)(uint)Source.GetHashCode() << 32 ^ (uint)Destination.GetHashCode() ^ Identification * 0x9E37_79B9_7F4A_7C15 ^ (ulong)InterfaceIndex << 8 ^ (byte)Protocol;
        return (int)(hash * 0xD6E8_FEB8_6659_FD93 >> 32);
    }
}
