using System.Globalization;
using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>One System V object of the machine, as ipcs lists it: what programs have left behind, and how to reach it.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Key">Its key.</param>
/// <param name="Id">Its identifier.</param>
/// <param name="UserId">The owner.</param>
/// <param name="GroupId">The owner's group.</param>
/// <param name="Mode">The permissions.</param>
/// <param name="Size">How many semaphores it has, how long the memory is in bytes, or how many bytes of messages wait.</param>
/// <param name="Users">How many attachments the memory has, or how many messages wait; 0 for semaphores.</param>
public readonly record struct IpcListing(IpcKind Kind, IpcKey Key, int Id, int UserId, int GroupId, UnixFileMode Mode, long Size, long Users)
{
    // The permission bits; the kernel shows shared memory's marks above them.
    private const int PermissionBits = 0x1FF;

    /// <summary>All objects in the IPC namespace of this process, whoever they belong to (/proc/sysvipc), in the kernel's order.</summary>
    /// <exception cref="LinuxCallException">ENOENT: the kernel has no System V objects, or no /proc is mounted.</exception>
    public static IReadOnlyList<IpcListing> ReadAll()
    {
        var all = new List<IpcListing>();
        Read("/proc/sysvipc/sem", IpcKind.Semaphores, "semid", "nsems", null, all);
        Read("/proc/sysvipc/shm", IpcKind.SharedMemory, "shmid", "size", "nattch", all);
        Read("/proc/sysvipc/msg", IpcKind.Messages, "msqid", "cbytes", "qnum", all);
        return all;
    }

    private static void Read(string path, IpcKind kind, string id, string size, string? users, List<IpcListing> all)
    {
        string text = LinuxFiles.Instance.ReadText(path) ?? throw new LinuxCallException(Errno.ENOENT, $"open({CString.Quote(path)})");
        string[] lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string[] columns = Words(lines[0]);
        foreach (string line in lines.AsSpan(1))
        {
            string[] words = Words(line);
            all.Add(new IpcListing(
                kind,
                new IpcKey((int)Number("key")),
                (int)Number(id),
                (int)Number("uid"),
                (int)Number("gid"),
                (UnixFileMode)(Convert.ToInt32(words[Array.IndexOf(columns, "perms")], 8) & PermissionBits),
                Number(size),
                users == null ? 0 : Number(users)));

            long Number(string column) => long.Parse(words[Array.IndexOf(columns, column)], CultureInfo.InvariantCulture);
        }
    }

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
