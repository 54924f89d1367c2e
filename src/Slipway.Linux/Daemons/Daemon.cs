using System.Globalization;
using System.Text;
using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>A program that runs in the background, without terminal, directory and descriptors of whoever started it (daemon(7)).</summary>
/// <remarks>
/// <para>The classic five steps are each a word of <see cref="ProcessCommand"/>: a child whose parent goes on to end, and that parent's end before the program begins
/// (<see cref="ProcessCommand.StartDetached"/>); a session of its own (<see cref="ProcessCommand.NewSession"/>); a directory that keeps no file system busy and no file mode mask
/// (<see cref="ProcessCommand.WorkingDirectory"/>, <see cref="ProcessCommand.FileMask"/>); and only /dev/null for standard streams
/// (<see cref="ProcessCommand.Descriptors"/>). <see cref="Prepare"/> says all four that a command can carry, <see cref="Start"/> does all, and <see cref="Detach"/> does it for the program that calls it.</para>
/// <para>Under a service manager none of this is needed: see <see cref="ServiceNotifier"/> and <see cref="ListenDescriptors"/>.</para>
/// </remarks>
public static class Daemon
{
    // Tells the started program that it is the daemon, and by which descriptor it can tell that it is ready.
    private const string Variable = "SLIPWAY_DAEMON";
    private const int ReadyDescriptor = 3;

    private static readonly bool s_isDaemon = TakeVariable();
    private static bool s_told;

    private static readonly ChildDescriptor[] s_nothing = [ChildDescriptor.Read("/dev/null"), ChildDescriptor.Append("/dev/null", 1), ChildDescriptor.Append("/dev/null", 2)];

    /// <summary>A command as a daemon has it: a new session, the root for its directory, no file mode mask, and of descriptors only /dev/null three times, beside those given.</summary>
    /// <param name="command">The program.</param>
    /// <param name="descriptors">What else it is to have, from 3 on; a socket that listens already, for example.</param>
    public static ProcessCommand Prepare(ProcessCommand command, params IEnumerable<ChildDescriptor> descriptors)
    {
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(descriptors);
        return command with { NewSession = true, WorkingDirectory = "/", FileMask = 0, Descriptors = [.. s_nothing, .. descriptors] };
    }

    /// <summary>Starts a program as a daemon, all five steps.</summary>
    /// <param name="command">The program; its own directory, mask and descriptors are replaced.</param>
    /// <param name="descriptors">What it is to have beside /dev/null, from 3 on.</param>
    /// <returns>The daemon's process id. It is process 1's child, or the nearest subreaper's.</returns>
    /// <exception cref="LinuxCallException">As <see cref="ProcessCommand.Start"/> says.</exception>
    public static int Start(ProcessCommand command, params IEnumerable<ChildDescriptor> descriptors) => Prepare(command, descriptors).StartDetached();

    /// <summary>
    /// What Main calls to become a daemon. The first time it starts the same program again as one, waits until that has called <see cref="Ready"/> or <see cref="Fail"/> or ended, and
    /// gives Main what to return to the shell; in the daemon it returns at once.
    /// </summary>
    /// <param name="args">Main's arguments, which the daemon gets too.</param>
    /// <param name="exitCode">What Main is to return: 0 if the daemon is ready.</param>
    /// <returns>True where Main is to return; false in the daemon.</returns>
    /// <exception cref="LinuxCallException">As <see cref="ProcessCommand.Start"/> says.</exception>
    public static bool Detach(string[] args, out int exitCode)
    {
        ArgumentNullException.ThrowIfNull(args);
        exitCode = 0;
        if (IsDaemon) return false;
        using var ready = Pipe.Create();
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables()) environment[(string)variable.Key] = (string?)variable.Value ?? "";
        environment[Variable] = ReadyDescriptor.ToString(CultureInfo.InvariantCulture);
        _ = Start(ProcessCommand.OwnProgram(args) with { Environment = environment }, ChildDescriptor.Copy(ready.Writer, ReadyDescriptor));
        ready.Writer.Dispose();
        string message = ReadToEnd(ready.Reader);
        exitCode = message == "\n" ? 0 : 1;
        if (exitCode != 0) Console.Error.WriteLine(message.Length == 0 ? "the daemon ended before it was ready" : message.TrimEnd('\n'));
        return true;
    }

    /// <summary>Whether this process is the daemon that <see cref="Detach"/> started.</summary>
    public static bool IsDaemon => s_isDaemon;

    /// <summary>The daemon does its work now: whoever started it may return to the shell. Elsewhere, and the second time, it does nothing.</summary>
    public static void Ready() => Tell("\n");

    /// <summary>The daemon cannot do its work: whoever started it says why on standard error and returns 1 to the shell. The daemon then should end.</summary>
    public static void Fail(string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        Tell(message + "\n");
    }

    private static void Tell(string text)
    {
        if (!IsDaemon || Interlocked.Exchange(ref s_told, true)) return;
        using var descriptor = FileDescriptor.Adopt(ReadyDescriptor);
        ReadOnlySpan<byte> bytes = Encoding.UTF8.GetBytes(text);
        // The other side may have been interrupted and gone: the daemon lives on.
        while (bytes.Length > 0)
        {
            CallResult written = descriptor.TryWrite(bytes);
            if (!written.Succeeded) return;
            bytes = bytes[written.Value..];
        }
    }

    // Neither the variable nor the descriptor is for the daemon's own children.
    private static bool TakeVariable()
    {
        if (Environment.GetEnvironmentVariable(Variable) is null) return false;
        Environment.SetEnvironmentVariable(Variable, null);
        return Libc.Fcntl(ReadyDescriptor, FileControl.F_SETFD, FileControl.FD_CLOEXEC) == 0;
    }

    private static string ReadToEnd(FileDescriptor reader)
    {
        var all = new List<byte>();
        byte[] some = new byte[256];
        for (int count; (count = reader.Read(some)) > 0;) all.AddRange(some.AsSpan(0, count));
        return Encoding.UTF8.GetString([.. all]);
    }
}
