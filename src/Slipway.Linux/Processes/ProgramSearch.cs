using System.Text;
using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>Finds a program in PATH as execvp(3) does: the first file that may be executed; EACCES if there were only others, ENOENT if there was none.</summary>
internal static unsafe class ProgramSearch
{
    private const int Executable = 1, ByEffectiveIds = 0x200; // X_OK, AT_EACCESS
    private const string WithoutPath = "/bin:/usr/bin";

    /// <param name="name">A name without a slash.</param>
    /// <param name="directory">The child's working directory, for relative elements of PATH.</param>
    public static string Find(string name, int directory)
    {
        Errno worst = Errno.ENOENT;
        foreach (string place in (Environment.GetEnvironmentVariable("PATH") ?? WithoutPath).Split(':'))
        {
            // An empty element is the working directory.
            string path = place.Length == 0 ? $"./{name}" : $"{place}/{name}";
            Errno error = Check(path, directory);
            if (error == Errno.None) return path;
            if (error == Errno.EACCES) worst = error;
        }
        throw new LinuxCallException(worst, $"execve({CString.Quote(name)}) in PATH");
    }

    private static Errno Check(string path, int directory)
    {
        fixed (byte* bytes = Encoding.UTF8.GetBytes(path + "\0"))
        {
            Errno error = Libc.Status(Libc.AccessAt(directory, bytes, Executable, ByEffectiveIds));
            if (error != Errno.None) return error;
            // A directory has the same bit, to be searched; to execute it is refused with EACCES.
            return IsDirectory(bytes, directory) ? Errno.EACCES : Errno.None;
        }
    }

    private static bool IsDirectory(byte* path, int directory)
    {
        const int StatXLength = 256, Type = 1, TypeMask = 0xF000, DirectoryType = 0x4000;
        byte* result = stackalloc byte[StatXLength];
        return Libc.StatX(directory, path, 0, Type, result) == 0 && (*(ushort*)(result + 28) & TypeMask) == DirectoryType;
    }
}
