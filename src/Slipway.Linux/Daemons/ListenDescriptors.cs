using System.Globalization;
using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>Sockets that a service manager opened for this process before it began: socket activation (sd_listen_fds(3)).</summary>
public static class ListenDescriptors
{
    private const string ProcessVariable = "LISTEN_PID", CountVariable = "LISTEN_FDS", NamesVariable = "LISTEN_FDNAMES";
    private const int First = 3; // SD_LISTEN_FDS_START

    /// <summary>
    /// The descriptors that were passed, from 3 on, with their names. They get FD_CLOEXEC and are the caller's to close; the variables are taken out of the environment, so that
    /// no child believes them its own, and a second call gives nothing.
    /// </summary>
    /// <returns>Empty where none were passed, or to another process.</returns>
    /// <exception cref="LinuxCallException">EBADF: a descriptor that was announced is not open.</exception>
    /// <exception cref="FormatException">LISTEN_FDS is no number of descriptors, or there are more names than descriptors or fewer.</exception>
    public static IReadOnlyList<(FileDescriptor Descriptor, string Name)> Take()
    {
        string? process = Environment.GetEnvironmentVariable(ProcessVariable), countText = Environment.GetEnvironmentVariable(CountVariable);
        string? nameText = Environment.GetEnvironmentVariable(NamesVariable);
        foreach (string variable in (ReadOnlySpan<string>)[ProcessVariable, CountVariable, NamesVariable]) Environment.SetEnvironmentVariable(variable, null);
        if (process != Environment.ProcessId.ToString(CultureInfo.InvariantCulture) || countText is null) return [];
        if (!int.TryParse(countText, NumberStyles.None, CultureInfo.InvariantCulture, out int count) || count > int.MaxValue - First)
            throw new FormatException($"{CountVariable}={countText} is no number of descriptors");
        string[] names = nameText is null ? [] : nameText.Split(':');
        if (nameText is not null && names.Length != count) throw new FormatException($"{NamesVariable}={nameText} names {names.Length} descriptors, not {count}");

        var taken = new List<(FileDescriptor, string)>();
        for (int i = 0; i < count; i++)
        {
            var descriptor = FileDescriptor.Adopt(First + i);
            descriptor.CloseOnExec = true;
            taken.Add((descriptor, i < names.Length ? names[i] : "unknown")); // as sd_listen_fds_with_names(3) calls them
        }
        return taken;
    }

    /// <summary>A passed descriptor as a socket of the machine, which is then the socket's to close.</summary>
    public static Socket ToSocket(FileDescriptor descriptor)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        return new Socket(LinuxSystem.Current, descriptor.GiveAway());
    }
}
