using System.Globalization;
using Slipway.Lab;
using Slipway.Linux;
using Slipway.Sockets;

namespace Slipway.Cli;

/// <summary>Who has a socket open (<c>ss -p</c>): by the number of the socket, the programs with their ids and descriptors.</summary>
internal sealed class SsUsers
{
    private readonly Dictionary<ulong, List<string>> _users = [];

    /// <summary>Looks at the processes of the host: those of a lab, or those of the machine that may be seen.</summary>
    public static SsUsers Of(HostProcess process)
    {
        var users = new SsUsers();
        if (process is LabProcess lab) users.AddProcesses(lab.Host);
        else if (process is LinuxProcess) users.AddProcesses("/proc");
        return users;
    }

    /// <summary>As ss prints it; null where nobody has it.</summary>
    public string? Of(ulong inode) => inode != 0 && _users.TryGetValue(inode, out List<string>? users) ? $"users:({string.Join(',', users)})" : null;

    private void AddProcesses(Host host)
    {
        foreach (LabProcess process in host.Network.Processes.Where(process => process.Host == host && !process.HasEnded))
        {
            for (int descriptor = 0; descriptor < process.DescriptorLimit; descriptor++)
            {
                if (process.Sockets.Stat(descriptor, out FileStatus status) == Errno.None && status.IsSocket) Add(status.Inode, process.Name, process.Id, descriptor);
            }
        }
    }

    /// <summary>A process that ends meanwhile, or that one may not look into, has none.</summary>
    private void AddProcesses(string directory)
    {
        foreach (string process in Directory.EnumerateDirectories(directory))
        {
            if (!int.TryParse(Path.GetFileName(process), NumberStyles.None, CultureInfo.InvariantCulture, out int id)) continue;
            try
            {
                string name = File.ReadAllText(process + "/comm").TrimEnd('\n');
                foreach (string descriptor in Directory.EnumerateFileSystemEntries(process + "/fd"))
                {
                    const string Prefix = "socket:[";
                    string? target = File.ResolveLinkTarget(descriptor, returnFinalTarget: false)?.Name;
                    if (target?.StartsWith(Prefix, StringComparison.Ordinal) != true) continue;
                    Add(ulong.Parse(target.AsSpan(Prefix.Length).TrimEnd(']'), NumberStyles.None, CultureInfo.InvariantCulture), name, id, int.Parse(Path.GetFileName(descriptor), NumberStyles.None, CultureInfo.InvariantCulture));
                }
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
            }
        }
    }

    private void Add(ulong inode, string name, int id, int descriptor)
    {
        if (!_users.TryGetValue(inode, out List<string>? users)) _users.Add(inode, users = []);
        users.Add(string.Create(CultureInfo.InvariantCulture, $"(\"{name}\",pid={id},fd={descriptor})"));
    }
}
