using FsCheck;
using FsCheck.Fluent;

namespace Slipway.Wire.Tests;

/// <summary>Generators of header fields. Numbers cover their whole range, with the ends of it often among them.</summary>
internal static class Any
{
    internal static readonly Gen<bool> Bool = Gen.Elements(false, true);
    internal static readonly Gen<byte> Byte = Number(byte.MaxValue).Select(static n => (byte)n);
    internal static readonly Gen<ushort> UInt16 = Number(ushort.MaxValue).Select(static n => (ushort)n);
    internal static readonly Gen<uint> UInt32 = from high in UInt16 from low in UInt16 select (uint)high << 16 | low;
    internal static readonly Gen<ulong> UInt64 = from high in UInt32 from low in UInt32 select (ulong)high << 32 | low;
    internal static readonly Gen<MacAddress> Mac = UInt64.Select(static n => new MacAddress(n >> 16));
    internal static readonly Gen<IpAddress> IPv4 = UInt32.Select(IpAddress.FromIPv4);
    internal static readonly Gen<IpAddress> IPv6 = from high in UInt64 from low in UInt64 select new IpAddress(high | 1, low);
    internal static readonly Gen<IpProtocolNumber> Protocol = Byte.Select(static n => (IpProtocolNumber)n);

    /// <summary>Two addresses of one family.</summary>
    internal static readonly Gen<(IpAddress Source, IpAddress Destination)> Addresses = Gen.OneOf(
        from source in IPv4 from destination in IPv4 select (source, destination),
        from source in IPv6 from destination in IPv6 select (source, destination));

    internal static Gen<int> Number(int maximum) => Gen.Frequency((1, Gen.Elements(0, 1, maximum - 1, maximum)), (4, Gen.Choose(0, maximum)));

    internal static Gen<byte[]> Bytes(int maximum) => from length in Gen.Choose(0, maximum) from bytes in Byte.ArrayOf(length) select bytes;
}
