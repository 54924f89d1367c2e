using System.Buffers.Binary;

namespace Slipway.Sockets;

/// <summary>struct sockaddr_nl: the address of a netlink socket (netlink(7)).</summary>
/// <param name="Port">nl_pid: the socket; 0 is the kernel, and in bind asks for a free number.</param>
/// <param name="Groups">nl_groups: a bit for each of the first 32 groups.</param>
public readonly record struct NetlinkAddress(uint Port, uint Groups = 0)
{
    /// <summary>Bytes of the structure.</summary>
    public const int Length = 12;

    /// <summary>Reads the structure.</summary>
    /// <returns>False if it is shorter or of another family.</returns>
    public static bool TryRead(ReadOnlySpan<byte> structure, out NetlinkAddress address)
    {
        address = default;
        if (structure.Length < Length || BinaryPrimitives.ReadUInt16LittleEndian(structure) != (ushort)AddressFamily.Netlink) return false;
        address = new NetlinkAddress(BinaryPrimitives.ReadUInt32LittleEndian(structure[4..]), BinaryPrimitives.ReadUInt32LittleEndian(structure[8..]));
        return true;
    }

    /// <summary>Writes the structure.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is less room than <see cref="Length"/>.</exception>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(destination, (ushort)AddressFamily.Netlink);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[4..], Port);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[8..Length], Groups);
    }

    /// <summary>The structure.</summary>
    public byte[] ToSockAddr()
    {
        byte[] structure = new byte[Length];
        Write(structure);
        return structure;
    }
}
