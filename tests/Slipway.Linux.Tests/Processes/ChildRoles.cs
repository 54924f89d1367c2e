using System.Globalization;
using System.Reflection;

namespace Slipway.Linux.Tests.Processes;

/// <summary>What this assembly does when a test starts it again as a child: in place of a fork that runs on in the same program.</summary>
internal static class ChildRoles
{
    private const string Argument = "--child-role";

    /// <summary>A variable of the program.</summary>
    public static int Shared { get; set; }

    /// <summary>The command that plays a role.</summary>
    public static ProcessCommand Command(Func<string[], int> role, params string[] arguments)
        => ProcessCommand.Assembly(typeof(ChildRoles).Assembly.Location, [Argument, role.Method.Name, .. arguments]);

    /// <summary>The other side: plays the role if the process was started for one.</summary>
    public static bool TryPlay(string[] args, out int exitCode)
    {
        exitCode = 0;
        if (args is not [Argument, var name, .. var rest]) return false;
        exitCode = typeof(ChildRoles).GetMethod(name, BindingFlags.Static | BindingFlags.Public)!.CreateDelegate<Func<string[], int>>()(rest);
        return true;
    }

    /// <summary>Gives the variable a value, tells both, and returns the second argument from Main.</summary>
    public static int ChangeAndReturn(string[] arguments)
    {
        int before = Shared;
        Shared = Number(arguments[0]);
        Console.WriteLine($"{before} to {Shared}");
        return Number(arguments[1]);
    }

    /// <summary>Tells what is left of its alarm.</summary>
    public static int TellAlarm(string[] arguments)
    {
        using var process = new LinuxProcess();
        Console.WriteLine(process.Alarm(0));
        return 0;
    }

    /// <summary>Handles SIGINT as a program that may run in the background, and tells whether it did.</summary>
    public static int HandleInterrupt(string[] arguments)
    {
        LinuxSignals.HandleUnlessIgnored(Sockets.Signal.SIGINT, static _ => { }, out bool handled).ShouldBe(Sockets.Errno.None);
        Console.WriteLine(handled);
        return 0;
    }

    /// <summary>A daemon with a pid file that logs what is asked of it: the pid file's path, the log's socket.</summary>
    public static int ServeAsDaemon(string[] arguments)
    {
        if (Daemon.Detach([.. Environment.GetCommandLineArgs().Skip(1)], out int exitCode)) return exitCode;
        using var log = new SystemLog("serve", path: arguments[1]);
        try
        {
            using var file = PidFile.Create(arguments[0]);
            using var signals = new DaemonSignals(() => log.Write(LogSeverity.Notice, "reloaded"));
            log.Write(LogSeverity.Information, "ready");
            Daemon.Ready();
            signals.WaitForStop();
            log.Write(LogSeverity.Information, "stopping");
        }
        catch (LinuxCallException failure)
        {
            Daemon.Fail(failure.Message);
            return 1;
        }
        log.Write(LogSeverity.Information, "stopped");
        return 0;
    }

    /// <summary>A program that becomes a daemon and ends before it is one.</summary>
    public static int EndAsDaemon(string[] arguments) => Daemon.Detach([.. Environment.GetCommandLineArgs().Skip(1)], out int exitCode) ? exitCode : 7;

    /// <summary>Tells which sockets it was passed, and serves one connection of the first.</summary>
    public static int TakeListeners(string[] arguments)
    {
        IReadOnlyList<(FileDescriptor Descriptor, string Name)> passed = ListenDescriptors.Take();
        Console.WriteLine($"{string.Join(' ', passed.Select(static one => $"{one.Descriptor.Number}={one.Name}:{one.Descriptor.CloseOnExec}"))}; {ListenDescriptors.Take().Count} left");
        if (passed.Count == 0) return 0;
        using Sockets.Socket listener = ListenDescriptors.ToSocket(passed[0].Descriptor);
        using Sockets.Socket connection = listener.Accept();
        connection.Send("served\n"u8);
        return 0;
    }

    /// <summary>Tells a service manager how it does.</summary>
    public static int Notify(string[] arguments)
    {
        var notifier = ServiceNotifier.FromEnvironment;
        if (notifier is null) return 9;
        notifier.Ready("all\nwell").ShouldBe(Sockets.Errno.None);
        notifier.Reloading().ShouldBe(Sockets.Errno.None);
        notifier.Alive().ShouldBe(Sockets.Errno.None);
        notifier.MainProcess(5).ShouldBe(Sockets.Errno.None);
        notifier.Tell($"watched every {ServiceNotifier.WatchdogInterval?.TotalSeconds}").ShouldBe(Sockets.Errno.None);
        notifier.Stopping().ShouldBe(Sockets.Errno.None);
        return 0;
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
