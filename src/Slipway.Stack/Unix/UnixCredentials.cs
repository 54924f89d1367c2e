using System.Buffers.Binary;

namespace Slipway.Stack;

/// <summary>struct ucred: a process and its user. Messages carry it (SCM_CREDENTIALS), connections keep it (SO_PEERCRED); with the process itself, for who wants a descriptor of it.</summary>
internal readonly record struct UnixCredentials(int ProcessId, int UserId, int GroupId, ProcessIdentity? Process = null)
{
    public const int Length = 12;

    /// <summary>Of a message that was sent while nobody asked for credentials: the user that stands for an unknown one (overflowuid).</summary>
    public static UnixCredentials Unknown { get; } = new(0, 65534, 65534);

    /// <summary>Of a peer that there never was.</summary>
    public static UnixCredentials Nobody { get; } = new(0, -1, -1);

    public static UnixCredentials Of(ProcessContext process) => new(process.ProcessId, process.UserId, process.GroupId, process.Identity);

    public static UnixCredentials Read(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadInt32LittleEndian(bytes), BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]), BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]));

    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteInt32LittleEndian(bytes, ProcessId);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], UserId);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[8..], GroupId);
    }
}
