using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>An address as a sequence names it, so that it means the same on both systems.</summary>
/// <param name="Kind">Where its bytes come from.</param>
/// <param name="Index">The other socket, the port or the name of the sequence; -1 for port 0.</param>
/// <param name="Bytes">The bytes of <see cref="FuzzAddressKind.Raw"/>, and the IP address of the internet's two.</param>
/// <param name="Length">The length to give instead of the right one, or -1.</param>
/// <param name="Family">The family to give instead of the right one, or -1.</param>
internal sealed record FuzzAddress(FuzzAddressKind Kind, int Index, byte[] Bytes, int Length = -1, int Family = -1)
{
    private const int PathOffset = 2;

    /// <summary>The bytes on a system.</summary>
    public byte[] Resolve(FuzzWorld world)
    {
        byte[] whole = Kind switch
        {
            FuzzAddressKind.Raw => [.. Bytes],
            FuzzAddressKind.NameOf => world.NameOf(Index),
            FuzzAddressKind.Inet => Internet(world, AddressFamily.Inet, 16, 4),
            FuzzAddressKind.Inet6 => Internet(world, AddressFamily.Inet6, 28, 8),
            FuzzAddressKind.Path => Local(string.Create(CultureInfo.InvariantCulture, $"{world.Directory}/{world.Number}-{Index}\0")),
            _ => Local(string.Create(CultureInfo.InvariantCulture, $"\0slipway-{world.Number}-{Index}")),
        };
        if (Family >= 0 && whole.Length >= PathOffset) BinaryPrimitives.WriteUInt16LittleEndian(whole, (ushort)Family);
        if (Length >= 0) Array.Resize(ref whole, Length);
        return whole;
    }

    public override string ToString()
    {
        string text = Kind switch
        {
            FuzzAddressKind.Raw => $"[{Convert.ToHexStringLower(Bytes)}]",
            FuzzAddressKind.NameOf => $"name of s{Index}",
            FuzzAddressKind.Inet => new System.Net.IPAddress(Bytes) + PortText,
            FuzzAddressKind.Inet6 => $"[{new System.Net.IPAddress(Bytes.AsSpan(0, 16))}{(Bytes.Length > 16 && Bytes[16] != 0 ? "%" + Bytes[16].ToString(CultureInfo.InvariantCulture) : "")}]{PortText}",
            FuzzAddressKind.Path => $"path {Index}",
            _ => $"abstract name {Index}",
        };
        if (Length >= 0) text += $" in {Length} bytes";
        return Family >= 0 ? $"{text} with family {Family}" : text;
    }

    private string PortText => Index < 0 ? ":0" : $":port {Index}";

    private byte[] Internet(FuzzWorld world, AddressFamily family, int length, int addressOffset)
    {
        byte[] structure = new byte[length];
        BinaryPrimitives.WriteUInt16LittleEndian(structure, (ushort)family);
        BinaryPrimitives.WriteUInt16BigEndian(structure.AsSpan(2), (ushort)(Index < 0 ? 0 : world.FirstPort + Index));
        // A seventeenth byte is the scope.
        Bytes.AsSpan(0, Math.Min(Bytes.Length, 16)).CopyTo(structure.AsSpan(addressOffset));
        if (Bytes.Length > 16) structure[24] = Bytes[16];
        return structure;
    }

    private static byte[] Local(string name)
    {
        byte[] structure = new byte[PathOffset + Encoding.UTF8.GetByteCount(name)];
        BinaryPrimitives.WriteUInt16LittleEndian(structure, (ushort)AddressFamily.Unix);
        Encoding.UTF8.GetBytes(name, structure.AsSpan(PathOffset));
        return structure;
    }
}
