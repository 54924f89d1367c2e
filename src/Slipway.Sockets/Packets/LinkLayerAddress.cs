using System.Buffers.Binary;
using System.Globalization;

namespace Slipway.Sockets;

/// <summary>An address of a packet socket: struct sockaddr_ll as a value (packet(7)). The protocol is in host order here and in network order in the structure.</summary>
public readonly struct LinkLayerAddress : IEquatable<LinkLayerAddress>
{
    /// <summary>Bytes of struct sockaddr_ll: the least that bind and sendto take.</summary>
    public const int StructureLength = 20;

    /// <summary>Most bytes of a link-layer address that the structure has room for.</summary>
    public const int MaxAddressLength = 8;

    private const int AddressOffset = 12;

    // The bytes of the address from the most significant on, those that are not there zero.
    private readonly ulong _address;

    /// <summary>Makes an address to bind to or to send to.</summary>
    /// <param name="interfaceIndex">The interface; to bind, 0 means all.</param>
    /// <param name="protocol">An EtherType, or another constant of <see cref="EthernetProtocol"/>. To bind, 0 keeps the socket's.</param>
    /// <param name="address">The destination's link-layer address, where the device makes the header.</param>
    /// <exception cref="ArgumentException">The address has more than 8 bytes.</exception>
    public LinkLayerAddress(int interfaceIndex, ushort protocol, ReadOnlySpan<byte> address = default)
    {
        if (address.Length > MaxAddressLength) throw new ArgumentException($"A link-layer address has at most {MaxAddressLength} bytes here.", nameof(address));
        InterfaceIndex = interfaceIndex;
        Protocol = protocol;
        AddressLength = (byte)address.Length;
        _address = ReadAddress(address);
    }

    /// <summary>The address of a received frame, or of a socket.</summary>
    /// <exception cref="ArgumentException">The address has more than 8 bytes.</exception>
    public LinkLayerAddress(int interfaceIndex, ushort protocol, ushort hardwareType, LinkPacketType packetType, ReadOnlySpan<byte> address)
        : this(interfaceIndex, protocol, address)
    {
        HardwareType = hardwareType;
        PacketType = packetType;
    }

    private LinkLayerAddress(ReadOnlySpan<byte> structure)
    {
        Protocol = BinaryPrimitives.ReadUInt16BigEndian(structure[2..]);
        InterfaceIndex = BinaryPrimitives.ReadInt32LittleEndian(structure[4..]);
        HardwareType = BinaryPrimitives.ReadUInt16LittleEndian(structure[8..]);
        PacketType = (LinkPacketType)structure[10];
        ReadOnlySpan<byte> address = structure[AddressOffset..];
        AddressLength = (byte)Math.Min(Math.Min((int)structure[11], MaxAddressLength), address.Length);
        _address = ReadAddress(address[..AddressLength]);
    }

    /// <summary>sll_ifindex: the interface; -1 of a socket whose interface is gone.</summary>
    public int InterfaceIndex { get; }

    /// <summary>sll_protocol.</summary>
    public ushort Protocol { get; }

    /// <summary>sll_hatype: a constant of <see cref="Sockets.HardwareType"/>; set on receipt.</summary>
    public ushort HardwareType { get; }

    /// <summary>sll_pkttype; set on receipt.</summary>
    public LinkPacketType PacketType { get; }

    /// <summary>sll_halen: bytes of the link-layer address; 0 where the link has none.</summary>
    public int AddressLength { get; }

    /// <summary>Copies the link-layer address, the sender's of a received frame, as far as there is room.</summary>
    /// <returns>Its length.</returns>
    public int CopyAddress(Span<byte> destination)
    {
        Span<byte> bytes = stackalloc byte[MaxAddressLength];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, _address);
        bytes[..Math.Min(AddressLength, destination.Length)].CopyTo(destination);
        return AddressLength;
    }

    /// <summary>Reads a sockaddr_ll that a call gave; getsockname gives one without the rest of the address field, so 12 bytes are enough.</summary>
    /// <returns>False if the family is another or the bytes are too few.</returns>
    public static bool TryRead(ReadOnlySpan<byte> structure, out LinkLayerAddress address)
    {
        address = default;
        if (structure.Length < AddressOffset || BinaryPrimitives.ReadUInt16LittleEndian(structure) != (ushort)AddressFamily.Packet) return false;
        address = new LinkLayerAddress(structure);
        return true;
    }

    /// <summary>Writes the structure, as far as there is room, and returns its length.</summary>
    public int Write(Span<byte> destination)
    {
        Span<byte> structure = stackalloc byte[StructureLength];
        BinaryPrimitives.WriteUInt16LittleEndian(structure, (ushort)AddressFamily.Packet);
        BinaryPrimitives.WriteUInt16BigEndian(structure[2..], Protocol);
        BinaryPrimitives.WriteInt32LittleEndian(structure[4..], InterfaceIndex);
        BinaryPrimitives.WriteUInt16LittleEndian(structure[8..], HardwareType);
        structure[10] = (byte)PacketType;
        structure[11] = (byte)AddressLength;
        BinaryPrimitives.WriteUInt64BigEndian(structure[AddressOffset..], _address);
        structure[..Math.Min(StructureLength, destination.Length)].CopyTo(destination);
        return StructureLength;
    }

    /// <inheritdoc/>
    public bool Equals(LinkLayerAddress other)
        => (_address, InterfaceIndex, Protocol, HardwareType, PacketType, AddressLength) == (other._address, other.InterfaceIndex, other.Protocol, other.HardwareType, other.PacketType, other.AddressLength);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is LinkLayerAddress other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_address, InterfaceIndex, Protocol, HardwareType, PacketType, AddressLength);

    /// <summary>As <c>interface 2, protocol 0x0800, Outgoing, 02:00:00:00:00:01</c>.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[MaxAddressLength];
        CopyAddress(bytes);
        string text = string.Create(CultureInfo.InvariantCulture, $"interface {InterfaceIndex}, protocol 0x{Protocol:x4}, {PacketType}");
        for (int i = 0; i < AddressLength; i++) text += string.Create(CultureInfo.InvariantCulture, $"{(i == 0 ? ", " : ":")}{bytes[i]:x2}");
        return text;
    }

    /// <summary>The same in all fields.</summary>
    public static bool operator ==(LinkLayerAddress left, LinkLayerAddress right) => left.Equals(right);

    /// <summary>Another in some field.</summary>
    public static bool operator !=(LinkLayerAddress left, LinkLayerAddress right) => !left.Equals(right);

    private static ulong ReadAddress(ReadOnlySpan<byte> address)
    {
        Span<byte> bytes = stackalloc byte[MaxAddressLength];
        bytes.Clear();
        address.CopyTo(bytes);
        return BinaryPrimitives.ReadUInt64BigEndian(bytes);
    }
}
