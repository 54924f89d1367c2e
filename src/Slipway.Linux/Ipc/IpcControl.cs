using System.Runtime.InteropServices;

namespace Slipway.Linux;

/// <summary>What the three kinds of System V objects have in common: commands, flags, and struct ipc_perm, which begins every status structure.</summary>
internal static class IpcControl
{
    public const int IPC_CREAT = 0x200, IPC_EXCL = 0x400, IPC_NOWAIT = 0x800;
    public const int IPC_RMID = 0, IPC_SET = 1, IPC_STAT = 2;

    /// <summary>Room for any of the status structures (semid_ds, shmid_ds, msqid_ds).</summary>
    public const int StatusLength = 256;

    // Key, owner, group, creator, creator's group: four bytes each; then the mode.
    private const int ModeOffset = 20, PermissionBits = 0x1FF;

    public static int Flags(UnixFileMode mode, bool exclusive) => (int)mode & PermissionBits | IPC_CREAT | (exclusive ? IPC_EXCL : 0);

    public static IpcPermissions Permissions(ReadOnlySpan<byte> status)
    {
        ReadOnlySpan<int> words = MemoryMarshal.Cast<byte, int>(status);
        return new IpcPermissions(new IpcKey(words[0]), words[1], words[2], words[3], words[4], (UnixFileMode)(Mode(status) & PermissionBits));
    }

    /// <summary>The permissions, and above them the marks of shared memory.</summary>
    public static int Mode(ReadOnlySpan<byte> status) => MemoryMarshal.Read<int>(status[ModeOffset..]);

    /// <summary>Changes owner, group and permissions, for IPC_SET.</summary>
    public static void SetPermissions(Span<byte> status, int user, int group, UnixFileMode mode)
    {
        Span<int> words = MemoryMarshal.Cast<byte, int>(status);
        (words[1], words[2], words[ModeOffset / sizeof(int)]) = (user, group, (int)mode);
    }

    public static long Long(ReadOnlySpan<byte> status, int offset) => MemoryMarshal.Read<long>(status[offset..]);

    public static int Int(ReadOnlySpan<byte> status, int offset) => MemoryMarshal.Read<int>(status[offset..]);

    /// <summary>A time_t, where 0 means never.</summary>
    public static DateTimeOffset? Time(ReadOnlySpan<byte> status, int offset)
        => Long(status, offset) is var seconds and not 0 ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;
}
