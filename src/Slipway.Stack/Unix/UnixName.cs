using System.Buffers.Binary;
using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>The name of a local socket as getsockname gives it: struct sockaddr_un with its length. An accepted socket shares its listener's.</summary>
internal sealed class UnixName
{
    public const int PathOffset = 2;

    /// <summary>sizeof(struct sockaddr_un).</summary>
    public const int MaxLength = PathOffset + 108;

    private readonly byte[] _structure;

    private UnixName(byte[] structure) => _structure = structure;

    /// <summary>What follows the family.</summary>
    public ReadOnlySpan<byte> Path => _structure.AsSpan(PathOffset);

    public bool IsAbstract => _structure[PathOffset] == 0;

    /// <summary>Checks an address as Linux does before anything else (unix_validate_addr).</summary>
    public static Errno Check(ReadOnlySpan<byte> address)
        => address.Length is <= PathOffset or > MaxLength || SockAddr.FamilyOf(address) != AddressFamily.Unix ? Errno.EINVAL : Errno.None;

    public static bool IsAbstractAddress(ReadOnlySpan<byte> address) => address[PathOffset] == 0;

    /// <summary>The path in an address: up to a NUL, or as long as the address is.</summary>
    public static ReadOnlySpan<byte> PathOf(ReadOnlySpan<byte> address)
    {
        ReadOnlySpan<byte> path = address[PathOffset..];
        int end = path.IndexOf((byte)0);
        return end < 0 ? path : path[..end];
    }

    /// <summary>A path's name ends with a NUL, whether the address had one or not.</summary>
    public static UnixName FromPath(ReadOnlySpan<byte> path) => Make(path, path.Length + 1);

    /// <param name="name">With the NUL at its start.</param>
    public static UnixName FromAbstract(ReadOnlySpan<byte> name) => Make(name, name.Length);

    /// <summary>Writes an address, as far as there is room; one that has no name is its family alone.</summary>
    /// <returns>The true length.</returns>
    public static int Write(UnixName? name, Span<byte> address)
    {
        if (name is not null)
        {
            name._structure.AsSpan(0, Math.Min(name._structure.Length, address.Length)).CopyTo(address);
            return name._structure.Length;
        }
        Span<byte> family = stackalloc byte[PathOffset];
        BinaryPrimitives.WriteUInt16LittleEndian(family, (ushort)AddressFamily.Unix);
        family[..Math.Min(PathOffset, address.Length)].CopyTo(address);
        return PathOffset;
    }

    private static UnixName Make(ReadOnlySpan<byte> name, int length)
    {
        byte[] structure = new byte[PathOffset + length];
        BinaryPrimitives.WriteUInt16LittleEndian(structure, (ushort)AddressFamily.Unix);
        name.CopyTo(structure.AsSpan(PathOffset));
        return new UnixName(structure);
    }
}
