using System.Buffers.Binary;
using System.Text;

namespace Slipway.Sockets;

/// <summary>
/// The address of a local socket: struct sockaddr_un with its length as a value (unix(7)). It is a path, an abstract name, which begins with a NUL and belongs to no file, or no name at all.
/// </summary>
/// <remarks>On a virtual host a path is a name in a small tree of the host's own, with <c>/dev</c>, <c>/run</c>, <c>/tmp</c>, <c>/var/run</c> and <c>/var/tmp</c>; a relative one begins at <c>/</c>.</remarks>
public readonly struct UnixAddress : IEquatable<UnixAddress>
{
    /// <summary>Bytes of struct sockaddr_un.</summary>
    public const int MaxStructureLength = StructureLayout.SockAddrUnSize;

    private const int PathOffset = StructureLayout.SunPathOffset;

    private readonly byte[]? _name;

    private UnixAddress(byte[] name) => _name = name;

    /// <summary>No name: what a socket has that was not bound. To bind it has the system choose an abstract name.</summary>
    public static UnixAddress Unnamed => default;

    /// <summary>Whether it is no name at all.</summary>
    public bool IsUnnamed => _name is null;

    /// <summary>Whether it is an abstract name.</summary>
    public bool IsAbstract => _name is not null && _name[0] == 0;

    /// <summary>The path; null for an address that is none. Bytes that are not UTF-8 read as U+FFFD.</summary>
    public string? Path => _name is not null && _name[0] != 0 ? Encoding.UTF8.GetString(_name.AsSpan(0, _name.Length - 1)) : null;

    /// <summary>The abstract name without its leading NUL; empty for an address that is none.</summary>
    public ReadOnlySpan<byte> AbstractName => IsAbstract ? _name.AsSpan(1) : default;

    /// <summary>Bytes of the structure: 2 without a name, and a path counts with the NUL behind it.</summary>
    public int StructureLength => PathOffset + (_name?.Length ?? 0);

    /// <summary>A path.</summary>
    /// <exception cref="ArgumentException">It is empty, has a NUL, or takes more than 107 bytes in UTF-8.</exception>
    public static UnixAddress FromPath(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        int length = Encoding.UTF8.GetByteCount(path);
        if (path.Contains('\0', StringComparison.Ordinal)) throw new ArgumentException("A path has no NUL in it.", nameof(path));
        if (length >= StructureLayout.SunPathSize) throw new ArgumentException($"The path takes {length} bytes, and there is room for {StructureLayout.SunPathSize - 1}.", nameof(path));
        byte[] name = new byte[length + 1];
        Encoding.UTF8.GetBytes(path, name);
        return new UnixAddress(name);
    }

    /// <summary>An abstract name of any bytes, given without its leading NUL. All of its bytes count, further NULs too.</summary>
    /// <exception cref="ArgumentException">More than 107 bytes.</exception>
    public static UnixAddress FromAbstract(ReadOnlySpan<byte> name)
    {
        if (name.Length >= StructureLayout.SunPathSize) throw new ArgumentException($"The name takes {name.Length} bytes, and there is room for {StructureLayout.SunPathSize - 1}.", nameof(name));
        byte[] copy = new byte[name.Length + 1];
        name.CopyTo(copy.AsSpan(1));
        return new UnixAddress(copy);
    }

    /// <summary>An abstract name from text in UTF-8.</summary>
    /// <exception cref="ArgumentException">More than 107 bytes.</exception>
    public static UnixAddress FromAbstract(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return FromAbstract(Encoding.UTF8.GetBytes(name));
    }

    /// <summary>Reads a sockaddr_un that a call gave, of the length that it gave. A path ends at its NUL.</summary>
    /// <returns>False if the family is another, or the bytes are fewer than 2 or more than 110.</returns>
    public static bool TryRead(ReadOnlySpan<byte> structure, out UnixAddress address)
    {
        address = default;
        if (structure.Length is < PathOffset or > MaxStructureLength || BinaryPrimitives.ReadUInt16LittleEndian(structure) != (ushort)AddressFamily.Unix) return false;
        ReadOnlySpan<byte> name = structure[PathOffset..];
        if (name.IsEmpty) return true;
        if (name[0] == 0)
        {
            address = new UnixAddress(name.ToArray());
            return true;
        }
        int end = name.IndexOf((byte)0);
        byte[] path = new byte[(end < 0 ? name.Length : end) + 1];
        name[..(path.Length - 1)].CopyTo(path);
        address = new UnixAddress(path);
        return true;
    }

    /// <summary>Writes the structure and returns its length. Bytes that do not fit are left out, as a value-result length has it.</summary>
    public int Write(Span<byte> destination)
    {
        Span<byte> structure = stackalloc byte[MaxStructureLength];
        BinaryPrimitives.WriteUInt16LittleEndian(structure, (ushort)AddressFamily.Unix);
        _name.CopyTo(structure[PathOffset..]);
        structure[..Math.Min(StructureLength, destination.Length)].CopyTo(destination);
        return StructureLength;
    }

    /// <inheritdoc/>
    public bool Equals(UnixAddress other) => _name.AsSpan().SequenceEqual(other._name);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is UnixAddress other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(_name);
        return hash.ToHashCode();
    }

    /// <summary>The path, an abstract name behind an <c>@</c> (further NULs as <c>@</c> too), or <c>(unnamed)</c>.</summary>
    public override string ToString()
    {
        if (_name is null) return "(unnamed)";
        return Path ?? Encoding.UTF8.GetString(_name).Replace('\0', '@');
    }

    /// <summary>The same name.</summary>
    public static bool operator ==(UnixAddress left, UnixAddress right) => left.Equals(right);

    /// <summary>Another name.</summary>
    public static bool operator !=(UnixAddress left, UnixAddress right) => !left.Equals(right);
}
