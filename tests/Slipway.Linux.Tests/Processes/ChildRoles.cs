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

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
