using System.Globalization;

namespace Slipway.Linux;

/// <summary>The name under which unrelated programs find a System V object (key_t, sysvipc(7)).</summary>
/// <param name="Value">The number; 0 is IPC_PRIVATE, under which nothing is ever found.</param>
public readonly record struct IpcKey(int Value)
{
    /// <summary>IPC_PRIVATE: always a new object, which others can only be told about by its identifier.</summary>
    public static IpcKey Private => default;

    /// <summary>ftok(3): the key that belongs to a file and a number, the same as long as the file is not replaced.</summary>
    /// <param name="path">A file that exists.</param>
    /// <param name="id">Its low 8 bits count.</param>
    /// <exception cref="LinuxCallException">ENOENT, EACCES; EINVAL: a NUL in the path.</exception>
    public static unsafe IpcKey FromPath(string path, int id)
    {
        fixed (byte* text = CString.Encode(path, "ftok"))
        {
            int key = Libc.FileToKey(text, id);
            return key == -1 ? throw new LinuxCallException(Libc.LastError, $"ftok({CString.Quote(path)}, {id})") : new IpcKey(key);
        }
    }

    /// <summary>As ipcs prints it: <c>0x0000002a</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"0x{Value:x8}");
}
