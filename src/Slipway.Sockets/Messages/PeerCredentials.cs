using System.Buffers.Binary;

namespace Slipway.Sockets;

/// <summary>A process and its user: struct ucred, the data of SCM_CREDENTIALS and of SO_PEERCRED (unix(7)).</summary>
/// <param name="ProcessId">The process; 0 where nobody is known.</param>
/// <param name="UserId">Its user.</param>
/// <param name="GroupId">Its group.</param>
public readonly record struct PeerCredentials(int ProcessId, int UserId, int GroupId)
{
    /// <summary>Bytes of the structure.</summary>
    public const int Length = 12;

    /// <summary>Reads the structure.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than <see cref="Length"/> bytes.</exception>
    public static PeerCredentials Read(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadInt32LittleEndian(bytes),
        BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]),
        BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]));

    /// <summary>Writes the structure.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than <see cref="Length"/> bytes.</exception>
    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteInt32LittleEndian(bytes, ProcessId);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], UserId);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[8..], GroupId);
    }
}
